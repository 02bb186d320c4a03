//! Runs a target's corpus once and says which rejections it reaches:
//! `replay TARGET [FILE OR FOLDER]…`. Without paths it takes `corpus/TARGET`. A finding panics, as
//! it does under the fuzzer.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ioschain_fuzz::codes::Codes;
use ioschain_fuzz::targets::{TARGETS, Target, target};
use ioschain_spec::Rejection;

fn main() -> io::Result<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    let Some(target) = arguments.next().and_then(|name| target(&name)) else {
        let names = TARGETS.map(|target| target.name).join(", ");
        eprintln!("replay TARGET [FILE OR FOLDER]…: the targets are {names}");
        return Ok(ExitCode::FAILURE);
    };
    let mut paths: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
    if paths.is_empty() {
        paths.push(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name));
    }
    replay(&target, &paths)?;
    Ok(ExitCode::SUCCESS)
}

fn replay(target: &Target, paths: &[PathBuf]) -> io::Result<()> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            for entry in fs::read_dir(path)? {
                files.push(entry?.path());
            }
        } else {
            files.push(path.clone());
        }
    }
    files.sort();
    let mut codes = Codes::default();
    for file in &files {
        (target.run)(&fs::read(file)?, &mut codes);
    }
    println!("{}: {} inputs", target.name, files.len());
    for (code, count) in &codes.counts {
        println!("{count:>10}  {code}");
    }
    let missed = Rejection::ALL.iter().map(|rejection| rejection.code());
    let missed = missed.filter(|code| !codes.counts.contains_key(code));
    let sections = ["ENC", "CRY", "EDS", "DRP"];
    let missed: Vec<&str> =
        missed.filter(|code| sections.iter().any(|section| code.starts_with(section))).collect();
    println!("not reached, of sections {}: {}", sections.join(", "), missed.join(" "));
    Ok(())
}
