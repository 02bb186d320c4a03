//! `ioschain vectors …` and `ioschain adapter`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use ioschain_vectors::format::skips::Skips;
use ioschain_vectors::format::suite::VectorSuite;
use ioschain_vectors::format::tree::{MANIFEST_PATH, check_tree, write_tree};
use ioschain_vectors::make::cases::atomix::trace::walks;
use ioschain_vectors::make::cases::sources;
use ioschain_vectors::make::faulty::invariant_faults;
use ioschain_vectors::make::generate::generate_tree;
use ioschain_vectors::make::self_test::self_test;
use ioschain_vectors::reference::Reference;
use ioschain_vectors::run::adapter::{Implementation, ProcessAdapter, serve};
use ioschain_vectors::run::report::RunReport;
use ioschain_vectors::run::runner::{RunOptions, Runner, WildMatch};
use serde_json::json;

use super::progress::ProgressBar;
use crate::cli::{GenerateVectors, RunVectors, SelfTest};

/// Failures are spelled out up to this many.
const FAILURES_SHOWN_MAX: usize = 10;

/// The folder of vectors: the one named, else that of the working directory, else that of the
/// sources this program was built from.
pub(crate) fn directory(named: Option<&PathBuf>) -> PathBuf {
    if let Some(named) = named {
        return named.clone();
    }
    let here = Path::new("conformance-vectors");
    if here.join(MANIFEST_PATH).is_file() {
        return here.to_owned();
    }
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance-vectors")
}

/// The suite in the folder.
pub(crate) fn load(named: Option<&PathBuf>) -> anyhow::Result<VectorSuite> {
    let directory = directory(named);
    VectorSuite::from_directory(&directory).with_context(|| {
        format!("cannot load the vectors in {}; name their folder with --dir", directory.display())
    })
}

pub(crate) fn generate(
    arguments: &GenerateVectors,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> anyhow::Result<bool> {
    let tree = generate_tree(&sources()?)?;
    let directory = match &arguments.dir {
        Some(named) => named.clone(),
        None => directory(None),
    };
    let departures = match arguments.check {
        true => check_tree(&directory, &tree)?,
        false => write_tree(&directory, &tree)?,
    };
    let bytes: usize = tree.values().map(Vec::len).sum();
    if arguments.json {
        let departures: Vec<String> = departures.iter().map(ToString::to_string).collect();
        let report = json!({ "files": tree.len(), "bytes": bytes, "departures": departures });
        writeln!(output, "{report:#}")?;
    } else {
        writeln!(output, "{} files, {bytes} bytes in {}", tree.len(), directory.display())?;
        let what = if arguments.check { "differs" } else { "written" };
        for departure in &departures {
            writeln!(output, "  {what}: {departure}")?;
        }
    }
    if arguments.check && !departures.is_empty() {
        writeln!(
            errors,
            "does not hold: the vectors are not those that the specification gives; run \
             `ioschain vectors generate` and look at what changes"
        )?;
        return Ok(false);
    }
    Ok(true)
}

pub(crate) fn run(
    arguments: &RunVectors,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> anyhow::Result<bool> {
    let mut suite = load(arguments.dir.as_ref())?;
    if let Some(seeds) = arguments.walks.clone() {
        suite.files.push(walks(seeds)?);
    }
    let skips = match &arguments.skips {
        None => Skips::default(),
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            Skips::parse(&text).with_context(|| format!("in {}", path.display()))?
        }
    };
    let options = RunOptions {
        profile: arguments.profile.clone(),
        level: arguments.level.parse()?,
        only: arguments.only.as_deref().map(WildMatch::new),
        skips,
        fail_fast: arguments.fail_fast,
    };
    let report = match &arguments.adapter {
        None => run_on(&suite, &options, &mut Reference::new(), errors)?,
        Some(command) => {
            let time_limit = Duration::from_secs(arguments.timeout);
            let version = &suite.manifest.suite_version;
            let mut adapter =
                ProcessAdapter::start(command, version, &suite.profiles(), time_limit)?;
            run_on(&suite, &options, &mut adapter, errors)?
        }
    };
    write_reports(arguments, &report)?;
    match &arguments.json {
        Some(path) if path.as_os_str() == "-" => writeln!(output, "{}", report.json())?,
        _ => write!(output, "{}", report.text(FAILURES_SHOWN_MAX))?,
    }
    if !report.holds() {
        writeln!(errors, "does not hold: not every case passed as it should")?;
    }
    Ok(report.holds())
}

/// Runs the suite, with progress on `errors`.
pub(crate) fn run_on(
    suite: &VectorSuite,
    options: &RunOptions,
    implementation: &mut dyn Implementation,
    errors: &mut dyn Write,
) -> anyhow::Result<RunReport> {
    let mut shown = ProgressBar::of("vectors", errors);
    let mut reference = Reference::new();
    let mut on_case = |progress: ioschain_vectors::run::runner::CaseProgress<'_>| {
        shown.at(progress.done, progress.total);
    };
    let runner = Runner::new(suite, options);
    let runner = runner.with_reference(&mut reference).with_progress(&mut on_case);
    Ok(runner.run(implementation)?)
}

fn write_reports(arguments: &RunVectors, report: &RunReport) -> anyhow::Result<()> {
    let json = arguments.json.as_ref().filter(|path| path.as_os_str() != "-");
    let wanted = [
        (json, report.json()),
        (arguments.junit.as_ref(), report.junit()),
        (arguments.html.as_ref(), report.html()),
    ];
    for (path, content) in wanted {
        if let Some(path) = path {
            std::fs::write(path, content)
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
    }
    Ok(())
}

pub(crate) fn test_the_vectors(
    arguments: &SelfTest,
    output: &mut dyn Write,
    errors: &mut dyn Write,
) -> anyhow::Result<bool> {
    let suite = load(arguments.dir.as_ref())?;
    let report = self_test(&suite, &mut Reference::new(), &mut invariant_faults())?;
    if arguments.json {
        writeln!(output, "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        write!(output, "{}", report.text())?;
    }
    if !report.holds() {
        writeln!(errors, "does not hold: the vectors let a faulty implementation pass")?;
    }
    Ok(report.holds())
}

/// Serves the specification to a runner on standard input and output.
pub(crate) fn adapter() -> anyhow::Result<bool> {
    let (input, output) = (std::io::stdin(), std::io::stdout());
    if std::io::IsTerminal::is_terminal(&input) {
        bail!(
            "`ioschain adapter` answers a runner, line by line; start one with \
             `ioschain vectors run --adapter 'ioschain adapter'`"
        );
    }
    serve(&mut Reference::new(), input.lock(), output.lock())?;
    Ok(true)
}
