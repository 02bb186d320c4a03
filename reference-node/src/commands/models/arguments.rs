//! Which arguments of `check` go together. One that would be ignored is refused.

use std::path::Path;

use anyhow::ensure;

use super::{ATOMIX, CLIENTS, DRP, SHARDING, SIGNING, TWO_PHASE_COMMIT};
use crate::cli::{Check, Tier};

const IGNORED_IN_CALIBRATION: [&str; 6] =
    ["--variant", "--configuration", "--states-max", "--seeds", "--trace-out", "--symmetry"];

pub(super) fn refuse_what_is_ignored(arguments: &Check) -> anyhow::Result<()> {
    let Check { variant, configuration, tier, states_max, seeds, trace_out, symmetry, .. } =
        arguments;
    let given = [
        ("--variant", variant.is_some()),
        ("--configuration", configuration.is_some()),
        ("--tier", tier.is_some()),
        ("--states-max", states_max.is_some()),
        ("--seeds", seeds.is_some()),
        ("--trace-out", trace_out.is_some()),
        ("--symmetry", *symmetry),
    ];
    let refuse = |ignored: &[&str], why: &str| {
        let mut given = given.iter().filter(|(_, is_given)| *is_given);
        match given.find(|(name, _)| ignored.contains(name)) {
            Some((name, _)) => {
                Err(anyhow::anyhow!("{name} says nothing here: {why}; leave it out"))
            }
            None => Ok(()),
        }
    };
    match arguments.model.as_str() {
        TWO_PHASE_COMMIT => {
            refuse(
                &IGNORED_IN_CALIBRATION,
                "two-phase-commit is checked as it is, against known numbers",
            )?;
            ensure!(*tier != Some(Tier::Nightly), "two-phase-commit has the tiers quick and full");
        }
        DRP => {
            refuse(&["--seeds", "--symmetry"], "the randomness protocol is checked exhaustively")?;
            ensure!(*tier != Some(Tier::Nightly), "drp has the tiers quick and full");
            if variant.is_some() || configuration.is_some() {
                refuse(&["--tier"], "a configuration is named, or a variant's own is taken")?;
            }
        }
        SHARDING | SIGNING => {
            let ignored = [
                "--configuration",
                "--tier",
                "--states-max",
                "--seeds",
                "--trace-out",
                "--symmetry",
            ];
            refuse(&ignored, "this model is small, and checked as it is")?;
        }
        CLIENTS => {
            let ignored = ["--variant", "--tier", "--seeds", "--trace-out", "--symmetry"];
            refuse(&ignored, "clients are checked exhaustively, in all their configurations")?;
        }
        ATOMIX => refuse_for_atomix(arguments, &refuse)?,
        _ => {}
    }
    refuse_drawings(trace_out.as_deref())
}

/// Atomix has the most ways to be checked: walks, one variant, a depth-first search, one configuration.
fn refuse_for_atomix(
    arguments: &Check,
    refuse: &dyn Fn(&[&str], &str) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let Check { variant, configuration, tier, seeds, symmetry, .. } = arguments;
    if seeds.is_some() {
        let ignored = ["--tier", "--states-max", "--trace-out", "--symmetry"];
        refuse(&ignored, "a swarm walks, and prints the trace of each failure")
    } else if variant.is_some() {
        ensure!(
            !*symmetry,
            "--symmetry is for the specification, where nothing depends on which of two ids is the smaller; in a variant it may: leave it out"
        );
        refuse(&["--tier"], "a variant is checked in one configuration, to its first failure")
    } else if *tier == Some(Tier::Nightly) || *symmetry {
        refuse(&["--states-max"], "a depth-first search is not bounded")?;
        ensure!(
            tier.is_none() || *tier == Some(Tier::Nightly) || configuration.is_none(),
            "--tier says nothing here: a configuration is named; leave it out"
        );
        Ok(())
    } else if configuration.is_some() {
        refuse(&["--tier"], "a configuration is named, so the tier selects nothing")
    } else {
        Ok(())
    }
}

fn refuse_drawings(trace_out: Option<&Path>) -> anyhow::Result<()> {
    let extension = trace_out.and_then(Path::extension);
    let is_drawing = extension.is_some_and(|extension| extension == "svg" || extension == "mmd");
    ensure!(
        !is_drawing,
        "--trace-out names the JSON file, and .mmd and .svg are written beside it; name it .json"
    );
    Ok(())
}
