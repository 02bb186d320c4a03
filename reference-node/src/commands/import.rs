//! `ioschain import bitcoin`: a workload from the real world.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use ioschain_model::words::count;
use ioschain_spec::atomix::{Rules, Specification};
use serde::Serialize;

use super::io::Io;
use super::progress::ProgressBar;
use crate::bitcoin::convert::workload_of;
use crate::bitcoin::parse::parse_block;
use crate::simulation::{CachingSuite, EPOCH_BLOCKS_MAX, Faults, Report, Settings, replay};

/// Run data from other systems through the ledger.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  ioschain import bitcoin reference-node/tests/data/block-170.hex --shards 4
      The first payment between two people.
  ioschain import bitcoin --help
      The options, and how to import a block of your own node.")]
pub(crate) enum Import {
    Bitcoin(ImportBitcoin),
}

impl Import {
    pub(crate) fn json(&self) -> bool {
        let Self::Bitcoin(command) = self;
        command.json
    }

    pub(crate) fn run(&self, io: &mut Io<'_>) -> anyhow::Result<bool> {
        let Self::Bitcoin(command) = self;
        command.run_under(&Specification, io)
    }
}

/// Replay a real Bitcoin block as sharded transactions through Atomix.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ioschain import bitcoin reference-node/tests/data/block-170.hex --shards 4
      The first payment between two people.
  bitcoin-cli getblock HASH 0 > block.hex
  ioschain import bitcoin block.hex --shards 16 --conflicts 100 --drop-clients 200000
      A block of your node. 100 double spends are added, and a fifth of the clients vanish.
  ioschain import bitcoin block.raw --shards 256 --epoch-blocks 1000 --json
      Many shards; long epochs keep the memory small.")]
pub(crate) struct ImportBitcoin {
    /// A file with one block, either in hexadecimal, as `bitcoin-cli getblock HASH 0` prints it, or
    /// the same bytes in binary.
    block: PathBuf,
    /// How many transaction shards there are, 1 to 1024. A large block over more than 64 shards
    /// takes gigabytes of memory for its expiry lists, unless its epochs are long (--epoch-blocks
    /// 1000).
    #[arg(long, value_name = "M", value_parser = clap::value_parser!(u16).range(1..=1024))]
    shards: u16,
    /// Add this many transactions that spend the inputs of other transactions again.
    #[arg(long, value_name = "N", default_value_t = 0)]
    conflicts: usize,
    /// The share of clients of cross-shard transactions that vanish between lock and unlock, in
    /// parts per million, 0 to 1000000.
    #[arg(long, value_name = "PPM", default_value_t = 0,
          value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    drop_clients: u32,
    /// How many blocks a shard has in an epoch, 1 to 65536. Blocks that would be empty are left
    /// out.
    #[arg(long, value_name = "B", default_value_t = 16,
          value_parser = clap::value_parser!(u64).range(1..=EPOCH_BLOCKS_MAX))]
    epoch_blocks: u64,
    /// The seed that fixes the order of delivery, the duplicates and the faults.
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// Print one JSON object instead of text.
    #[arg(long)]
    json: bool,
}

/// The report of `import bitcoin --json`.
#[derive(Serialize)]
struct BitcoinReport {
    /// As Bitcoin writes it: reversed, in hex.
    block_hash: String,
    #[serde(flatten)]
    replay: Report,
}

impl ImportBitcoin {
    fn run_under(&self, rules: &dyn Rules<CachingSuite>, io: &mut Io<'_>) -> anyhow::Result<bool> {
        let path = self.block.display();
        let file = std::fs::read(&self.block)
            .with_context(|| format!("cannot read {path}; give the path of a Bitcoin block"))?;
        let block = parse_block(&file).with_context(|| format!("{path} is not a valid block"))?;
        let workload = workload_of(&block).with_context(|| format!("{path} cannot be replayed"))?;
        let settings = Settings {
            shards: self.shards,
            epoch_blocks: self.epoch_blocks,
            seed: self.seed,
            faults: Faults { conflicts: self.conflicts, vanishing_ppm: self.drop_clients },
        };
        let mut bar = ProgressBar::of("transactions settled");
        let replay = replay(rules, &workload, &settings, &mut |progress| {
            bar.at(io.log, progress.ended, progress.payments);
        })?;
        drop(bar);

        let failures = replay.failures();
        let report = BitcoinReport { block_hash: block.block_hash().to_string(), replay };
        if io.json {
            io.write_json(&report)?;
        } else {
            self.write_text(&report, io.results)?;
        }
        failures.iter().try_for_each(|failure| io.write_failure(failure))?;
        Ok(failures.is_empty())
    }

    fn write_text(&self, report: &BitcoinReport, results: &mut dyn Write) -> std::io::Result<()> {
        let BitcoinReport { block_hash, replay } = report;
        let conserved = if replay.conserved { "conserved" } else { "NOT CONSERVED" };
        writeln!(results, "Bitcoin block {block_hash}")?;
        writeln!(
            results,
            "  {}, {}, {}; {} added",
            count(replay.transactions, "transaction"),
            count(replay.inputs, "input"),
            count(replay.outputs, "output"),
            count(self.conflicts, "conflicting transaction")
        )?;
        writeln!(
            results,
            "  {}, {}",
            count(self.shards, "shard"),
            count(replay.cross_shard, "cross-shard transaction")
        )?;
        writeln!(
            results,
            "  committed {}, aborted {}, rejected {}; locks left {}",
            replay.committed, replay.aborted, replay.rejected, replay.unresolved_locks
        )?;
        let (messages, bytes) = (count(replay.messages, "message"), count(replay.bytes, "byte"));
        writeln!(results, "  {messages}, {bytes}")?;
        writeln!(results, "  supply {} units, {conserved}", replay.supply_after)?;
        writeln!(
            results,
            "  {:.4} s, of which {:.4} s building and signing; {} alone: {:.4} s",
            replay.seconds_total,
            replay.seconds_setup,
            count(replay.signature_checks, "signature check"),
            replay.seconds_signatures
        )
    }
}

#[cfg(test)]
mod tests {
    use ioschain_spec::variants::WhitePaper;

    use super::{ImportBitcoin, Io};

    /// The paper has no sweep, so what a vanished client locked stays locked.
    #[test]
    fn what_does_not_hold_is_said_and_is_no_success() {
        let command = ImportBitcoin {
            block: concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/block-170.hex").into(),
            shards: 4,
            conflicts: 0,
            drop_clients: 1_000_000,
            epoch_blocks: 16,
            seed: 0,
            json: false,
        };
        let (mut results, mut log) = (Vec::new(), Vec::new());
        let mut io = Io { results: &mut results, log: &mut log, json: false };
        let holds = command.run_under(&WhitePaper, &mut io).unwrap();
        assert!(!holds);
        assert!(String::from_utf8(results).unwrap().contains("locks left 1"));
        assert_eq!(
            String::from_utf8(log).unwrap(),
            "does not hold: 1 output is still locked\n\
             does not hold: 1 transaction never ended\n\
             does not hold: 1 transaction without a conflict did not commit\n"
        );
    }
}
