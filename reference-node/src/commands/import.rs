//! `ioschain import bitcoin`: a workload from the real world.

use std::io::Write;

use anyhow::Context as _;
use ioschain_spec::atomix::Specification;
use serde::Serialize;

use super::progress::bar;
use crate::bitcoin::convert::workload_of;
use crate::bitcoin::parse::parse_block;
use crate::carrier::{Faults, Report, Settings, replay};
use crate::cli::ImportBitcoin;

/// The report of `import bitcoin --json`.
#[derive(Serialize)]
struct BitcoinReport {
    /// As Bitcoin writes it: reversed, in hex.
    block_hash: String,
    #[serde(flatten)]
    replay: Report,
}

pub(crate) fn bitcoin(
    arguments: &ImportBitcoin,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> anyhow::Result<bool> {
    let path = arguments.block.display();
    let file = std::fs::read(&arguments.block)
        .with_context(|| format!("cannot read {path}; give the path of a Bitcoin block"))?;
    let block = parse_block(&file).with_context(|| format!("{path} is not a valid block"))?;
    let workload = workload_of(&block).with_context(|| format!("{path} cannot be replayed"))?;
    let settings = Settings {
        shards: arguments.shards,
        epoch_blocks: arguments.epoch_blocks,
        seed: arguments.seed,
        faults: Faults { conflicts: arguments.conflicts, vanishing_ppm: arguments.drop_clients },
    };
    let payments = workload.spends.len() + arguments.conflicts;
    let bar = bar(payments as u64, "settling");
    let replay = replay(&Specification, &workload, &settings, &mut |progress| {
        bar.set_position(progress.ended as u64);
        bar.set_message(format!("round {}", progress.round));
    })?;
    bar.finish_and_clear();

    let failures = replay.failures();
    let report = BitcoinReport { block_hash: block.block_hash().to_string(), replay };
    if arguments.json {
        writeln!(output, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        write_text(&report, arguments, output)?;
    }
    for failure in &failures {
        writeln!(errors, "does not hold: {failure}")?;
    }
    Ok(failures.is_empty())
}

fn write_text(
    report: &BitcoinReport,
    arguments: &ImportBitcoin,
    output: &mut dyn Write,
) -> std::io::Result<()> {
    let BitcoinReport { block_hash, replay } = report;
    let conserved = if replay.conserved { "conserved" } else { "NOT CONSERVED" };
    writeln!(output, "Bitcoin block {block_hash}")?;
    writeln!(
        output,
        "  {} transactions, {} inputs, {} outputs; {} conflicting ones added",
        replay.transactions, replay.inputs, replay.outputs, arguments.conflicts
    )?;
    writeln!(
        output,
        "  {} shards, {} transactions across shards",
        arguments.shards, replay.cross_shard
    )?;
    writeln!(
        output,
        "  committed {}, aborted {}, rejected {}; locks left {}",
        replay.committed, replay.aborted, replay.rejected, replay.unresolved_locks
    )?;
    writeln!(output, "  {} messages, {} bytes", replay.messages, replay.bytes)?;
    writeln!(output, "  supply {} units, {conserved}", replay.supply_after)?;
    writeln!(
        output,
        "  {:.4} s, of which {:.4} s building and signing; {} signature checks alone take {:.4} s",
        replay.seconds_total,
        replay.seconds_setup,
        replay.signature_checks,
        replay.seconds_signatures
    )
}
