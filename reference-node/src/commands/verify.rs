//! `ioschain verify`: everything that can be checked here, in one table.

use std::collections::BTreeSet;
use std::io::Write;

use ioschain_model::score::VARIANT_STATES_MAX;
use ioschain_spec::atomix::{Rules, Specification};
use ioschain_vectors::faulty::invariant_faults;
use ioschain_vectors::reference::Reference;
use ioschain_vectors::report::{Outcome, RunReport};
use ioschain_vectors::runner::RunOptions;
use ioschain_vectors::self_test::{FaultKind, SelfTestReport, self_test};
use ioschain_vectors::suite::Suite;
use ioschain_vectors::vector::CaseKind;
use serde::Serialize;

use super::models::{
    Catch, Reach, SectionCatch, catch_variants, check_larger, is_interrupted,
    watch_for_interruption, write_alive,
};
use super::progress::ProgressBar;
use super::vectors::{load, run_on};
use crate::cli::{Verify, VerifyTier};
use crate::generated::generated_workload;
use crate::simulation::{CachingSuite, Faults, Report, Settings, replay};

/// What is known of one section of the white paper. What does not exist yet is null.
#[derive(Serialize)]
struct Section {
    section: &'static str,
    ok: bool,
    /// Requirements that vectors name.
    requirements: usize,
    vectors: usize,
    vectors_negative: usize,
    vectors_passed: usize,
    /// States that the models of the section reach under the specification; null if they only count.
    model_states: Option<usize>,
    variants: Option<usize>,
    variants_caught: Option<usize>,
    proofs: Option<usize>,
}

/// The rows of the table: section, modules of vectors, codes of requirements.
const SECTIONS: &[(&str, &[&str], &[&str])] = &[
    ("1 conventions, primitives", &["encoding", "primitives"], &["ENC", "CRY"]),
    ("3 architecture, ledger", &["ledger"], &["LED"]),
    ("4 randomness", &["drp"], &["DRP"]),
    ("5 sharding", &["identity", "sharding"], &["EDS"]),
    ("7 Atomix", &["atomix"], &["ATX", "MSB"]),
];

/// All the evidence.
#[derive(Serialize)]
struct Evidence {
    ok: bool,
    tier: &'static str,
    suite_version: String,
    sections: Vec<Section>,
    /// Implementations that never give one code, and how many of them the vectors caught.
    codes: usize,
    codes_caught: usize,
    /// Implementations that break one invariant, and how many of them the vectors caught.
    broken_invariants: usize,
    broken_invariants_caught: usize,
    models: Models,
    workloads: Vec<Workload>,
}

/// How far the models reach.
#[derive(Serialize)]
struct Models {
    configurations: usize,
    /// The largest bounds of all configurations.
    bounds: Reach,
    /// At most so probable it is that in some run two states were taken for one.
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

pub(crate) fn verify(
    arguments: &Verify,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> anyhow::Result<bool> {
    verify_under(&Specification, arguments, output, errors)
}

/// The same with the workloads carried under any rules.
fn verify_under(
    rules: &dyn Rules<CachingSuite>,
    arguments: &Verify,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> anyhow::Result<bool> {
    watch_for_interruption();
    let suite = load(arguments.dir.as_ref())?;
    writeln!(errors, "vectors: {} cases", suite.cases().count())?;
    let run = run_on(&suite, &RunOptions::default(), &mut Reference::new(), errors)?;
    if is_interrupted() {
        return tell_what_is_left("self-test, models, workloads", errors);
    }
    writeln!(errors, "self-test: the vectors against faulty implementations")?;
    let test = self_test(&suite, &mut Reference::new(), &mut invariant_faults())?;
    if is_interrupted() {
        return tell_what_is_left("models, workloads", errors);
    }
    writeln!(errors, "models: every small configuration, every variant")?;
    let (score, mut models) = catch_variants(VARIANT_STATES_MAX, errors)?;
    if arguments.tier == VerifyTier::Full && !is_interrupted() {
        check_larger(&mut models, errors)?;
    }
    if is_interrupted() {
        return tell_what_is_left("a part of the models, workloads", errors);
    }
    let workloads = carry_workloads(rules, arguments.tier, errors)?;
    if is_interrupted() {
        return tell_what_is_left("a part of the workloads", errors);
    }
    let evidence = collect(arguments.tier, &suite, &run, &test, &models, workloads);
    if arguments.json {
        writeln!(output, "{}", serde_json::to_string_pretty(&evidence)?)?;
    } else {
        write_table(&evidence, output)?;
    }
    if !evidence.ok {
        explain(&evidence, &run, &test, errors)?;
        write_alive(&score, errors)?;
    }
    Ok(evidence.ok)
}

/// After Ctrl-C there is no table: it would be of less than it says.
fn tell_what_is_left(left: &str, errors: &mut dyn Write) -> anyhow::Result<bool> {
    writeln!(errors, "interrupted; not checked: {left}")?;
    Ok(false)
}

/// Quick: one workload. Full: more shards, more payments, several seeds.
fn carry_workloads(
    rules: &dyn Rules<CachingSuite>,
    tier: VerifyTier,
    errors: &mut dyn Write,
) -> anyhow::Result<Vec<Workload>> {
    let (payments, conflicts, runs): (usize, usize, &[(u64, u16)]) = match tier {
        VerifyTier::Quick => (400, 60, &[(1, 3)]),
        VerifyTier::Full => (3_000, 400, &[(1, 1), (2, 3), (3, 8), (4, 16), (5, 32)]),
    };
    let vanishing_ppm = 200_000;
    runs.iter()
        .take_while(|_| !is_interrupted())
        .map(|&(seed, shards)| {
            let workload = generated_workload(seed, payments);
            let faults = Faults { conflicts, vanishing_ppm };
            let settings = Settings { shards, epoch_blocks: 8, seed, faults };
            writeln!(errors, "workload {seed}: {payments} payments over {shards} shards")?;
            let mut shown = ProgressBar::of("transactions settled", errors);
            let report = replay(rules, &workload, &settings, &mut |progress| {
                shown.at(progress.ended, progress.payments);
            })?;
            drop(shown);
            let failures = report.failures();
            let ok = failures.is_empty();
            Ok(Workload { ok, seed, shards, conflicts, vanishing_ppm, report, failures })
        })
        .collect()
}

fn collect(
    tier: VerifyTier,
    suite: &Suite,
    run: &RunReport,
    test: &SelfTestReport,
    models: &Catch,
    workloads: Vec<Workload>,
) -> Evidence {
    let mut sections: Vec<Section> = SECTIONS
        .iter()
        .map(|(section, modules, codes)| section_of(suite, run, section, modules, codes))
        .collect();
    let atomix = SectionCatch { killed: models.killed, total: models.total, states: models.states };
    for section in &mut sections {
        let caught = match section.section {
            "1 conventions, primitives" => Some(models.signing),
            "4 randomness" => Some(models.randomness),
            "5 sharding" => Some(models.lotteries),
            "7 Atomix" => Some(atomix),
            _ => None,
        };
        if let Some(SectionCatch { killed, total, states }) = caught {
            section.model_states = (states > 0).then_some(states);
            section.variants = Some(total);
            section.variants_caught = Some(killed);
            section.ok &= killed == total && total > 0;
        }
        section.ok &= section.vectors > 0 || section.variants.is_some();
    }
    let ok = run.holds()
        && models.holds()
        && test.holds()
        && sections.iter().all(|section| section.ok)
        && workloads.iter().all(|workload| workload.ok);
    let (codes_caught, codes) = test.caught(FaultKind::Code);
    let (broken_invariants_caught, broken_invariants) = test.caught(FaultKind::Invariant);
    Evidence {
        ok,
        tier: tier.name(),
        suite_version: suite.manifest.suite_version.clone(),
        sections,
        codes,
        codes_caught,
        broken_invariants,
        broken_invariants_caught,
        models: Models {
            configurations: models.configurations,
            bounds: models.bounds,
            collision_probability: models.collision_probability,
        },
        workloads,
    }
}

fn section_of(
    suite: &Suite,
    run: &RunReport,
    section: &'static str,
    modules: &[&str],
    codes: &[&str],
) -> Section {
    let cases: Vec<_> = suite
        .cases()
        .filter(|(file, _)| modules.contains(&file.module.as_str()))
        .map(|(_, case)| case)
        .collect();
    let requirements: BTreeSet<&str> = suite
        .cases()
        .flat_map(|(_, case)| &case.requirements)
        .map(String::as_str)
        .filter(|id| codes.iter().any(|code| id.starts_with(code)))
        .collect();
    let passed = run.cases.iter().filter(|case| {
        let module = case.handler.split('.').next().unwrap_or_default();
        modules.contains(&module) && matches!(case.outcome, Outcome::Passed { .. })
    });
    let vectors_passed = passed.count();
    Section {
        section,
        ok: vectors_passed == cases.len(),
        requirements: requirements.len(),
        vectors: cases.len(),
        vectors_negative: cases.iter().filter(|case| case.kind == CaseKind::Negative).count(),
        vectors_passed,
        model_states: None,
        variants: None,
        variants_caught: None,
        proofs: None,
    }
}

fn write_table(evidence: &Evidence, output: &mut dyn Write) -> std::io::Result<()> {
    let Evidence { tier, suite_version, .. } = evidence;
    writeln!(output, "IOSChain: the evidence (tier {tier}, vectors {suite_version})\n")?;
    writeln!(
        output,
        "{:<28}{:>13}{:>20}{:>8}{:>10}{:>8}",
        "section", "requirements", "vectors (negative)", "models", "variants", "proofs"
    )?;
    for section in &evidence.sections {
        let vectors = format!(
            "{}/{} ({})",
            section.vectors_passed, section.vectors, section.vectors_negative
        );
        writeln!(
            output,
            "{:<28}{:>13}{:>20}{:>8}{:>10}{:>8}",
            section.section,
            section.requirements,
            vectors,
            section.model_states.map_or("-".to_owned(), |states| states.to_string()),
            caught(section),
            "-"
        )?;
    }
    writeln!(
        output,
        "\nself-test: {} of {} codes, {} of {} broken invariants caught by the vectors",
        evidence.codes_caught,
        evidence.codes,
        evidence.broken_invariants_caught,
        evidence.broken_invariants
    )?;
    let Models { configurations, bounds, collision_probability } = &evidence.models;
    writeln!(
        output,
        "models: {configurations} configurations, the largest bounds: {bounds};\n  in some run two states \
         were taken for one with a probability of at most {collision_probability:.0e}"
    )?;
    for workload in &evidence.workloads {
        write_workload(workload, output)?;
    }
    let verdict = if evidence.ok { "all of it holds" } else { "NOT all of it holds" };
    writeln!(output, "\n{verdict}; proofs and further models (-) join later")
}

/// How many variants the models caught, of how many.
fn caught(section: &Section) -> String {
    match (section.variants_caught, section.variants) {
        (Some(caught), Some(variants)) => format!("{caught}/{variants}"),
        _ => "-".to_owned(),
    }
}

fn write_workload(workload: &Workload, output: &mut dyn Write) -> std::io::Result<()> {
    let Report { transactions, committed, aborted, rejected, unresolved_locks, conserved, .. } =
        &workload.report;
    writeln!(
        output,
        "workload {}: {transactions} payments and {} conflicting ones over {} shards, {} % of clients \
         across shards vanish:\n  committed {committed}, aborted {aborted}, rejected {rejected}, locks left \
         {unresolved_locks}, supply {}",
        workload.seed,
        workload.conflicts,
        workload.shards,
        workload.vanishing_ppm / 10_000,
        if *conserved { "conserved" } else { "NOT CONSERVED" }
    )
}

fn explain(
    evidence: &Evidence,
    run: &RunReport,
    test: &SelfTestReport,
    errors: &mut dyn Write,
) -> std::io::Result<()> {
    if !run.holds() {
        write!(errors, "does not hold: {}", run.text(10))?;
    }
    if !test.holds() {
        write!(errors, "does not hold: {}", test.text())?;
    }
    for workload in &evidence.workloads {
        for failure in &workload.failures {
            writeln!(errors, "does not hold: workload {}: {failure}", workload.seed)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use ioschain_spec::atomix::Specification;
    use ioschain_spec::variants::WhitePaper;

    use super::{CachingSuite, Rules, SECTIONS, load, verify_under};
    use crate::cli::{Verify, VerifyTier};

    /// Whether all holds; what is printed; what is said on the side.
    fn verify(rules: &dyn Rules<CachingSuite>) -> (bool, String, String) {
        let arguments = Verify { tier: VerifyTier::Quick, dir: None, json: false };
        let (mut output, mut errors) = (Vec::new(), Vec::new());
        let holds = verify_under(rules, &arguments, &mut output, &mut errors).unwrap();
        (holds, String::from_utf8(output).unwrap(), String::from_utf8(errors).unwrap())
    }

    #[test]
    fn each_section_is_named_as_it_begins() {
        let (holds, output, errors) = verify(&Specification);
        assert!(holds, "{output}{errors}");
        for begins in ["vectors: ", "self-test: ", "workload 1: "] {
            assert!(errors.lines().any(|line| line.starts_with(begins)), "{errors}");
        }
        assert!(!errors.contains(|character: char| character.is_control() && character != '\n'));
    }

    #[test]
    fn every_module_of_the_vectors_counts_in_one_section() {
        for (file, _) in load(None).unwrap().cases() {
            let holds = |(_, modules, _): &&(_, &[&str], _)| modules.contains(&&*file.module);
            assert_eq!(SECTIONS.iter().filter(holds).count(), 1, "{}", file.module);
        }
    }

    #[test]
    fn a_workload_that_does_not_hold_is_no_success() {
        let (holds, output, errors) = verify(&WhitePaper);
        assert!(!holds);
        assert!(output.contains("\nNOT all of it holds"), "{output}");
        assert!(errors.contains("does not hold: workload 1: "), "{errors}");
        assert!(errors.contains("outputs are still locked"), "{errors}");
    }
}
