//! The engines against numbers that other checkers give.

use ioschain_model::graph::{Bounds, GoOn, Graph, Stop};
use ioschain_model::two_phase_commit::TwoPhaseCommit;
use stateright::{Checker, Model};

const EVERYTHING: Bounds = Bounds { states_max: 10_000_000, stop: Stop::AtTheEnd };

#[test]
fn two_phase_commit_has_288_and_296_448_states_in_both_engines() {
    for (resource_managers, states) in [(3, 288), (7, 296_448)] {
        let model = TwoPhaseCommit { resource_managers };
        let graph = Graph::explore(&model, EVERYTHING, &mut |_| GoOn::Yes);
        let findings = graph.findings();
        assert!(findings.is_complete);
        assert_eq!(findings.unique_states, states);
        assert_eq!(findings.failures, []);
        assert!(findings.missing_witnesses.is_empty());
        let checker = model.checker().spawn_dfs().join();
        assert_eq!(checker.unique_state_count(), states);
        assert_eq!(checker.state_count() as u64, findings.generated);
        assert!(graph.unresolved().stuck.is_empty());
        let bytes = findings.bytes_of_states / states;
        assert!(bytes <= 80, "{bytes} bytes for a state");
    }
}
