//! `ioschain check`, `mutants`, `replay`, `explore`: the models, from the command line.

mod calibration;
mod depth_first;
mod explore;
mod score;
mod swarm;
mod trace_file;

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::Context as _;
use ioschain_model::atomix::configurations::{by_name, full, nightly, quick};
use ioschain_model::atomix::plan::Plan;
use ioschain_model::check::{Check as Checking, Outcome, Verdict};
use ioschain_model::fingerprint::collision_probability;
use ioschain_model::graph::{GoOn, Stop, Watch};
use ioschain_model::trace::{SPECIFICATION, Trace};
use ioschain_model::variants::{Variant, find, registry};
use serde::Serialize;

pub(crate) use explore::explore;
pub(crate) use score::{Catch, catch_variants, mutants, write_alive};
pub(crate) use trace_file::replay_trace;

use super::progress::Progress;
use crate::cli::{Check, Tier};

/// The models that can be checked by name.
pub(crate) const ATOMIX: &str = "atomix";
const TWO_PHASE_COMMIT: &str = "two-phase-commit";

/// What came of a check, as `--json` prints it.
#[derive(Serialize)]
struct CheckReport {
    model: &'static str,
    variant: String,
    /// A configuration's name, or which tier's configurations.
    configuration: String,
    unique_states: usize,
    generated: u64,
    depth: usize,
    seconds: f64,
    /// `holds`, `fails`, or `incomplete`: nothing failed as far as the run went.
    verdict: &'static str,
    /// At most so probable it is that two states were taken for one.
    collision_probability: f64,
    /// States from which nothing resolves, where the configuration does not promise that; null if not
    /// every state was seen.
    unresolvable: Option<usize>,
    violations: Vec<Violation>,
    /// The single configurations, if there were several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    checks: Vec<CheckReport>,
}

/// A property that fails.
#[derive(Clone, Serialize)]
struct Violation {
    property: String,
    length: usize,
    trace: Trace,
}

pub(crate) fn check(
    arguments: &Check,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> anyhow::Result<bool> {
    if arguments.list {
        return list(arguments.json, output).map(|()| true);
    }
    watch_for_interruption();
    let checks = if arguments.model == TWO_PHASE_COMMIT {
        calibration::check(arguments.tier, errors)
    } else {
        model_named(&arguments.model)?;
        let variant = arguments.variant.as_deref().map(variant_named).transpose()?;
        if let Some(seeds) = &arguments.seeds {
            return swarm::swarm(seeds.clone(), variant, arguments, output, errors);
        }
        check_atomix(variant, arguments, errors)?
    };
    if !arguments.json {
        checks.iter().try_for_each(|report| write_check(report, output))?;
    }
    report_checks(arguments, checks, output, errors)
}

/// Each configuration that the arguments ask for, as far as nobody interrupts.
fn check_atomix(
    variant: Option<&'static Variant>,
    arguments: &Check,
    errors: &mut dyn Write,
) -> anyhow::Result<Vec<CheckReport>> {
    let plans = match (&arguments.configuration, variant) {
        (Some(name), _) => vec![configuration_named(name)?],
        (None, Some(variant)) => vec![configuration_named(variant.expected.configuration)?],
        (None, None) => tier(arguments.tier),
    };
    let mut checks = Vec::new();
    for plan in plans {
        let report = match arguments.tier {
            Tier::Nightly => depth_first::check(plan, variant, errors)?,
            Tier::Quick | Tier::Full => check_one(plan, variant, arguments, errors)?,
        };
        let is_incomplete = report.verdict == "incomplete";
        checks.push(report);
        if is_incomplete {
            break;
        }
    }
    Ok(checks)
}

/// The sum of several checks, and the trace of the first failure.
fn report_checks(
    arguments: &Check,
    mut checks: Vec<CheckReport>,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> anyhow::Result<bool> {
    let report = match checks.len() {
        1 => checks.remove(0),
        _ => summarise(arguments, checks),
    };
    if arguments.json {
        writeln!(output, "{}", serde_json::to_string_pretty(&report)?)?;
    } else if !report.checks.is_empty() {
        write_sum(&report, output)?;
    }
    if let Some(path) = &arguments.trace_out {
        let violation = report.violations.first().context(
            "no property failed, so there is no trace to write; leave --trace-out out, or name a --variant",
        )?;
        trace_file::write(path, &violation.trace)?;
        writeln!(errors, "wrote {} (and .mmd, .svg beside it)", path.display())?;
    }
    Ok(report.verdict == "holds")
}

/// States of the larger configurations under the specification, and whether it holds in all of them.
pub(crate) fn check_larger(errors: &mut dyn Write) -> anyhow::Result<(usize, bool)> {
    let (mut states, mut holds) = (0, true);
    for plan in full() {
        writeln!(errors, "model {}: {}", plan.name, plan.about)?;
        let outcome = run(&checking(plan, None)?, errors);
        states += outcome.findings.unique_states;
        holds &= outcome.verdict() == Verdict::Holds;
    }
    let calibration = calibration::check(Tier::Full, errors);
    holds &= calibration.iter().all(|report| report.verdict == "holds");
    Ok((states, holds))
}

/// The configurations of a tier; the full one has those of the quick one too.
fn tier(tier: Tier) -> Vec<Plan> {
    match tier {
        Tier::Quick => quick(),
        Tier::Full => quick().into_iter().chain(full()).collect(),
        Tier::Nightly => nightly(),
    }
}

pub(crate) fn model_named(name: &str) -> anyhow::Result<()> {
    anyhow::ensure!(
        name == ATOMIX,
        "there is no model `{name}`; `ioschain check --list` names them"
    );
    Ok(())
}

pub(crate) fn variant_named(name: &str) -> anyhow::Result<&'static Variant> {
    find(name).with_context(|| {
        format!("there is no variant `{name}`; `ioschain check --list` names them")
    })
}

pub(crate) fn configuration_named(name: &str) -> anyhow::Result<Plan> {
    by_name(name).with_context(|| {
        format!("there is no configuration `{name}`; `ioschain check --list` names them")
    })
}

/// Under a variant, or under the specification's own rules.
pub(crate) fn checking(plan: Plan, variant: Option<&'static Variant>) -> anyhow::Result<Checking> {
    Ok(match variant {
        Some(variant) => Checking::of_variant(plan, variant)?,
        None => Checking::of_specification(plan)?,
    })
}

fn check_one(
    plan: Plan,
    variant: Option<&'static Variant>,
    arguments: &Check,
    errors: &mut dyn Write,
) -> anyhow::Result<CheckReport> {
    let (configuration, started) = (plan.name.clone(), Instant::now());
    let mut checking = checking(plan, variant)?;
    if let Some(variant) = variant {
        checking.bounds.stop = Stop::AtFirstFailure;
        checking.bounds.states_max = ioschain_model::score::VARIANT_STATES_MAX;
        if arguments.configuration.is_none() {
            checking.model = checking.model.only(variant.expected.property);
        }
    }
    if let Some(most) = arguments.states_max {
        checking.bounds.states_max = most;
    }
    let outcome = run(&checking, errors);
    let violations = outcome
        .findings
        .failures
        .iter()
        .map(|failure| Violation {
            property: failure.property.to_owned(),
            length: failure.actions.len(),
            trace: checking.model.trace(Some(failure.property), &failure.actions),
        })
        .collect();
    Ok(CheckReport {
        model: ATOMIX,
        variant: variant.map_or(SPECIFICATION, |variant| variant.name).to_owned(),
        configuration,
        unique_states: outcome.findings.unique_states,
        generated: outcome.findings.generated,
        depth: outcome.findings.depth,
        seconds: started.elapsed().as_secs_f64(),
        verdict: match outcome.verdict() {
            Verdict::Holds => "holds",
            Verdict::Fails => "fails",
            Verdict::Incomplete => "incomplete",
        },
        collision_probability: collision_probability(outcome.findings.unique_states as u64),
        unresolvable: outcome.unresolvable,
        violations,
        checks: Vec::new(),
    })
}

/// Runs with progress until it is done or somebody presses Ctrl-C.
fn run(checking: &Checking, errors: &mut dyn Write) -> Outcome {
    let started = Instant::now();
    let mut shown = Progress::of("states", errors);
    checking.run_watched(&mut |Watch { unique_states, depth }| {
        let rate = unique_states as f64 / started.elapsed().as_secs_f64().max(1e-9);
        shown.tell(unique_states, &format!("depth {depth}, {rate:.0} states a second"));
        if is_interrupted() { GoOn::No } else { GoOn::Yes }
    })
}

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C ends a run at the next look instead of ending the program. A second one ends the
/// program.
fn watch_for_interruption() {
    // Another handler is one of the tests' own; then there is nothing to do.
    let _ = ctrlc::set_handler(|| {
        if INTERRUPTED.swap(true, Ordering::SeqCst) {
            std::process::exit(130);
        }
    });
}

pub(crate) fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

fn summarise(arguments: &Check, checks: Vec<CheckReport>) -> CheckReport {
    let verdict = ["fails", "incomplete"]
        .into_iter()
        .find(|verdict| checks.iter().any(|check| check.verdict == *verdict));
    let unique_states = checks.iter().map(|check| check.unique_states).sum::<usize>();
    CheckReport {
        model: checks.first().map_or(ATOMIX, |check| check.model),
        variant: SPECIFICATION.to_owned(),
        configuration: format!("tier {}", arguments.tier.name()),
        unique_states,
        generated: checks.iter().map(|check| check.generated).sum(),
        depth: checks.iter().map(|check| check.depth).max().unwrap_or(0),
        seconds: checks.iter().map(|check| check.seconds).sum(),
        verdict: verdict.unwrap_or("holds"),
        collision_probability: checks.iter().map(|check| check.collision_probability).sum(),
        unresolvable: checks.iter().map(|check| check.unresolvable).sum(),
        violations: checks.iter().flat_map(|check| check.violations.clone()).collect(),
        checks,
    }
}

fn write_check(report: &CheckReport, output: &mut dyn Write) -> std::io::Result<()> {
    let CheckReport { model, configuration, variant, unique_states, generated, depth, .. } = report;
    writeln!(
        output,
        "{model} {configuration} under {variant}: {}; {unique_states} states, {generated} steps, depth \
         {depth}, {:.2} s",
        report.verdict, report.seconds
    )?;
    match report.unresolvable {
        Some(0) => {}
        Some(count) => writeln!(output, "  {count} states from which a lock does not end")?,
        None if report.violations.is_empty() => {
            writeln!(output, "  not covered: whatever lies beyond these states, and resolution")?;
        }
        None => {}
    }
    for Violation { property, length, trace } in &report.violations {
        writeln!(output, "  broken after {length} steps: {property}")?;
        for (step, number) in trace.steps.iter().zip(1..) {
            let proofs: Vec<String> = step.proofs.iter().map(ToString::to_string).collect();
            let about = step.transaction.map_or(String::new(), |number| format!(" T{number}"));
            let with = match proofs.is_empty() {
                true => String::new(),
                false => format!(" ({})", proofs.join("; ")),
            };
            let (shard, message, answer) = (step.shard, &step.message, &step.answer);
            writeln!(output, "    {number}. shard {shard}: {message}{about}{with} -> {answer}")?;
        }
    }
    Ok(())
}

fn write_sum(report: &CheckReport, output: &mut dyn Write) -> std::io::Result<()> {
    writeln!(
        output,
        "{}: {} configurations, {} states in {:.2} s; two states were taken for one with a probability \
         of at most {:.0e}",
        report.verdict,
        report.checks.len(),
        report.unique_states,
        report.seconds,
        report.collision_probability
    )
}

/// A model with all that it can be asked.
#[derive(Serialize)]
struct Listing {
    model: &'static str,
    configurations: Vec<ListedConfiguration>,
    variants: Vec<ListedVariant>,
}

#[derive(Serialize)]
struct ListedConfiguration {
    name: String,
    about: String,
    tier: &'static str,
}

#[derive(Serialize)]
struct ListedVariant {
    name: &'static str,
    weakens: &'static str,
    configuration: &'static str,
    property: &'static str,
    length: usize,
}

fn list(json: bool, output: &mut dyn Write) -> anyhow::Result<()> {
    let listed = |tier: Tier, plans: Vec<Plan>| {
        plans.into_iter().map(move |Plan { name, about, .. }| ListedConfiguration {
            name,
            about,
            tier: tier.name(),
        })
    };
    let listing = Listing {
        model: ATOMIX,
        configurations: listed(Tier::Quick, quick()).chain(listed(Tier::Full, full())).collect(),
        variants: registry()
            .iter()
            .map(|variant| ListedVariant {
                name: variant.name,
                weakens: variant.weakens,
                configuration: variant.expected.configuration,
                property: variant.expected.property,
                length: variant.expected.length,
            })
            .collect(),
    };
    if json {
        writeln!(output, "{}", serde_json::to_string_pretty(&[listing])?)?;
        return Ok(());
    }
    writeln!(output, "model {ATOMIX} (and {TWO_PHASE_COMMIT}, for calibration)\n")?;
    writeln!(output, "configurations (--configuration)")?;
    for ListedConfiguration { name, about, tier } in &listing.configurations {
        writeln!(output, "  {name:<16} {tier:<6} {about}")?;
    }
    writeln!(output, "\nvariants (--variant)")?;
    for ListedVariant { name, weakens, configuration, property, length } in &listing.variants {
        writeln!(output, "  {name:<30} {weakens}")?;
        writeln!(output, "  {:<30} breaks {property} in {configuration}, {length} steps", "")?;
    }
    Ok(())
}
