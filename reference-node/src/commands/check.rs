//! `ioschain check`, `mutants`, `replay`, `explore`: the models, from the command line.

mod arguments;
mod calibration;
mod clients;
mod computed;
mod depth_first;
mod drp;
mod explore;
mod list;
mod reach;
mod report;
mod retake;
mod score;
mod swarm;
mod trace_file;

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use ioschain_model::atomix::Action;
use ioschain_model::atomix::configurations::{by_name, full, nightly, quick};
use ioschain_model::atomix::plan::Plan;
use ioschain_model::check::{Check as Checking, Outcome, Verdict};
use ioschain_model::drp::trace::DRP;
use ioschain_model::fingerprint::collision_probability;
use ioschain_model::graph::{Discovery, GoOn, Stop, Watch};
use ioschain_model::trace::{AnyTrace, SPECIFICATION};
use ioschain_model::variants::cosi_registry::SIGNING;
use ioschain_model::variants::sharding_registry::SHARDING;
use ioschain_model::variants::{Variant, find};

pub(crate) use explore::explore;
pub(crate) use reach::Reach;
pub(crate) use score::{Catch, SectionCatch, catch_variants, mutants, write_alive};
pub(crate) use trace_file::replay_trace;

use super::progress::ProgressBar;
use crate::cli::{Check, Tier};
use report::{CheckReport, Checks, Violation, write_sum};

/// The models that can be checked by name.
pub(crate) const ATOMIX: &str = "atomix";
const CLIENTS: &str = "clients";
const TWO_PHASE_COMMIT: &str = "two-phase-commit";

pub(crate) fn check(
    arguments: &Check,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> anyhow::Result<bool> {
    if arguments.list {
        return list::list(arguments.json, output).map(|()| true);
    }
    arguments::refuse_what_is_ignored(arguments)?;
    watch_for_interruption();
    let tier = arguments.tier.unwrap_or(Tier::Quick);
    let tier_name = format!("tier {}", tier.name());
    let mut nowhere = std::io::sink();
    let text: &mut dyn Write = if arguments.json { &mut nowhere } else { &mut *output };
    let (model, of, checks) = match arguments.model.as_str() {
        TWO_PHASE_COMMIT => (TWO_PHASE_COMMIT, tier_name, calibration::check(tier, text, errors)?),
        DRP => (DRP, tier_name, drp::check(arguments, text, errors)?),
        SHARDING => (SHARDING, "all".to_owned(), computed::check(SHARDING, arguments, text)?),
        SIGNING => (SIGNING, "all".to_owned(), computed::check(SIGNING, arguments, text)?),
        CLIENTS => (CLIENTS, "all".to_owned(), clients::check(arguments, text, errors)?),
        name => {
            model_named(name)?;
            let variant = arguments.variant.as_deref().map(variant_named).transpose()?;
            if let Some(seeds) = &arguments.seeds {
                return swarm::swarm(seeds.clone(), variant, arguments, output, errors);
            }
            (ATOMIX, tier_name, check_atomix(tier, variant, arguments, text, errors)?)
        }
    };
    finish(arguments, checks.sum(model, &of), output, errors)
}

/// Each configuration that the arguments ask for, as far as nobody interrupts.
fn check_atomix(
    tier: Tier,
    variant: Option<&'static Variant>,
    arguments: &Check,
    text: &mut dyn Write,
    errors: &mut dyn Write,
) -> anyhow::Result<Checks> {
    let plans = match (&arguments.configuration, variant) {
        (Some(name), _) => vec![configuration_named(name)?],
        (None, Some(variant)) => vec![configuration_named(variant.expected.configuration)?],
        (None, None) => plans_of(tier),
    };
    let mut checks = Checks::of(plans.iter().map(|plan| plan.name.clone()));
    for plan in plans {
        if is_interrupted() {
            break;
        }
        let report = if tier == Tier::Nightly || arguments.symmetry {
            depth_first::check(plan, arguments.symmetry, errors)?
        } else {
            check_one(plan, variant, arguments, errors)?
        };
        checks.add(report, text)?;
    }
    Ok(checks)
}

/// The sum of several checks, and the trace of the first failure.
fn finish(
    arguments: &Check,
    report: CheckReport,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> anyhow::Result<bool> {
    if arguments.json {
        writeln!(output, "{}", serde_json::to_string_pretty(&report)?)?;
    } else if !report.checks.is_empty() || !report.not_begun.is_empty() {
        write_sum(&report, output)?;
    }
    if let Some(path) = &arguments.trace_out {
        let violation = report.violations.first().context(
            "no property failed, so there is no trace to write; leave --trace-out out, or name a --variant",
        )?;
        let [json, mermaid, svg] = trace_file::write(path, &violation.trace)?;
        let (json, mermaid, svg) = (json.display(), mermaid.display(), svg.display());
        writeln!(errors, "wrote {json}, {mermaid} and {svg}")?;
    }
    Ok(report.verdict == "holds")
}

/// Adds the larger configurations under the specification, as far as nobody interrupts.
pub(crate) fn check_larger(catch: &mut Catch, errors: &mut dyn Write) -> anyhow::Result<()> {
    for plan in full() {
        if is_interrupted() {
            return Ok(());
        }
        writeln!(errors, "model {}: {}", plan.name, plan.about)?;
        let checking = checking(plan, None)?;
        let reach = Reach::of(&checking.model.plan, Some(checking.bounds.states_max));
        let outcome = run(&checking, errors);
        catch.add(reach, outcome.findings.unique_states, outcome.verdict() == Verdict::Holds);
    }
    let calibration = calibration::check(Tier::Full, &mut std::io::sink(), errors)?
        .sum(TWO_PHASE_COMMIT, "tier full");
    catch.specification_holds &= calibration.verdict == "holds";
    Ok(())
}

/// The configurations of a tier; the full one has those of the quick one too.
fn plans_of(tier: Tier) -> Vec<Plan> {
    match tier {
        Tier::Quick => quick(),
        Tier::Full => quick().into_iter().chain(full()).collect(),
        Tier::Nightly => nightly(),
    }
}

fn model_named(name: &str) -> anyhow::Result<()> {
    anyhow::ensure!(
        name == ATOMIX,
        "there is no model `{name}`; `ioschain check --list` names them"
    );
    Ok(())
}

/// That a model other than `drp`, which has commands of its own, can be explored and replayed.
pub(crate) fn is_explorable(name: &str) -> anyhow::Result<()> {
    anyhow::ensure!(
        name == ATOMIX,
        "`{name}` can be neither explored nor replayed; `{ATOMIX}` and `{DRP}` can"
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
    let mut only = None;
    if let Some(variant) = variant {
        checking.bounds.stop = Stop::AtFirstFailure;
        checking.bounds.states_max = ioschain_model::score::VARIANT_STATES_MAX;
        if arguments.configuration.is_none() {
            only = Some(variant.expected.property);
            checking.model = checking.model.only(variant.expected.property);
        }
    }
    if let Some(most) = arguments.states_max {
        checking.bounds.states_max = most;
    }
    let outcome = run(&checking, errors);
    let findings = &outcome.findings;
    let violation = |failure: &Discovery<Action>| Violation {
        property: failure.property.to_owned(),
        length: failure.actions.len(),
        trace: AnyTrace::Atomix(checking.model.trace(Some(failure.property), &failure.actions)),
    };
    let name = variant.map_or(SPECIFICATION, |variant| variant.name);
    Ok(CheckReport {
        seconds: started.elapsed().as_secs_f64(),
        verdict: match outcome.verdict() {
            Verdict::Holds => "holds",
            Verdict::Fails => "fails",
            Verdict::Incomplete => "incomplete",
        },
        only,
        bounds: Some(Reach::of(&checking.model.plan, Some(checking.bounds.states_max))),
        collision_probability: collision_probability(findings.unique_states as u64),
        unresolvable: outcome.unresolvable,
        deadlocks: outcome.deadlocks,
        fair_cycles: outcome.fair_cycles,
        violations: findings.failures.iter().map(violation).collect(),
        ..CheckReport::counting(ATOMIX, name, configuration, findings)
    })
}

/// Runs with progress until it is done or somebody presses Ctrl-C.
fn run(checking: &Checking, errors: &mut dyn Write) -> Outcome {
    look_with_progress(errors, &mut |watch| checking.run_watched(watch))
}

/// What looks at a run, and says whether it goes on.
type Watcher<'a> = dyn FnMut(Watch) -> GoOn + 'a;

/// Runs something with a `watch` that shows progress, and that ends the run at Ctrl-C.
fn look_with_progress<T>(errors: &mut dyn Write, run: &mut dyn FnMut(&mut Watcher<'_>) -> T) -> T {
    let started = Instant::now();
    let mut shown = ProgressBar::of("states", errors);
    run(&mut |Watch { unique_states, depth }| {
        let rate = unique_states as f64 / started.elapsed().as_secs_f64().max(1e-9);
        shown.tell(unique_states, &format!("depth {depth}, {rate:.0} states a second"));
        if is_interrupted() { GoOn::No } else { GoOn::Yes }
    })
}

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C ends a run at the next look instead of ending the program. Another one a second
/// later ends the program; sooner it is taken for the same, which a shell and a supervisor may both send.
pub(crate) fn watch_for_interruption() {
    let mut first = None;
    // Another handler is one of the tests' own; then there is nothing to do.
    let _ = ctrlc::set_handler(move || {
        INTERRUPTED.store(true, Ordering::SeqCst);
        let first = *first.get_or_insert_with(Instant::now);
        if first.elapsed() >= Duration::from_secs(1) {
            std::process::exit(130);
        }
    });
}

pub(crate) fn is_interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}
