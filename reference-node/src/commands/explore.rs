//! `ioschain explore`: stateright's Explorer on a model, in a browser.

use std::io::Write;
use std::net::{SocketAddr, ToSocketAddrs as _};

use anyhow::Context as _;
use stateright::Model as _;

use super::{DRP, checking, configuration_named, drp, is_explorable, variant_named};
use crate::cli::Explore;

/// Serves until the program is ended.
pub(crate) fn explore(
    arguments: &Explore,
    output: &mut dyn Write,
    _errors: &mut dyn Write,
) -> anyhow::Result<bool> {
    let is_drp = arguments.model == DRP;
    if is_drp {
        let subject = drp::subject(arguments.variant.as_deref(), &arguments.configuration)?;
        let address = listening_on(&arguments.listen)?;
        return drp::explore(&subject, address, output);
    }
    is_explorable(&arguments.model)?;
    let variant = arguments.variant.as_deref().map(variant_named).transpose()?;
    let plan = configuration_named(&arguments.configuration)?;
    let address = listening_on(&arguments.listen)?;
    let model = checking(plan, variant)?.model;
    writeln!(output, "exploring {} under {} on http://{address}/", model.plan.name, model.rules)?;
    output.flush()?;
    model.checker().serve(address);
    Ok(true)
}

/// The address, if it can be listened on.
fn listening_on(listen: &str) -> anyhow::Result<SocketAddr> {
    let address = listen.to_socket_addrs().ok().and_then(|mut addresses| addresses.next());
    let address = address
        .with_context(|| format!("cannot listen on `{listen}`; give an address and a port"))?;
    // The Explorer panics if it cannot listen, so that is tried before.
    drop(std::net::TcpListener::bind(address).with_context(|| {
        format!("cannot listen on {address}; choose another address with --listen")
    })?);
    Ok(address)
}
