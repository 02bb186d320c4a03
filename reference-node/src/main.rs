//! The `ioschain` program; see [`ioschain_node::run`].

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = std::env::args_os();
    let code = ioschain_node::run(arguments, &mut std::io::stdout(), &mut std::io::stderr());
    ExitCode::from(code)
}
