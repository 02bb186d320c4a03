//! An adapter for the toy protocol that behaves, or misbehaves as its first argument says. The
//! tests of the framework talk to it over real pipes.

#[path = "../framework/toy.rs"]
mod toy;

use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use ioschain_vectors::run::adapter::serve;
use toy::Toy;

/// A request that contains this is the one at which the adapter misbehaves.
const TRIGGER: &str = r#""number":102"#;

fn main() -> ExitCode {
    let mode = std::env::args().nth(1).unwrap_or_default();
    match mode.as_str() {
        "never-starts" => return ExitCode::from(3),
        "mute" => return mute(),
        _ => {}
    }
    let mut toy = Toy::default();
    for line in io::stdin().lock().lines().map_while(Result::ok) {
        let at_trigger = line.contains(TRIGGER);
        let answer = match mode.as_str() {
            "crash" if at_trigger => return ExitCode::from(7),
            "hang" if at_trigger => return mute(),
            "garbage" if at_trigger => "I am not JSON\n".to_owned(),
            "wrong-id" if at_trigger => "{\"id\":999999,\"ok\":{\"number\":51}}\n".to_owned(),
            "no-id" if at_trigger => {
                "{\"id\":null,\"error\":{\"detail\":\"cannot read\"}}\n".to_owned()
            }
            "bad-hello" if line.contains("\"hello\"") => {
                "{\"id\":0,\"ok\":{\"name\":1}}\n".to_owned()
            }
            _ => answer(&mut toy, &line),
        };
        if io::stdout().write_all(answer.as_bytes()).is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Reads whatever comes and never answers.
fn mute() -> ExitCode {
    io::stdin().lock().lines().for_each(drop);
    ExitCode::SUCCESS
}

/// What the toy answers to one line.
fn answer(toy: &mut Toy, line: &str) -> String {
    let mut written = Vec::new();
    let served = serve(toy, line.as_bytes(), &mut written);
    served.map(|()| String::from_utf8_lossy(&written).into_owned()).unwrap_or_default()
}
