//! `ioschain check --list`: the models, and all that they can be asked.

use std::io::Write;

use ioschain_model::atomix::configurations::{full, nightly, quick, swarm};
use ioschain_model::atomix::plan::Plan;
use ioschain_model::drp;
use ioschain_model::variants::computed::ComputedVariant;
use ioschain_model::variants::cosi_registry::{Attack, SIGNING, attacks};
use ioschain_model::variants::sharding_registry::{SHARDING, TURNS};
use ioschain_model::variants::{computed, drp_registry, registry};
use serde::Serialize;

use super::reach::Reach;
use super::{ATOMIX, CLIENTS, DRP, TWO_PHASE_COMMIT, calibration, clients};
use crate::cli::Tier;

/// A model with all that it can be asked.
#[derive(Serialize)]
struct Listing {
    model: &'static str,
    about: &'static str,
    configurations: Vec<ListedConfiguration>,
    variants: Vec<ListedVariant>,
}

#[derive(Serialize)]
struct ListedConfiguration {
    name: String,
    about: String,
    /// A tier, or `swarm`: it is too large to exhaust, so it is for --seeds.
    tier: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    bounds: Option<Reach>,
}

#[derive(Serialize)]
struct ListedVariant {
    name: &'static str,
    weakens: &'static str,
    configuration: &'static str,
    property: &'static str,
    /// How many steps it takes; null if a count shows it.
    length: Option<usize>,
}

pub(super) fn list(json: bool, output: &mut dyn Write) -> anyhow::Result<()> {
    let listings = [
        list_atomix(),
        list_drp(),
        list_lotteries(),
        list_signing(),
        list_clients(),
        list_calibration(),
    ];
    if json {
        writeln!(output, "{}", serde_json::to_string_pretty(&listings)?)?;
        return Ok(());
    }
    for Listing { model, about, configurations, variants } in &listings {
        writeln!(output, "model {model}: {about}\n")?;
        for ListedConfiguration { name, about, tier, .. } in configurations {
            writeln!(output, "  {name:<34} {tier:<8} {about}")?;
        }
        if !variants.is_empty() {
            writeln!(output, "\n  variants (--variant)")?;
        }
        for ListedVariant { name, weakens, configuration, property, length } in variants {
            writeln!(output, "  {name:<34} {weakens}")?;
            let steps = length.map_or("counted".to_owned(), |length| format!("{length} steps"));
            writeln!(output, "  {:<34} breaks {property} in {configuration}, {steps}", "")?;
        }
        writeln!(output)?;
    }
    Ok(())
}

fn list_atomix() -> Listing {
    let listed = |tier: &'static str, plans: Vec<Plan>| {
        plans.into_iter().map(move |plan| ListedConfiguration {
            bounds: Some(Reach::of(&plan, None)),
            name: plan.name,
            about: plan.about,
            tier,
        })
    };
    let tiers = [
        (Tier::Quick.name(), quick()),
        (Tier::Full.name(), full()),
        (Tier::Nightly.name(), nightly()),
        ("swarm", vec![swarm()]),
    ];
    let listed_variant = |variant: &ioschain_model::variants::Variant| ListedVariant {
        name: variant.name,
        weakens: variant.weakens,
        configuration: variant.expected.configuration,
        property: variant.expected.property,
        length: Some(variant.expected.length),
    };
    Listing {
        model: ATOMIX,
        about: "the most general client; configurations by tier (--configuration)",
        configurations: tiers.into_iter().flat_map(|(tier, plans)| listed(tier, plans)).collect(),
        variants: registry().iter().map(listed_variant).collect(),
    }
}

fn list_drp() -> Listing {
    let listed = |tier: &'static str, plans: Vec<drp::plan::Plan>| {
        plans.into_iter().map(move |plan| ListedConfiguration {
            name: plan.name.clone(),
            about: format!("{}; {}", plan.about, plan.bounds()),
            tier,
            bounds: None,
        })
    };
    let quick = listed(Tier::Quick.name(), drp::plan::quick());
    let full = listed(Tier::Full.name(), drp::plan::full());
    let listed_variant = |variant: &drp_registry::DrpVariant| ListedVariant {
        name: variant.name,
        weakens: variant.weakens,
        configuration: variant.expected.configuration,
        property: variant.expected.property,
        length: Some(variant.expected.length),
    };
    Listing {
        model: DRP,
        about: "the randomness protocol with malicious leaders and servers (--configuration)",
        configurations: quick.chain(full).collect(),
        variants: drp_registry::registry().iter().map(listed_variant).collect(),
    }
}

fn list_lotteries() -> Listing {
    Listing {
        model: SHARDING,
        about: "section 5 in small: leaders that fail, tickets, keys, shuffles",
        configurations: vec![ListedConfiguration {
            name: TURNS.to_owned(),
            about: "ten validators; three are malicious, enter lotteries or stay out, and fail; the honest \
                    ones are late once each"
                .to_owned(),
            tier: Tier::Quick.name(),
            bounds: None,
        }],
        variants: list_computed(SHARDING),
    }
}

fn list_signing() -> Listing {
    let listed = |attack: &Attack| ListedConfiguration {
        name: attack.name.to_owned(),
        about: attack.about.to_owned(),
        tier: Tier::Quick.name(),
        bounds: None,
    };
    Listing {
        model: SIGNING,
        about: "collective signing against attacks, which are counted",
        configurations: attacks().iter().map(listed).collect(),
        variants: list_computed(SIGNING),
    }
}

/// Those variants of a model that are computed one by one.
fn list_computed(model: &str) -> Vec<ListedVariant> {
    let of_model = computed::registry().filter(|variant| variant.model == model);
    let listed = |variant: &ComputedVariant| ListedVariant {
        name: variant.name,
        weakens: variant.weakens,
        configuration: variant.configuration,
        property: variant.property,
        length: variant.length,
    };
    of_model.map(listed).collect()
}

fn list_clients() -> Listing {
    let listed = |setting: clients::Setting| ListedConfiguration {
        name: setting.name(),
        about: setting.about(),
        tier: Tier::Quick.name(),
        bounds: Some(Reach::of(&setting.plan, None)),
    };
    Listing {
        model: CLIENTS,
        about: "honest clients that crash, for progress (--configuration)",
        configurations: clients::settings().into_iter().map(listed).collect(),
        variants: Vec::new(),
    }
}

fn list_calibration() -> Listing {
    let listed = |(tier, name): (Tier, String)| ListedConfiguration {
        about: "the engines against numbers that other checkers give".to_owned(),
        name,
        tier: tier.name(),
        bounds: None,
    };
    Listing {
        model: TWO_PHASE_COMMIT,
        about: "calibration of the engines",
        configurations: calibration::names().into_iter().map(listed).collect(),
        variants: Vec::new(),
    }
}
