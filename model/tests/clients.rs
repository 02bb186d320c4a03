//! Atomix with honest clients that crash: what resolves, and what needs the sweep.

use ioschain_model::atomix::Atomix;
use ioschain_model::atomix::clients::Clients;
use ioschain_model::atomix::configurations::{change, shared, with_epochs};
use ioschain_model::atomix::plan::Plan;
use ioschain_model::graph::{Bounds, GoOn, Graph, Stop, Unresolved};
use ioschain_model::trace::SPECIFICATION;
use ioschain_model::variants::atomix_registry::find;
use ioschain_spec::atomix::Specification;
use stateright::{Checker, Model};

const EVERYTHING: Bounds = Bounds { states_max: 3_000_000, stop: Stop::AtTheEnd };

fn clients(plan: Plan, can_crash: bool, has_helpers: bool) -> Clients {
    let atomix = Atomix::new(plan, SPECIFICATION, &Specification).unwrap();
    Clients { atomix, can_crash, has_helpers }
}

/// How many states there are, and what cannot end.
fn explore(model: &Clients) -> (usize, Unresolved) {
    let graph = Graph::explore(model, EVERYTHING, &mut |_| GoOn::Yes);
    let findings = graph.findings();
    assert!(findings.is_complete);
    assert_eq!(findings.failures, []);
    assert!(findings.missing_witnesses.is_empty());
    (findings.unique_states, graph.unresolved())
}

/// How many states nothing resolves from, as clients can crash, and as helpers carry their proofs.
fn stuck(plan: &Plan, can_crash: bool, has_helpers: bool) -> usize {
    let model = clients(plan.clone(), can_crash, has_helpers);
    let (states, Unresolved { stuck, fair_cycles, .. }) = explore(&model);
    let checker = model.checker().spawn_dfs().join();
    assert_eq!(checker.unique_state_count(), states, "{}: both engines", plan.name);
    assert_eq!(fair_cycles, Vec::<u32>::new(), "{}: nothing goes round for ever", plan.name);
    stuck.len()
}

#[test]
fn with_the_sweep_every_run_ends_whoever_crashes() {
    let plans =
        [shared(2, 1, 1, 2), shared(2, 1, 2, 1), shared(2, 2, 1, 1), with_epochs(change(), 2)];
    for plan in plans {
        for (can_crash, has_helpers) in [(false, false), (true, false), (true, true)] {
            assert_eq!(stuck(&plan, can_crash, has_helpers), 0, "{}", plan.name);
        }
    }
}

#[test]
fn without_the_sweep_a_payment_ends_unless_its_client_crashes_and_nobody_helps() {
    for plan in [shared(2, 1, 1, 0), change()] {
        assert_eq!(stuck(&plan, false, false), 0, "{}", plan.name);
        assert_eq!(stuck(&plan, true, false), 7, "{}", plan.name);
        assert_eq!(stuck(&plan, true, true), 0, "{}", plan.name);
    }
}

/// The loser of a conflict can hold a lock while its other input is gone for good. Nobody can prove
/// that, so it needs the sweep even if nobody crashes.
#[test]
fn without_the_sweep_a_conflict_can_leave_a_lock_even_if_nobody_crashes() {
    let plan = shared(2, 1, 2, 0);
    assert_eq!(stuck(&plan, false, false), 16);
    assert_eq!(stuck(&plan, true, false), 440);
    assert_eq!(stuck(&plan, true, true), 64);
}

#[test]
fn if_nobody_sweeps_the_same_runs_do_not_end() {
    let variant = find("nobody-sweeps").unwrap();
    let atomix = Atomix::new(shared(2, 1, 1, 2), variant.name, variant.ideal).unwrap();
    let model = Clients { atomix, can_crash: true, has_helpers: false };
    let graph = Graph::explore(&model, EVERYTHING, &mut |_| GoOn::Yes);
    assert!(graph.findings().is_complete);
    assert!(!graph.unresolved().stuck.is_empty());
}
