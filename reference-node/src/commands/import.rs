//! `ioschain import bitcoin`: a workload from the real world.

use std::io::Write;

use anyhow::Context as _;
use ioschain_spec::atomix::{Rules, Specification};
use serde::Serialize;

use super::progress::ProgressBar;
use crate::bitcoin::convert::workload_of;
use crate::bitcoin::parse::parse_block;
use crate::cli::ImportBitcoin;
use crate::simulation::{CachingSuite, Faults, Report, Settings, replay};

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
    bitcoin_under(&Specification, arguments, output, errors)
}

/// The same under any rules.
fn bitcoin_under(
    rules: &dyn Rules<CachingSuite>,
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
    let mut shown = ProgressBar::of("transactions settled", errors);
    let replay = replay(rules, &workload, &settings, &mut |progress| {
        shown.at(progress.ended, progress.payments);
    })?;
    drop(shown);

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

#[cfg(test)]
mod tests {
    use ioschain_spec::variants::WhitePaper;

    use super::bitcoin_under;
    use crate::cli::ImportBitcoin;

    /// The paper has no sweep, so what a vanished client locked stays locked.
    #[test]
    fn what_does_not_hold_is_said_and_is_no_success() {
        let arguments = ImportBitcoin {
            block: concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/block-170.hex").into(),
            shards: 4,
            conflicts: 0,
            drop_clients: 1_000_000,
            epoch_blocks: 16,
            seed: 0,
            json: false,
        };
        let (mut output, mut errors) = (Vec::new(), Vec::new());
        let holds = bitcoin_under(&WhitePaper, &arguments, &mut output, &mut errors).unwrap();
        assert!(!holds);
        assert!(String::from_utf8(output).unwrap().contains("locks left 1"));
        assert_eq!(
            String::from_utf8(errors).unwrap(),
            "does not hold: 1 outputs are still locked\n\
             does not hold: 1 transactions never ended\n\
             does not hold: 1 transactions without a conflict did not commit\n"
        );
    }
}
