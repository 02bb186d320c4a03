//! `ioschain explore`: a model in a browser.

use std::net::{SocketAddr, ToSocketAddrs as _};

use anyhow::Context as _;
use clap::Args;
use ioschain_model::registry::{MODELS, find};

use super::io::Io;

/// Step through a model in a browser, with stateright's Explorer.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ioschain explore
      Atomix with two payments that share their inputs, on http://127.0.0.1:3000/.
  ioschain explore drp --variant paper-runs --configuration withheld-commit
      The randomness protocol as the paper describes it, with a malicious leader and server.
  ioschain explore sharding --listen 127.0.0.1:4000
      Section 5, in which leaders fail one after the other, on another port.")]
pub(crate) struct Explore {
    /// The name of the model. `ioschain check --list` shows all models.
    #[arg(default_value = MODELS[0].name())]
    model: String,
    /// Use these weakened rules instead of the specification's.
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,
    /// The configuration. By default, a small one of the model.
    #[arg(long, value_name = "NAME")]
    configuration: Option<String>,
    /// The address and the port on which the browser finds the Explorer.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3000")]
    listen: String,
}

impl Explore {
    /// Serves until the program is ended.
    pub(crate) fn run(&self, io: &mut Io<'_>) -> anyhow::Result<bool> {
        let model = find(&self.model)?;
        let exploration = model.explore(self.variant.as_deref(), self.configuration.as_deref())?;
        let address = listening_on(&self.listen)?;
        let (configuration, variant) = (&exploration.configuration, &exploration.variant);
        writeln!(io.results, "exploring {configuration} under {variant} on http://{address}/")?;
        io.results.flush()?;
        (exploration.serve)(address);
        Ok(true)
    }
}

/// The address, if it can be listened on.
fn listening_on(listen: &str) -> anyhow::Result<SocketAddr> {
    let address = listen.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    let address = address.with_context(|| {
        format!(
            "cannot listen on `{listen}`; give an address and a port, for example 127.0.0.1:3000"
        )
    })?;
    // The Explorer panics if it cannot listen, so that is tried before.
    drop(std::net::TcpListener::bind(address).with_context(|| {
        format!("cannot listen on {address}; choose another address with --listen")
    })?);
    Ok(address)
}
