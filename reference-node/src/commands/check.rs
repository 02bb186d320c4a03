//! `ioschain check`: explores every state of a model.

use std::ops::Range;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use ioschain_model::registry::{MODELS, Request, Tier, find};
use ioschain_model::report::CheckReport;
use ioschain_model::verdict::Verdict;

use super::check_text::write_sum;
use super::interruption::watch_for_interruption;
use super::io::Io;
use super::observer::CommandObserver;
use super::replay::write_trace;
use super::{list, parse_seeds, walks};

/// Explore every state of a model, and report which properties fail, with the shortest path to each
/// failure.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ioschain check --list
      The models, with their configurations and variants.
  ioschain check drp
      The randomness protocol under the specification's rules, quick tier.
  ioschain check --variant white-paper --trace-out failure.json
      Atomix as the paper describes it. The trace of the failure goes to failure.json, and drawings of
      it to failure.mmd and failure.svg; `ioschain replay failure.json` runs it with real cryptography.
  ioschain check --seeds 0..1000
      1000 random walks through a configuration that is too large to exhaust.")]
pub(crate) struct Check {
    /// The name of the model. --list shows all models.
    #[arg(default_value = MODELS[0].name())]
    model: String,
    /// Use these weakened rules instead of the specification's.
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    /// Check this configuration. By default, all configurations of the tier are checked, or, with
    /// --variant, the one in which the variant must fail.
    #[arg(long, value_name = "NAME")]
    configuration: Option<String>,
    /// How much to check (default: quick). The quick tier takes seconds, full takes minutes, and
    /// nightly takes half an hour and 3 GB of memory. With --configuration only nightly has an
    /// effect: it selects stateright's engine.
    #[arg(long, value_name = "TIER", value_parser = tier_parser())]
    tier: Option<Tier>,
    /// Stop a check after this many states, and report it as incomplete.
    #[arg(long, value_name = "N")]
    states_max: Option<usize>,
    /// Treat states that differ only by a permutation of identical payments as one (symmetry
    /// reduction). Uses depth-first search, so it neither checks liveness nor finds shortest
    /// counterexamples.
    #[arg(long)]
    symmetry: bool,
    /// Take one random walk for each of these seeds instead of checking exhaustively, and print a
    /// line of JSON for each walk.
    #[arg(long, value_name = "A..B", value_parser = parse_seeds)]
    seeds: Option<Range<u64>>,
    /// Divide the seeds into N parts, and take only part I, counted from 1.
    #[arg(long, value_name = "I/N", value_parser = parse_part, requires = "seeds", default_value = "1/1")]
    shard: (u64, u64),
    /// The largest number of steps of a random walk.
    #[arg(long, value_name = "N", default_value_t = 200, requires = "seeds")]
    steps_max: usize,
    /// Write the trace of the first failure to this file as JSON, and drawings of it to files of
    /// the same name that end in .mmd and .svg.
    #[arg(long, value_name = "FILE")]
    trace_out: Option<PathBuf>,
    /// List all models with their configurations and variants, and check nothing.
    #[arg(long)]
    list: bool,
    /// Print one JSON object instead of text.
    #[arg(long)]
    pub(crate) json: bool,
}

fn tier_parser() -> impl clap::builder::TypedValueParser<Value = Tier> {
    let names = PossibleValuesParser::new(Tier::CHECKED.map(Tier::name));
    // The parser gives one of these names.
    names.map(|name| {
        let named = Tier::CHECKED.into_iter().find(|tier| tier.name() == name);
        named.unwrap_or(Tier::Quick)
    })
}

/// `I/N` with 1 ≤ I ≤ N.
fn parse_part(text: &str) -> Result<(u64, u64), String> {
    let number = |text: &str| text.parse::<u64>().map_err(|error| error.to_string());
    let (part, of) = text.split_once('/').ok_or("write a part as I/N, for example 1/4")?;
    let (part, of) = (number(part)?, number(of)?);
    if (1..=of).contains(&part) { Ok((part, of)) } else { Err("I must be from 1 to N".to_owned()) }
}

impl Check {
    pub(crate) fn run(&self, io: &mut Io<'_>) -> anyhow::Result<bool> {
        if self.list {
            return list::list(io).map(|()| true);
        }
        let (model, request) = (find(&self.model)?, self.request());
        model.accept(&request)?;
        self.refuse_drawings()?;
        watch_for_interruption();
        if let Some(seeds) = &self.seeds {
            let walks = model.walks(&request)?;
            return walks::take(&walks, seeds.clone(), self.shard, self.steps_max, io);
        }
        let checks = model.check(&request, &mut CommandObserver::with_text(io))?;
        self.finish(&checks.sum(), io)
    }

    fn request(&self) -> Request {
        Request {
            variant: self.variant.clone(),
            configuration: self.configuration.clone(),
            tier: self.tier,
            states_max: self.states_max,
            walks: self.seeds.is_some(),
            trace_out: self.trace_out.is_some(),
            symmetry: self.symmetry,
        }
    }

    fn refuse_drawings(&self) -> anyhow::Result<()> {
        let extension = self.trace_out.as_deref().and_then(std::path::Path::extension);
        let is_drawing = extension.is_some_and(|it| it == "svg" || it == "mmd");
        ensure!(
            !is_drawing,
            "--trace-out is the JSON file, and the drawings .mmd and .svg are written beside it; name it .json"
        );
        Ok(())
    }

    /// The sum of several checks, and the trace of the first failure.
    fn finish(&self, report: &CheckReport, io: &mut Io<'_>) -> anyhow::Result<bool> {
        if io.json {
            io.write_json(report)?;
        } else if !report.checks.is_empty() || !report.not_begun.is_empty() {
            write_sum(report, io.results)?;
        }
        if let Some(path) = &self.trace_out {
            let violation = report.violations.first().context(
                "no property failed, so there is no trace to write. Remove --trace-out, or choose weakened \
                 rules with --variant.",
            )?;
            let [json, mermaid, svg] = write_trace(path, &violation.trace)?;
            let (json, mermaid, svg) = (json.display(), mermaid.display(), svg.display());
            writeln!(io.log, "wrote {json}, {mermaid} and {svg}")?;
        }
        Ok(report.verdict == Verdict::Holds)
    }
}
