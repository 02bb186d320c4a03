//! One module for each subcommand; it owns the command's arguments, its help and its examples.
//! `run` gives `Ok(true)` if everything holds, `Ok(false)` if a result does not hold (which is said
//! in the log), and an error if the command could not run.

pub(crate) mod adapter;
pub(crate) mod check;
mod check_text;
pub(crate) mod drp;
pub(crate) mod explore;
pub(crate) mod import;
mod interruption;
pub(crate) mod io;
mod list;
pub(crate) mod mutants;
mod observer;
mod progress;
pub(crate) mod replay;
pub(crate) mod vectors;
pub(crate) mod verify;
mod walks;

/// `A..B`, for options that take a range of seeds.
fn parse_seeds(text: &str) -> Result<std::ops::Range<u64>, String> {
    let number = |text: &str| text.parse::<u64>().map_err(|error| error.to_string());
    let (first, end) = text.split_once("..").ok_or("write a range as A..B, for example 0..1000")?;
    let range = number(first)?..number(end)?;
    if range.is_empty() {
        Err("the range is empty, because B is excluded; B must be greater than A".to_owned())
    } else {
        Ok(range)
    }
}
