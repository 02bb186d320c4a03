//! Collective signing against what has broken schemes like it.

use ioschain_model::cosi::{AfterACrash, Attempts, forgeries, rogue_keys, solved_keys};
use ioschain_model::variants::cosi_registry::{attacks, registry};
use ioschain_spec::Rejection;
use ioschain_spec::primitives::cosi::Specification;
use ioschain_spec::primitives::keys::verify_possession;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::variants::{FixedBinding, WhitePaper};

const ALL: Attempts = Attempts { tried: 16, succeeded: 16 };
const NONE: Attempts = Attempts { tried: 16, succeeded: 0 };

#[test]
fn a_rogue_key_signs_for_others_unless_its_possession_is_proven() {
    assert_eq!(rogue_keys(|_, _, _| Ok(()), 16), Ok(ALL));
    assert_eq!(rogue_keys(verify_possession::<Ristretto255>, 16), Ok(NONE));
}

/// A check that refuses honest keys too shows nothing, and is told apart.
#[test]
fn an_admission_that_refuses_everybody_is_an_error() {
    let refused = rogue_keys(|_, _, _| Err(Rejection::CryPossession), 16);
    assert_eq!(refused, Err(Rejection::CryPossession));
}

/// Over toy groups luck forges the normative scheme too: where the second nonces add up to nothing,
/// and nowhere else.
fn concurrent_sessions<const P: u64>(sessions: u64) -> [(usize, usize); 2] {
    let weak = forgeries::<P>(&WhitePaper, sessions, 400).unwrap();
    let strong = forgeries::<P>(&Specification, sessions, 400).unwrap();
    assert!(weak.is_explained && strong.is_explained);
    assert_eq!(strong.attempts.succeeded, strong.unbound);
    [weak, strong].map(|it| (it.attempts.succeeded, it.attempts.tried))
}

#[test]
fn more_sessions_at_once_than_the_order_has_bits_forge_the_papers_scheme_each_time() {
    assert_eq!(concurrent_sessions::<7>(3), [(290, 290), (101, 298)]);
    assert_eq!(concurrent_sessions::<11>(4), [(338, 338), (47, 316)]);
}

#[test]
fn with_fewer_sessions_not_every_number_is_a_sum() {
    let weak = forgeries::<11>(&WhitePaper, 2, 400).unwrap();
    assert!(weak.attempts.succeeded < weak.attempts.tried / 2, "{weak:?}");
    assert!(!weak.is_explained);
}

/// The second nonces count, but their factor is the same for all challenges.
#[test]
fn a_second_nonce_with_a_fixed_factor_is_no_help() {
    let fixed = forgeries::<11>(&FixedBinding, 4, 400).unwrap();
    assert_eq!(fixed.attempts.succeeded, fixed.attempts.tried);
}

#[test]
fn three_lives_with_the_same_nonces_give_the_key_and_with_fresh_ones_do_not() {
    assert_eq!(solved_keys(AfterACrash::Again, 16), Ok(ALL));
    assert_eq!(solved_keys(AfterACrash::Fresh, 16), Ok(NONE));
}

#[test]
fn every_variant_has_its_attack_and_the_specification_withstands_all() {
    let names =
        |name| registry().iter().filter(move |it| it.expectation.configuration == name).count();
    for attack in attacks() {
        assert_eq!(names(attack.name), 1, "{}", attack.name);
        assert_eq!((attack.fails)(), Ok(true), "{}", attack.name);
    }
    for variant in registry() {
        let found = (variant.find)().unwrap();
        assert_eq!(found.unwrap().length, None, "{}", variant.name);
    }
}
