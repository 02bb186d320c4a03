//! The randomness protocol: the specification, its variants, both formulations of unbiasability,
//! both engines.

use std::collections::BTreeSet;

use ioschain_model::drp::best_response::Otherwise;
use ioschain_model::drp::check::{Subject, Visit, verdict};
use ioschain_model::drp::plan::{self, DealKind, InGroup, Interleaving, Plan, Restarts};
use ioschain_model::drp::properties::{
    AVAILABLE, Formulation, ONE_STATEMENT, PROGRESS, SAFETY, UNBIASED,
};
use ioschain_model::drp::{Drp, ModelGroup};
use ioschain_model::graph::{Bounds, GoOn, Stop};
use ioschain_model::variants::Expectation;
use ioschain_model::variants::drp_registry::{DrpVariant, find, harmless, registry};
use ioschain_model::verdict::Verdict;
use stateright::{Checker, Model};

const ALL: Bounds = Bounds { states_max: 100_000, stop: Stop::AtTheEnd };
const FIRST: Bounds = Bounds { states_max: 100_000, stop: Stop::AtFirstFailure };

/// stateright's depth-first search: unique states, states, and the safety properties that fail.
struct DepthFirst;

impl Visit for DepthFirst {
    type Output = (usize, usize, BTreeSet<&'static str>);

    fn visit<G: ModelGroup>(&mut self, model: &Drp<G>) -> Self::Output {
        let again = Drp::new(model.plan.clone(), "", model.same_rules(), model.formulation);
        let checker = again.unwrap().checker().spawn_dfs().join();
        let failing = SAFETY.into_iter().filter(|name| checker.discovery(name).is_some());
        (checker.unique_state_count(), checker.state_count(), failing.collect())
    }
}

fn small() -> Vec<Plan> {
    plan::quick().into_iter().filter(|plan| plan.in_group != InGroup::Ristretto255).collect()
}

#[test]
fn the_specification_holds_and_both_engines_see_the_same_states() {
    for plan in small() {
        let subject = Subject::of_specification(plan);
        let findings = subject.run(ALL, &mut |_| GoOn::Yes).unwrap();
        let name = &subject.plan.name;
        assert_eq!(verdict(&findings), Verdict::Holds, "{name}: {findings:?}");
        let (unique, generated, failing) = subject.visit(&mut DepthFirst).unwrap();
        assert_eq!(unique, findings.unique_states, "{name}");
        assert_eq!(generated as u64, findings.generated, "{name}");
        assert_eq!(failing, BTreeSet::new(), "{name}");
    }
}

#[test]
fn the_specification_holds_in_a_group_of_16_over_the_real_group() {
    let findings = Subject::of_specification(plan::large(16)).run(ALL, &mut |_| GoOn::Yes).unwrap();
    assert_eq!(verdict(&findings), Verdict::Holds, "{findings:?}");
}

fn shortest(subject: &Subject, property: &str) -> Option<usize> {
    let findings = subject.run(FIRST, &mut |_| GoOn::Yes).unwrap();
    let found = findings.failures.iter().find(|failure| failure.property == property);
    found.map(|found| found.actions.len())
}

fn under(variant: &'static DrpVariant, formulation: Formulation, plan: Plan) -> Subject {
    let only = Some(variant.expectation.property);
    Subject { plan, variant: Some(variant), formulation, only }
}

#[test]
fn every_variant_fails_as_it_is_said_to_and_no_sooner() {
    for variant in registry() {
        let Expectation { configuration, property, length } = variant.expectation;
        let plan = plan::by_name(configuration).unwrap();
        let subject = under(variant, Formulation::Knowledge, plan);
        assert!(length.is_some(), "{}", variant.name);
        assert_eq!(shortest(&subject, property), length, "{}", variant.name);
    }
}

#[test]
fn both_formulations_agree_on_every_plan_and_variant_that_can_be_counted() {
    let mut compared = 0;
    for plan in small().into_iter().filter(|plan| plan.in_group == InGroup::Toy5) {
        let variants = registry().iter().map(Some).chain([None]);
        for variant in variants {
            let countable = Subject { variant, ..Subject::of_specification(plan.clone()) };
            if !countable.is_countable().unwrap() {
                continue; // commit-reveal has too many coefficients
            }
            let found = [Formulation::Knowledge, Formulation::Enumeration].map(|formulation| {
                let only = Some(UNBIASED);
                let subject = Subject { plan: plan.clone(), variant, formulation, only };
                let bounds = Bounds { states_max: 2_000, ..FIRST };
                let findings = subject.run(bounds, &mut |_| GoOn::Yes).unwrap();
                let failures = findings.failures;
                failures.iter().map(|it| it.actions.len()).collect::<Vec<_>>()
            });
            let name = variant.map_or("specification", |variant| variant.name);
            assert_eq!(found[0], found[1], "{name} in {}", plan.name);
            compared += 1;
        }
    }
    assert!(compared >= 9 * registry().len(), "{compared}");
}

/// stateright goes on after a property's first failure, so what it discovers in a whole run is what
/// fails.
#[test]
fn both_engines_find_the_same_properties_of_every_variant_broken() {
    let plans = [plan::false_shares(), plan::withheld_commit(), plan::three_servers()];
    let mut compared = 0;
    for plan in plans {
        for variant in registry() {
            for formulation in [Formulation::Knowledge, Formulation::Enumeration] {
                let subject = Subject { formulation, ..Subject::of_variant(plan.clone(), variant) };
                if !subject.is_countable().unwrap() {
                    continue;
                }
                let bounds = Bounds { states_max: 3_000, ..ALL };
                let findings = subject.run(bounds, &mut |_| GoOn::Yes).unwrap();
                if !findings.is_complete {
                    continue;
                }
                let broken: BTreeSet<_> = findings.failures.iter().map(|it| it.property).collect();
                let (_, _, found) = subject.visit(&mut DepthFirst).unwrap();
                assert_eq!(found, broken, "{} in {}", variant.name, subject.plan.name);
                compared += 1;
            }
        }
    }
    assert!(compared >= 60, "{compared}");
}

#[test]
fn harmless_changes_are_not_reported() {
    for variant in harmless() {
        let plan = plan::by_name(variant.expectation.configuration).unwrap();
        let findings = Subject::of_variant(plan, variant).run(ALL, &mut |_| GoOn::Yes).unwrap();
        assert!(findings.is_complete, "{}", variant.name);
        assert_eq!(findings.failures, [], "{}", variant.name);
    }
}

/// A copy is refused, because proofs name their dealer; where nobody looks at proofs, it counts,
/// and the sum of a secret and its copy is as unknown as the secret.
#[test]
fn a_copied_deal_under_a_sum_is_not_reported() {
    let mut plan = plan::corrupt_leader();
    plan.choices.corrupt = vec![DealKind::Copied];
    let variant = find("encryptions-unproven").unwrap();
    for formulation in [Formulation::Knowledge, Formulation::Enumeration] {
        let only = Some(UNBIASED);
        let subject = Subject { plan: plan.clone(), variant: Some(variant), formulation, only };
        let findings = subject.run(ALL, &mut |_| GoOn::Yes).unwrap();
        let spec = Subject { variant: None, ..subject }.run(ALL, &mut |_| GoOn::Yes).unwrap();
        assert_eq!(findings.failures, []);
        assert!(findings.unique_states > spec.unique_states, "copies count");
    }
}

#[test]
fn the_graph_does_not_depend_on_coins() {
    for plan in [plan::corrupt_leader(), plan::false_shares(), plan::withheld_commit()] {
        let counts = [0, 1, 2].map(|seed| {
            let subject = Subject::of_specification(Plan { seed, ..plan.clone() });
            let findings = subject.run(ALL, &mut |_| GoOn::Yes).unwrap();
            (findings.unique_states, findings.generated, findings.actions_by_kind)
        });
        assert_eq!(counts[0], counts[1]);
        assert_eq!(counts[0], counts[2]);
    }
}

/// The large plans let honest servers act in order; on a small plan that changes no verdict.
#[test]
fn acting_in_order_gives_the_verdicts_of_every_interleaving() {
    let full = plan::corrupt_leader();
    let ordered = Plan { interleaving: Interleaving::Ordered, ..full.clone() };
    for variant in registry().iter().map(Some).chain([None]) {
        let verdicts = [&full, &ordered].map(|plan| {
            let only = Some(UNBIASED);
            let formulation = Formulation::Knowledge;
            let subject = Subject { plan: plan.clone(), variant, formulation, only };
            subject.run(FIRST, &mut |_| GoOn::Yes).unwrap().failures.is_empty()
        });
        assert_eq!(verdicts[0], verdicts[1], "{:?}", variant.map(|it| it.name));
    }
}

fn value(plan: Plan, variant: Option<&str>) -> String {
    let variant = variant.map(|name| find(name).unwrap());
    let subject = Subject { variant, ..Subject::of_specification(plan) };
    subject.best_response(Otherwise::FairRun).unwrap().unwrap().to_string()
}

#[test]
fn the_best_response_to_the_specification_is_a_fair_number() {
    for plan in plan::valued() {
        let name = plan.name.clone();
        assert_eq!(value(plan, None), "1/5", "{name}");
    }
}

#[test]
fn the_best_responses_to_variants_are_exact_fractions() {
    let rows = [
        ("paper-runs", plan::malicious_ranks(1), "9/25"),
        ("runs-again", plan::malicious_ranks(1), "9/25"),
        ("commit-reveal", plan::withheld_share(), "9/25"),
        ("inputs-after-reveal", plan::every_secret(), "1/1"),
        ("fewer-inputs", plan::every_false_secret(), "1/1"),
        ("session-unbound", plan::every_false_secret(), "1/1"),
        ("deals-unsigned", plan::every_false_secret(), "1/1"),
        ("low-threshold", plan::every_secret(), "1/1"),
        ("servers-left-out", plan::every_secret(), "1/1"),
        ("low-quorum", plan::equivocating_quorum(), "61/125"),
        ("encryptions-unproven", plan::three_servers(), "3/5"),
        ("decryptions-unproven", plan::every_share(), "1/1"),
        ("degree-unchecked", plan::high_degree(), "1/1"),
        ("low-quorum-alone", plan::equivocating_quorum(), "1/5"),
    ];
    assert_values(rows);
}

#[test]
fn two_malicious_leaders_have_three_tries() {
    let plan = plan::malicious_ranks(2);
    assert_values([("paper-runs", plan.clone(), "61/125"), ("runs-again", plan, "61/125")]);
}

fn assert_values<const N: usize>(rows: [(&'static str, Plan, &'static str); N]) {
    let row = |(variant, plan, foreseen): (&'static str, Plan, &'static str)| {
        let found = value(plan.clone(), Some(variant));
        (found != foreseen).then_some((variant, plan.name, found))
    };
    let different: Vec<_> = rows.into_iter().filter_map(row).collect();
    assert_eq!(different, []);
}

/// A run that nobody follows up: only the numbers of the plan count.
#[test]
fn two_statements_are_two_tries() {
    let variant = find("low-quorum");
    let subject = Subject { variant, ..Subject::of_specification(plan::equivocating_quorum()) };
    let value = subject.best_response(Otherwise::Nothing).unwrap().unwrap();
    assert_eq!(value.to_string(), "9/25");
}

fn with_shares() -> impl Iterator<Item = Plan> {
    small().into_iter().filter(|plan| plan.recovers)
}

#[test]
fn the_honest_alone_get_a_number_from_every_state_after_a_commit() {
    for plan in with_shares() {
        let availability = Subject::of_specification(plan).availability(ALL).unwrap();
        assert!(availability.is_complete && availability.stops, "{availability:?}");
        assert_eq!((availability.stuck, availability.fair_cycles), (0, 0));
    }
    let variant = find("shares-to-leader").unwrap();
    let availability =
        Subject::of_variant(plan::three_servers(), variant).availability(ALL).unwrap();
    assert!(availability.is_complete && availability.stuck > 0, "{availability:?}");
}

#[test]
fn in_larger_fields_the_formulations_agree_and_a_number_is_as_fair() {
    let fields = [(InGroup::Toy7, "1/7"), (InGroup::Toy11, "1/11")];
    for (in_group, fair) in fields {
        for plan in [plan::three_servers(), plan::withheld_share()] {
            let plan = Plan { in_group, ..plan };
            assert_eq!(value(plan.clone(), None), fair, "{}", plan.name);
            for variant in registry().iter().map(Some).chain([None]) {
                let countable = Subject { variant, ..Subject::of_specification(plan.clone()) };
                if !countable.is_countable().unwrap() {
                    continue;
                }
                let found = [Formulation::Knowledge, Formulation::Enumeration].map(|formulation| {
                    let only = Some(UNBIASED);
                    let subject = Subject { plan: plan.clone(), variant, formulation, only };
                    let bounds = Bounds { states_max: 2_000, ..FIRST };
                    let failures = subject.run(bounds, &mut |_| GoOn::Yes).unwrap().failures;
                    failures.iter().map(|it| it.actions.len()).collect::<Vec<_>>()
                });
                let name = variant.map_or("specification", |variant| variant.name);
                assert_eq!(found[0], found[1], "{name} in {}", plan.name);
            }
        }
    }
}

/// Each property is broken by some variant, and three of them are all that some variant breaks in a
/// plan. Two commits, two numbers and ambiguous shares always come with a known number or with
/// none: the variants die without these properties too, which say what of it breaks.
#[test]
fn every_property_is_broken_by_some_variant() {
    let (mut broken, mut alone) = (BTreeSet::new(), BTreeSet::new());
    let large = [plan::two_groups().name, plan::equivocation().name];
    for plan in small().into_iter().filter(|plan| !large.contains(&plan.name)) {
        for variant in registry() {
            let subject = Subject::of_variant(plan.clone(), variant);
            let bounds = Bounds { states_max: 2_000, ..ALL };
            let failures = subject.run(bounds, &mut |_| GoOn::Yes).unwrap().failures;
            let names: Vec<_> = failures.iter().map(|it| it.property).collect();
            alone.extend((names.len() == 1).then(|| names[0]));
            broken.extend(names);
        }
    }
    // What is persisted no rule decides.
    let by_rules = SAFETY.into_iter().filter(|property| *property != ONE_STATEMENT);
    assert_eq!(broken, by_rules.collect());
    assert_eq!(alone, BTreeSet::from([UNBIASED, AVAILABLE, PROGRESS]));
}

#[test]
fn a_validator_that_comes_back_breaks_nothing() {
    let plan = plan::restarts();
    let never = Plan { restarts: Restarts::Never, ..plan.clone() };
    let [with, without] = [plan, never].map(|plan| {
        let findings = Subject::of_specification(plan).run(ALL, &mut |_| GoOn::Yes).unwrap();
        assert_eq!(verdict(&findings), Verdict::Holds, "{findings:?}");
        findings
    });
    assert!(with.unique_states > without.unique_states, "restarts lose something");
    assert!(with.actions_by_kind["restart"] > 0);
}

#[test]
fn a_validator_that_forgets_signs_two_statements() {
    let plan = Plan { restarts: Restarts::Forgetting, ..plan::restarts() };
    let subject = Subject { only: Some(ONE_STATEMENT), ..Subject::of_specification(plan) };
    assert_eq!(shortest(&subject, ONE_STATEMENT), Some(5));
}
