//! `ioschain explore`: stateright's Explorer on a model, in a browser.

use std::io::Write;
use std::net::ToSocketAddrs as _;

use anyhow::Context as _;
use stateright::Model as _;

use super::{checking, configuration_named, model_named, variant_named};
use crate::cli::Explore;

/// Serves until the program is ended.
pub(crate) fn explore(
    arguments: &Explore,
    output: &mut dyn Write,
    _errors: &mut dyn Write,
) -> anyhow::Result<bool> {
    model_named(&arguments.model)?;
    let variant = arguments.variant.as_deref().map(variant_named).transpose()?;
    let plan = configuration_named(&arguments.configuration)?;
    let listen = &arguments.listen;
    let address = listen.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    let address = address
        .with_context(|| format!("cannot listen on `{listen}`; give an address and a port"))?;
    // The Explorer panics if it cannot listen, so that is tried before.
    drop(std::net::TcpListener::bind(address).with_context(|| {
        format!("cannot listen on {address}; choose another address with --listen")
    })?);
    let model = checking(plan, variant)?.model;
    writeln!(output, "exploring {} under {} on http://{address}/", model.plan.name, model.rules)?;
    output.flush()?;
    model.checker().serve(address);
    Ok(true)
}
