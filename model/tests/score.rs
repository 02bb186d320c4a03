//! What the models catch, and the shortest way to it.

use ioschain_model::atomix::configurations::by_name;
use ioschain_model::atomix::score::shortest_failure;
use ioschain_model::atomix::trace::AtomixTrace;
use ioschain_model::graph::GoOn;
use ioschain_model::score::score;
use ioschain_model::variants::atomix_registry::{find, registry};
use ioschain_model::variants::{AtomixVariant, Expectation, computed, drp_registry};

fn minimal(variant: &AtomixVariant) -> AtomixTrace {
    let Expectation { configuration, property, .. } = variant.expectation;
    let plan = by_name(configuration).unwrap();
    shortest_failure(plan, variant, Some(property)).unwrap().unwrap()
}

#[test]
fn every_variant_is_killed_and_every_configuration_kills() {
    let score = score(&mut |_| GoOn::Yes).unwrap().unwrap();
    let alive: Vec<&str> =
        score.variants.iter().filter(|row| !row.killed).map(|row| row.name).collect();
    assert_eq!(alive, Vec::<&str>::new());
    let total = registry().len() + drp_registry::registry().len() + computed::registry().count();
    assert_eq!((score.killed, score.total), (total, total));
    // A variant of the randomness protocol is run in one plan.
    for column in score.configurations.iter().filter(|column| column.model == "atomix") {
        assert!(column.killed > 0, "{} is for nothing", column.configuration);
    }
}

#[test]
fn a_score_that_is_told_to_stop_says_nothing() {
    assert_eq!(score(&mut |_| GoOn::No).unwrap(), None);
}

#[test]
fn names_are_unique_and_found() {
    for variant in registry() {
        assert_eq!(find(variant.name).unwrap().weakens, variant.weakens);
        let same = registry().iter().filter(|other| other.name == variant.name);
        assert_eq!(same.count(), 1);
        assert!(by_name(variant.expectation.configuration).is_some());
    }
}

/// Of resolution the trace ends where nothing can end any more; the graph shows the rest.
#[test]
fn the_shortest_traces_are_these() {
    for variant in registry() {
        insta::assert_snapshot!(variant.name, minimal(variant).as_mermaid());
    }
}

#[test]
fn a_trace_survives_json_and_its_steps_can_be_read() {
    for variant in registry() {
        let trace = minimal(variant);
        let json = serde_json::to_string(&trace).unwrap();
        assert_eq!(serde_json::from_str::<AtomixTrace>(&json).unwrap(), trace);
        for (step, number) in trace.steps.iter().zip(1..) {
            let (message, said) = step.read(number).unwrap();
            assert_eq!(message.kind(), step.message);
            assert_eq!(said.len(), step.proofs.len());
        }
    }
}

#[test]
fn a_drawing_has_a_line_for_each_shard_and_the_property_that_breaks() {
    let trace = minimal(find("one-proof-commits").unwrap());
    let svg = trace.as_svg();
    assert_eq!(svg.matches("<line").count(), trace.first.len() + 1 + trace.steps.len());
    assert_eq!(svg.matches("<circle").count(), trace.length);
    assert!(svg.contains("broken: ATX-SPEND-01"));
    assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"));
}
