//! `ioschain mutants`: what the models catch.

use std::collections::BTreeMap;
use std::io::Write;

use clap::Args;
use ioschain_model::fingerprint::collision_probability;
use ioschain_model::reach::Reach;
use ioschain_model::registry::{MODELS, Request};
use ioschain_model::report::CheckReport;
use ioschain_model::score::{Score, VARIANT_STATES_MAX, score_within, total};
use ioschain_model::verdict::Verdict;
use ioschain_model::words::count;
use ioschain_spec::Section;
use serde::Serialize;

use super::interruption::{goes_on, is_interrupted, watch_for_interruption};
use super::io::Io;
use super::observer::CommandObserver;
use super::progress::ProgressBar;

/// Run every weakened variant of the rules, and check that the models catch it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ioschain mutants
      Every variant in every small configuration: which property breaks, where, and how soon.
  ioschain mutants --states-max 1000
      The same with a smaller bound. Some variants are not caught then; the output names them.
  ioschain check --variant NAME
      One of them, with the trace of its failure.")]
pub(crate) struct Mutants {
    /// The largest number of states that are explored for a variant in each configuration.
    #[arg(long, value_name = "N", default_value_t = VARIANT_STATES_MAX)]
    states_max: usize,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

/// The evidence that the models of one section give.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SectionModels {
    /// How many variants were caught.
    pub(super) killed: usize,
    /// How many there are.
    pub(super) total: usize,
    /// States of the specification, over all configurations; 0 where nothing is explored.
    pub(super) states: usize,
}

/// The evidence that all models give.
pub(super) struct ModelEvidence {
    /// By section of the paper.
    pub(super) sections: BTreeMap<Section, SectionModels>,
    /// Whether the specification keeps every property in every configuration.
    pub(super) specification_holds: bool,
    /// How many configurations of payments between shards there are.
    pub(super) configurations: usize,
    /// The largest bounds of those.
    pub(super) bounds: Reach,
    /// An upper bound of the probability that a fingerprint collision hid a state in any run.
    pub(super) collision_probability: f64,
}

impl ModelEvidence {
    /// What a score shows. Each variant has at most `states_max` states in each configuration, and
    /// once more in its own.
    fn of(score: &Score, states_max: usize) -> Self {
        let runs = score.variants.len() * (score.configurations.len() + 1);
        let mut evidence = Self {
            sections: BTreeMap::new(),
            specification_holds: true,
            configurations: 0,
            bounds: Reach::default(),
            collision_probability: runs as f64 * collision_probability(states_max as u64),
        };
        for row in &score.variants {
            if let Some(section) = evidence.section_of(row.model) {
                section.killed += usize::from(row.killed);
                section.total += 1;
            }
        }
        for column in &score.configurations {
            evidence.add(column.model, column.bounds, column.unique_states, column.holds);
        }
        evidence
    }

    fn section_of(&mut self, model: &str) -> Option<&mut SectionModels> {
        let model = MODELS.into_iter().find(|registered| registered.name() == model)?;
        Some(self.sections.entry(model.section()?).or_default())
    }

    /// One more configuration under the specification.
    fn add(&mut self, model: &str, bounds: Option<Reach>, states: usize, holds: bool) {
        self.specification_holds &= holds;
        if let Some(section) = self.section_of(model) {
            section.states += states;
        }
        if let Some(bounds) = bounds {
            self.configurations += 1;
            self.bounds = self.bounds.and(bounds);
            self.collision_probability += collision_probability(states as u64);
        }
    }

    /// Adds the larger configurations of every model, as far as nobody interrupts.
    pub(super) fn add_larger(&mut self, io: &mut Io<'_>) -> anyhow::Result<()> {
        for model in MODELS {
            for configuration in model.larger_configurations() {
                if is_interrupted() {
                    return Ok(());
                }
                let (name, about) = (&configuration.name, &configuration.about);
                let mut observer = CommandObserver::of_progress(io);
                writeln!(observer.log(), "model {}, {name}: {about}", model.name())?;
                let configuration = Some(configuration.name.clone());
                let request = Request { configuration, ..Request::default() };
                let CheckReport { bounds, unique_states, verdict, .. } =
                    model.check(&request, &mut observer)?.sum();
                self.add(model.name(), bounds, unique_states, verdict == Verdict::Holds);
            }
        }
        Ok(())
    }

    pub(super) fn holds(&self) -> bool {
        let mut sections = self.sections.values();
        self.specification_holds && sections.all(|section| section.killed == section.total)
    }
}

/// Runs all variants, with progress.
pub(super) fn catch_variants(
    states_max: usize,
    io: &mut Io<'_>,
) -> anyhow::Result<(Score, ModelEvidence)> {
    let (mut bar, mut done) = (ProgressBar::of("variants"), 0);
    let score = score_within(states_max, &mut |_| {
        bar.at(io.log, done, total());
        done += 1;
        goes_on()
    })?;
    let evidence = ModelEvidence::of(&score, states_max);
    Ok((score, evidence))
}

/// What `mutants --json` prints.
#[derive(Serialize)]
struct MutantsReport<'a> {
    #[serde(flatten)]
    score: &'a Score,
    /// The largest bounds of all configurations. It is null if the run was interrupted before the
    /// specification was checked.
    bounds: Option<Reach>,
    collision_probability: f64,
}

impl Mutants {
    pub(crate) fn run(&self, io: &mut Io<'_>) -> anyhow::Result<bool> {
        watch_for_interruption();
        let (score, evidence) = catch_variants(self.states_max, io)?;
        let ModelEvidence { bounds, collision_probability, .. } = evidence;
        let bounds = (evidence.configurations > 0).then_some(bounds);
        if io.json {
            io.write_json(&MutantsReport { score: &score, bounds, collision_probability })?;
        } else {
            write_score(&score, self.states_max, io.results)?;
            if let Some(bounds) = bounds {
                writeln!(io.results, "the largest bounds: {bounds}")?;
            }
            writeln!(
                io.results,
                "probability that a fingerprint collision hid a state in \
                 any of these runs: at most {collision_probability:.0e}"
            )?;
        }
        if score.variants.len() < score.total {
            writeln!(
                io.log,
                "interrupted; {} of {} were run, and the specification itself was not checked",
                score.variants.len(),
                count(score.total, "variant")
            )?;
        }
        write_surviving_variants(&score, io)?;
        Ok(evidence.holds() && score.variants.len() == score.total)
    }
}

/// The variants that break less than they must, and the configurations in which the specification
/// does not hold.
pub(super) fn write_surviving_variants(score: &Score, io: &mut Io<'_>) -> std::io::Result<()> {
    for column in score.configurations.iter().filter(|column| !column.holds) {
        let (model, name) = (column.model, &column.configuration);
        io.write_failure(&format!(
            "the specification breaks a property in {name}; see `ioschain check {model}`"
        ))?;
    }
    for row in score.variants.iter().filter(|row| !row.killed) {
        let found = row.length.map_or("it broke nothing within the bound".to_owned(), |length| {
            format!("it broke the property after {}", count(length, "step"))
        });
        io.write_failure(&format!(
            "{} must break {} in {}; {found}. See `ioschain check {} --variant {}`",
            row.name, row.property, row.configuration, row.model, row.name
        ))?;
    }
    Ok(())
}

fn write_score(score: &Score, bound: usize, results: &mut dyn Write) -> std::io::Result<()> {
    writeln!(results, "{:<30} {:<17} {:>5}  property", "variant", "configuration", "steps")?;
    for row in &score.variants {
        let without = if row.killed { "-" } else { "missed" };
        let steps = row.length.map_or(without.to_owned(), |length| length.to_string());
        writeln!(
            results,
            "{:<30} {:<17} {steps:>5}  {}",
            row.name, row.configuration, row.property
        )?;
    }
    writeln!(results, "\n{:<22} {:>7} {:>7}  about", "configuration", "states", "caught")?;
    for column in &score.configurations {
        let killed = format!("{}/{}", column.killed, column.total);
        let (name, states) = (&column.configuration, column.unique_states);
        writeln!(results, "{name:<22} {states:>7} {killed:>7}  {}", column.about)?;
    }
    writeln!(
        results,
        "\n{} of {} caught; at most {} were explored for each variant in each configuration",
        score.killed,
        count(score.total, "variant"),
        count(bound, "state")
    )
}
