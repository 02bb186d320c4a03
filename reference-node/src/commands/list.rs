//! `ioschain check --list`: the models, with everything that they can be asked.

use ioschain_model::registry::{Configuration, MODELS, ModelVariant};
use ioschain_model::words::count;
use serde::Serialize;

use super::io::Io;

/// A model with everything that it can be asked.
#[derive(Serialize)]
struct Listing {
    model: &'static str,
    about: &'static str,
    configurations: Vec<Configuration>,
    variants: Vec<ModelVariant>,
}

pub(super) fn list(io: &mut Io<'_>) -> anyhow::Result<()> {
    let listings = MODELS.map(|model| Listing {
        model: model.name(),
        about: model.about(),
        configurations: model.configurations(),
        variants: model.variants(),
    });
    if io.json {
        return io.write_json(&listings);
    }
    for Listing { model, about, configurations, variants } in &listings {
        writeln!(io.results, "model {model}: {about}\n")?;
        for Configuration { name, about, tier, .. } in configurations {
            writeln!(io.results, "  {name:<34} {:<8} {about}", tier.name())?;
        }
        if !variants.is_empty() {
            writeln!(io.results, "\n  weakened rules (--variant)")?;
        }
        for ModelVariant { name, weakens, expectation } in variants {
            writeln!(io.results, "  {name:<34} {weakens}")?;
            let length =
                expectation.length.map(|length| format!("after {}", count(length, "step")));
            let length = length.unwrap_or("shown by a count".to_owned());
            let (property, configuration) = (expectation.property, expectation.configuration);
            writeln!(io.results, "  {:<34} breaks {property} in {configuration}, {length}", "")?;
        }
        writeln!(io.results)?;
    }
    Ok(())
}
