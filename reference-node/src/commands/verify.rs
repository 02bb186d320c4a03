//! `ioschain verify`: everything that can be checked here, in one table.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use ioschain_model::reach::Reach;
use ioschain_model::registry::Tier as ModelTier;
use ioschain_model::score::{Score, VARIANT_STATES_MAX};
use ioschain_model::words::{count, listed};
use ioschain_spec::Section;
use ioschain_spec::atomix::{Rules, Specification};
use ioschain_spec::requirements::REQUIREMENTS;
use ioschain_vectors::format::suite::VectorSuite;
use ioschain_vectors::format::vector::CaseKind;
use ioschain_vectors::make::faulty::invariant_faults;
use ioschain_vectors::make::self_test::{FaultKind, SelfTestReport, self_test};
use ioschain_vectors::reference::Reference;
use ioschain_vectors::run::report::{Outcome, RunReport};
use ioschain_vectors::run::runner::RunOptions;
use serde::Serialize;

use super::interruption::{is_interrupted, watch_for_interruption};
use super::io::Io;
use super::mutants::{ModelEvidence, SectionModels, catch_variants, write_surviving_variants};
use super::progress::ProgressBar;
use super::vectors::{load, run_on};
use crate::generated::generated_workload;
use crate::simulation::{CachingSuite, Faults, Report, Settings, replay};

/// Run all checks of this repository, and print one table of evidence.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ioschain verify
      Checks the vectors, their self-test, all small models with their variants, and one workload.
  ioschain verify --tier full
      Checks larger models and workloads over more shards as well.
  ioschain verify --json > evidence.json
      Writes the table as one JSON object.

Columns of the table: the requirements that vectors name, out of those that the specification
defines; the vectors that passed, out of all, and in brackets how many of them must be refused; the
states that the models explored; the weakened rules that a model caught, out of all. A dash means
that there is nothing yet.
Exit codes: 0 if everything holds, 1 if something does not, 2 for bad input.")]
pub(crate) struct Verify {
    /// How much to check. The quick tier takes about a minute. The full tier has more shards and
    /// larger models, and takes several minutes.
    #[arg(long, value_name = "quick|full", value_parser = parse_tier, default_value = "quick")]
    tier: Tier,
    /// The directory of the vectors.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// How much to check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Tier {
    Quick,
    Full,
}

impl Tier {
    fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Full => "full",
        }
    }
}

fn parse_tier(text: &str) -> Result<Tier, String> {
    let of_check = ModelTier::CHECKED.map(ModelTier::name);
    match text {
        "quick" => Ok(Tier::Quick),
        "full" => Ok(Tier::Full),
        _ if of_check.contains(&text) => Err(format!(
            "verify has no {text} tier; choose quick or full, or use `ioschain check --tier {text}`"
        )),
        _ => Err("verify has the tiers quick and full".to_owned()),
    }
}

/// What is known of one section of the white paper. What does not exist yet is null.
#[derive(Serialize)]
struct SectionEvidence {
    #[serde(rename = "section", serialize_with = "as_title")]
    section: Section,
    ok: bool,
    /// Requirements that vectors name.
    requirements: usize,
    /// Requirements that the specification defines. No vector names those of the level SHOULD that
    /// no answer shows.
    requirements_defined: usize,
    vectors: usize,
    vectors_negative: usize,
    vectors_passed: usize,
    /// States that the models of the section reach under the specification; null if they only
    /// count.
    model_states: Option<usize>,
    variants: Option<usize>,
    variants_caught: Option<usize>,
    proofs: Option<usize>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn as_title<S: serde::Serializer>(section: &Section, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(section)
}

/// All the evidence.
#[derive(Serialize)]
struct Evidence {
    ok: bool,
    tier: Tier,
    suite_version: String,
    sections: Vec<SectionEvidence>,
    /// Implementations that never give one code, and how many of them the vectors caught.
    codes: usize,
    codes_caught: usize,
    /// Implementations that break one invariant, and how many of them the vectors caught.
    broken_invariants: usize,
    broken_invariants_caught: usize,
    models: ModelReach,
    workloads: Vec<Workload>,
}

/// How far the models reach.
#[derive(Serialize)]
struct ModelReach {
    configurations: usize,
    /// The largest bounds of all configurations.
    bounds: Reach,
    /// An upper bound of the probability that a fingerprint collision hid a state in any run.
    collision_probability: f64,
}

/// A generated workload, carried through shards with real cryptography.
#[derive(Serialize)]
struct Workload {
    ok: bool,
    seed: u64,
    shards: u16,
    conflicts: usize,
    vanishing_ppm: u32,
    #[serde(flatten)]
    report: Report,
    failures: Vec<String>,
}

/// The results of the stages so far.
struct Verification<'a> {
    tier: Tier,
    /// The rules under which the workloads are carried.
    rules: &'a dyn Rules<CachingSuite>,
    suite: &'a VectorSuite,
    run: Option<RunReport>,
    self_test: Option<SelfTestReport>,
    models: Option<(Score, ModelEvidence)>,
    workloads: Vec<Workload>,
}

/// A part of the job.
struct Stage {
    name: &'static str,
    /// Whether an interruption ends it before it is complete.
    ends_early: bool,
    run: fn(&mut Verification<'_>, &mut Io<'_>) -> anyhow::Result<()>,
}

/// All parts, in order.
const STAGES: [Stage; 4] = [
    Stage { name: "vectors", ends_early: false, run: |it, io| it.run_vectors(io) },
    Stage { name: "self-test", ends_early: false, run: |it, io| it.test_the_vectors(io) },
    Stage { name: "models", ends_early: true, run: |it, io| it.check_models(io) },
    Stage { name: "workloads", ends_early: true, run: |it, io| it.carry_workloads(io) },
];

impl Verify {
    pub(crate) fn run(&self, io: &mut Io<'_>) -> anyhow::Result<bool> {
        self.run_under(&Specification, io)
    }

    /// The same with the workloads carried under any rules.
    fn run_under(&self, rules: &dyn Rules<CachingSuite>, io: &mut Io<'_>) -> anyhow::Result<bool> {
        watch_for_interruption();
        let suite = &load(self.dir.as_ref())?;
        let tier = self.tier;
        let mut verification = Verification {
            tier,
            rules,
            suite,
            run: None,
            self_test: None,
            models: None,
            workloads: Vec::new(),
        };
        for (stage, later) in STAGES.iter().zip(1..) {
            (stage.run)(&mut verification, io)?;
            if is_interrupted() {
                // There is no table: it would cover less than it says.
                let part = stage.ends_early.then(|| format!("a part of the {}", stage.name));
                let names = STAGES[later..].iter().map(|stage| stage.name.to_owned());
                let left: Vec<String> = part.into_iter().chain(names).collect();
                writeln!(io.log, "interrupted; not checked: {}", left.join(", "))?;
                return Ok(false);
            }
        }
        verification.report(io)
    }
}

impl Verification<'_> {
    fn run_vectors(&mut self, io: &mut Io<'_>) -> anyhow::Result<()> {
        writeln!(io.log, "vectors: {}", count(self.suite.cases().count(), "case"))?;
        let options = RunOptions::default();
        self.run = Some(run_on(self.suite, &options, &mut Reference::new(), io)?);
        Ok(())
    }

    fn test_the_vectors(&mut self, io: &mut Io<'_>) -> anyhow::Result<()> {
        writeln!(io.log, "self-test: the vectors against faulty implementations")?;
        let report = self_test(self.suite, &mut Reference::new(), &mut invariant_faults())?;
        self.self_test = Some(report);
        Ok(())
    }

    fn check_models(&mut self, io: &mut Io<'_>) -> anyhow::Result<()> {
        writeln!(
            io.log,
            "models: all small configurations under the specification and under every variant"
        )?;
        let (score, mut evidence) = catch_variants(VARIANT_STATES_MAX, io)?;
        if self.tier == Tier::Full && !is_interrupted() {
            evidence.add_larger(io)?;
        }
        self.models = Some((score, evidence));
        Ok(())
    }

    /// Quick: one workload. Full: more shards, more payments, several seeds.
    fn carry_workloads(&mut self, io: &mut Io<'_>) -> anyhow::Result<()> {
        let (payments, conflicts, runs): (usize, usize, &[(u64, u16)]) = match self.tier {
            Tier::Quick => (400, 60, &[(1, 3)]),
            Tier::Full => (3_000, 400, &[(1, 1), (2, 3), (3, 8), (4, 16), (5, 32)]),
        };
        let vanishing_ppm = 200_000;
        for &(seed, shards) in runs {
            if is_interrupted() {
                break;
            }
            let workload = generated_workload(seed, payments);
            let faults = Faults { conflicts, vanishing_ppm };
            let settings = Settings { shards, epoch_blocks: 8, seed, faults };
            let over = count(shards, "shard");
            writeln!(io.log, "workload {seed}: {} over {over}", count(payments, "payment"))?;
            let mut bar = ProgressBar::of("transactions settled");
            let report = replay(self.rules, &workload, &settings, &mut |progress| {
                bar.at(io.log, progress.ended, progress.payments);
            })?;
            drop(bar);
            let failures = report.failures();
            let ok = failures.is_empty();
            let workload =
                Workload { ok, seed, shards, conflicts, vanishing_ppm, report, failures };
            self.workloads.push(workload);
        }
        Ok(())
    }

    /// The table, and what does not hold.
    fn report(self, io: &mut Io<'_>) -> anyhow::Result<bool> {
        let Self { tier, suite, run, self_test, models, workloads, .. } = self;
        let (Some(run), Some(self_test), Some((score, models))) = (run, self_test, models) else {
            anyhow::bail!("a stage of verify gave no result; this is an error of the program");
        };
        let evidence = Evidence::of(tier, suite, &run, &self_test, &models, workloads);
        if io.json {
            io.write_json(&evidence)?;
        } else {
            write_table(&evidence, io.results)?;
        }
        if !evidence.ok {
            explain(&evidence, &run, &self_test, io)?;
            write_surviving_variants(&score, io)?;
        }
        Ok(evidence.ok)
    }
}

impl Evidence {
    fn of(
        tier: Tier,
        suite: &VectorSuite,
        run: &RunReport,
        self_test: &SelfTestReport,
        models: &ModelEvidence,
        workloads: Vec<Workload>,
    ) -> Self {
        let tested = Section::ALL.into_iter().filter(|section| is_tested(*section));
        let sections: Vec<SectionEvidence> =
            tested.map(|section| SectionEvidence::of(section, suite, run, models)).collect();
        let ok = run.holds()
            && models.holds()
            && self_test.holds()
            && sections.iter().all(|section| section.ok)
            && workloads.iter().all(|workload| workload.ok);
        let (codes_caught, codes) = self_test.caught(FaultKind::Code);
        let (broken_invariants_caught, broken_invariants) = self_test.caught(FaultKind::Invariant);
        Self {
            ok,
            tier,
            suite_version: suite.manifest.suite_version.clone(),
            sections,
            codes,
            codes_caught,
            broken_invariants,
            broken_invariants_caught,
            models: ModelReach {
                configurations: models.configurations,
                bounds: models.bounds,
                collision_probability: models.collision_probability,
            },
            workloads,
        }
    }
}

/// Whether a section has vectors, and so a row in the table.
fn is_tested(section: Section) -> bool {
    !section.vector_modules().is_empty()
}

impl SectionEvidence {
    fn of(section: Section, suite: &VectorSuite, run: &RunReport, models: &ModelEvidence) -> Self {
        let is_of_section =
            |module: &str| Section::of_vector_module(module).is_some_and(|it| it == section);
        let cases: Vec<_> = suite
            .cases()
            .filter(|(file, _)| is_of_section(&file.module))
            .map(|(_, case)| case)
            .collect();
        let defined =
            REQUIREMENTS.iter().filter(|it| Section::of_requirement(it.id) == Some(section));
        let requirements: BTreeSet<&str> = suite
            .cases()
            .flat_map(|(_, case)| &case.requirements)
            .map(String::as_str)
            .filter(|id| Section::of_requirement(id) == Some(section))
            .collect();
        let passed = run.cases.iter().filter(|case| {
            let module = case.handler.split('.').next().unwrap_or_default();
            is_of_section(module) && matches!(case.outcome, Outcome::Passed { .. })
        });
        let vectors_passed = passed.count();
        let negative = cases.iter().filter(|case| case.kind == CaseKind::Negative);
        let of_models = models.sections.get(&section).copied();
        let catches_all = of_models
            .is_none_or(|SectionModels { killed, total, .. }| killed == total && total > 0);
        Self {
            section,
            ok: vectors_passed == cases.len() && catches_all && !cases.is_empty(),
            requirements: requirements.len(),
            requirements_defined: defined.count(),
            vectors: cases.len(),
            vectors_negative: negative.count(),
            vectors_passed,
            model_states: of_models.map(|models| models.states).filter(|states| *states > 0),
            variants: of_models.map(|models| models.total),
            variants_caught: of_models.map(|models| models.killed),
            proofs: None,
        }
    }
}

fn write_table(evidence: &Evidence, results: &mut dyn Write) -> std::io::Result<()> {
    let Evidence { tier, suite_version, .. } = evidence;
    let tier = tier.name();
    writeln!(results, "IOSChain: the evidence (tier {tier}, vectors {suite_version})\n")?;
    writeln!(
        results,
        "{:<38}{:>13}{:>20}{:>8}{:>10}{:>8}",
        "section", "requirements", "vectors (negative)", "models", "variants", "proofs"
    )?;
    for section in &evidence.sections {
        let vectors = format!(
            "{}/{} ({})",
            section.vectors_passed, section.vectors, section.vectors_negative
        );
        writeln!(
            results,
            "{:<38}{:>13}{:>20}{:>8}{:>10}{:>8}",
            section.section,
            format!("{}/{}", section.requirements, section.requirements_defined),
            vectors,
            section.model_states.map_or("-".to_owned(), |states| states.to_string()),
            caught(section),
            "-"
        )?;
    }
    writeln!(
        results,
        "\nself-test: {} of {}, {} of {} caught by the vectors",
        evidence.codes_caught,
        count(evidence.codes, "code"),
        evidence.broken_invariants_caught,
        count(evidence.broken_invariants, "broken invariant")
    )?;
    let ModelReach { configurations, bounds, collision_probability } = &evidence.models;
    writeln!(
        results,
        "models of payments between shards: {}; the largest bounds: {bounds}\n  Probability that a fingerprint collision hid a \
         state in any of these runs: at most {collision_probability:.0e}.",
        count(configurations, "configuration")
    )?;
    for workload in &evidence.workloads {
        write_workload(workload, results)?;
    }
    let verdict = if evidence.ok { "All checks passed." } else { "NOT all checks passed." };
    writeln!(results, "\n{verdict} {}", not_covered(evidence))
}

/// What the table leaves open.
fn not_covered(evidence: &Evidence) -> String {
    let without_states = evidence.sections.iter().filter(|section| section.model_states.is_none());
    let sections: Vec<String> =
        without_states.map(|section| section.section.number().to_string()).collect();
    let explored = match sections.len() {
        0 => String::new(),
        1 => format!("; state exploration of section {}", listed(&sections)),
        _ => format!("; state exploration of sections {}", listed(&sections)),
    };
    format!("Not covered yet (shown as -): Coq proofs{explored}.")
}

/// How many variants the models caught, of how many.
fn caught(section: &SectionEvidence) -> String {
    match (section.variants_caught, section.variants) {
        (Some(caught), Some(variants)) => format!("{caught}/{variants}"),
        _ => "-".to_owned(),
    }
}

fn write_workload(workload: &Workload, results: &mut dyn Write) -> std::io::Result<()> {
    let Report { transactions, committed, aborted, rejected, unresolved_locks, conserved, .. } =
        &workload.report;
    writeln!(
        results,
        "workload {}: {} and {} over {}; {} % of the clients of cross-shard payments vanish:\n  committed \
         {committed}, aborted {aborted}, rejected {rejected}, locks left {unresolved_locks}, supply {}",
        workload.seed,
        count(transactions, "payment"),
        count(workload.conflicts, "conflicting payment"),
        count(workload.shards, "shard"),
        workload.vanishing_ppm / 10_000,
        if *conserved { "conserved" } else { "NOT CONSERVED" }
    )
}

fn explain(
    evidence: &Evidence,
    run: &RunReport,
    self_test: &SelfTestReport,
    io: &mut Io<'_>,
) -> std::io::Result<()> {
    if !run.holds() {
        write!(io.log, "does not hold: {}", run.text(10))?;
    }
    if !self_test.holds() {
        write!(io.log, "does not hold: {}", self_test.text())?;
    }
    for workload in &evidence.workloads {
        for failure in &workload.failures {
            io.write_failure(&format!("workload {}: {failure}", workload.seed))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use ioschain_spec::Section;
    use ioschain_spec::atomix::Specification;
    use ioschain_spec::variants::WhitePaper;

    use super::{CachingSuite, Io, Rules, Tier, Verify, load};

    /// Whether everything holds; what is printed; what is said in the log.
    fn verify(rules: &dyn Rules<CachingSuite>) -> (bool, String, String) {
        let verify = Verify { tier: Tier::Quick, dir: None, json: false };
        let (mut results, mut log) = (Vec::new(), Vec::new());
        let mut io = Io { results: &mut results, log: &mut log, json: false };
        let holds = verify.run_under(rules, &mut io).unwrap();
        (holds, String::from_utf8(results).unwrap(), String::from_utf8(log).unwrap())
    }

    #[test]
    fn each_stage_is_named_as_it_begins() {
        let (holds, output, log) = verify(&Specification);
        assert!(holds, "{output}{log}");
        for begins in ["vectors: ", "self-test: ", "models: ", "workload 1: "] {
            assert!(log.lines().any(|line| line.starts_with(begins)), "{log}");
        }
        assert!(!log.contains(|character: char| character.is_control() && character != '\n'));
    }

    #[test]
    fn every_module_of_the_vectors_counts_in_one_section() {
        for (file, _) in load(None).unwrap().cases() {
            let counts = Section::ALL.map(Section::vector_modules).concat();
            let counts = counts.into_iter().filter(|module| **module == file.module);
            assert_eq!(counts.count(), 1, "{}", file.module);
        }
    }

    #[test]
    fn a_workload_that_does_not_hold_is_no_success() {
        let (holds, output, log) = verify(&WhitePaper);
        assert!(!holds);
        assert!(output.contains("\nNOT all checks passed."), "{output}");
        assert!(log.contains("does not hold: workload 1: "), "{log}");
        assert!(log.contains("outputs are still locked"), "{log}");
    }
}
