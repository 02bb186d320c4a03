//! Weakened rules of collective signing by name, with the attack that each lets through, and the
//! same attacks against the specification.

use ioschain_spec::Rejection;
use ioschain_spec::primitives::cosi::Specification;
use ioschain_spec::primitives::keys::verify_possession;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::variants::WhitePaper;

use super::computed::{ComputedVariant, Found};
use crate::cosi::{AfterACrash, Attempts, Forgeries, forgeries, rogue_keys, solved_keys};
use crate::registry::Expectation;
use crate::score::{Column, Row};

/// The name of the model.
pub const COSI: &str = "cosi";

/// Nobody is named who did not sign.
pub const UNFORGED: &str = "CRY-COSI-02 a signature's signers signed its message";

/// Secrets stay secret.
pub const KEPT: &str = "CRY-COSI-04 the answers of a signer do not reveal its key";

/// An attack, as it is carried out against the specification.
#[derive(Clone, Copy, Debug)]
pub struct Attack {
    /// The configuration's name.
    pub name: &'static str,
    /// What is tried.
    pub about: &'static str,
    /// Whether it fails.
    pub fails: fn() -> Result<bool, Rejection>,
}

/// All attacks.
pub fn attacks() -> &'static [Attack] {
    &ATTACKS
}

/// All variants, one for each attack.
pub fn registry() -> &'static [ComputedVariant] {
    &REGISTRY
}

/// The specification under each attack, and how many variants die of it. Nothing is explored, so
/// there are no states.
///
/// # Errors
/// What the specification refuses of honest validators.
pub fn columns(rows: &[Row], bound: usize) -> Result<Vec<Column>, Rejection> {
    let column = |attack: &Attack| {
        let own = || rows.iter().filter(|row| row.configuration == attack.name);
        Ok(Column {
            model: COSI,
            configuration: attack.name.to_owned(),
            about: attack.about.to_owned(),
            unique_states: 0,
            holds: (attack.fails)()?,
            bounds: None,
            bound,
            killed: own().filter(|row| row.killed).count(),
            total: own().count(),
        })
    };
    attacks().iter().map(column).collect()
}

const REGISTRATION: &str = "registration";
const SESSIONS: &str = "sessions-at-once";
const LIVES: &str = "three-lives";

const ATTACKS: [Attack; 3] = [
    Attack {
        name: REGISTRATION,
        about: "somebody registers a key that cancels the keys of two others; 16 rosters, ristretto255",
        fails: rogue_keys_are_refused,
    },
    Attack {
        name: SESSIONS,
        about: "four sessions are open at once in the integers modulo 11; 400 rosters",
        fails: only_luck_forges,
    },
    Attack {
        name: LIVES,
        about: "a signer crashes twice, and answers before and after each crash; 16 rosters, ristretto255",
        fails: fresh_nonces_solve_nothing,
    },
];

const REGISTRY: [ComputedVariant; 3] = [
    ComputedVariant {
        model: COSI,
        name: "rogue-key",
        weakens: "a group key is registered without a proof of its possession",
        expectation: Expectation { configuration: REGISTRATION, property: UNFORGED, length: None },
        find: rogue_key,
    },
    ComputedVariant {
        model: COSI,
        name: "classic-cosi",
        weakens: "the paper's scheme: one nonce for each signer",
        expectation: Expectation { configuration: SESSIONS, property: UNFORGED, length: None },
        find: classic_cosi,
    },
    ComputedVariant {
        model: COSI,
        name: "reused-nonces",
        weakens: "a signer that comes back from a crash draws the same randomness again",
        expectation: Expectation { configuration: LIVES, property: KEPT, length: None },
        find: reused_nonces,
    },
];

/// How many rosters an attack over the protocol's group is carried out on.
const ROSTERS: u64 = 16;

/// How many in the integers modulo 11, of which some have no attack.
const TOY_ROSTERS: u64 = 400;

/// Sessions that are open at once: more than log₂ 11 = 3.46.
const AT_ONCE: u64 = 4;

fn rogue_key() -> Result<Option<Found>, Rejection> {
    let weak = rogue_keys(|_, _, _| Ok(()), ROSTERS)?;
    let strong = rogue_keys(verify_possession::<Ristretto255>, ROSTERS)?;
    let words = format!(
        "{} of {} rogue keys sign alone in the names of three validators; with proofs of possession {}",
        weak.succeeded, weak.tried, strong.succeeded
    );
    Ok(found(always(weak) && strong.succeeded == 0, words))
}

fn rogue_keys_are_refused() -> Result<bool, Rejection> {
    Ok(rogue_keys(verify_possession::<Ristretto255>, ROSTERS)?.succeeded == 0)
}

fn classic_cosi() -> Result<Option<Found>, Rejection> {
    let weak = forgeries::<11>(&WhitePaper, AT_ONCE, TOY_ROSTERS)?;
    let strong = forgeries::<11>(&Specification, AT_ONCE, TOY_ROSTERS)?;
    let words = format!(
        "{} of {} attacks forge a signature; with two nonces {} of {} do, in which the weighted second nonces \
         add up to zero by chance",
        weak.attempts.succeeded,
        weak.attempts.tried,
        strong.attempts.succeeded,
        strong.attempts.tried
    );
    Ok(found(weak.is_explained && always(weak.attempts) && is_luck(&strong), words))
}

fn only_luck_forges() -> Result<bool, Rejection> {
    Ok(is_luck(&forgeries::<11>(&Specification, AT_ONCE, TOY_ROSTERS)?))
}

/// An attack succeeds exactly where the second nonces add up to nothing, and that is seldom.
fn is_luck(forgeries: &Forgeries) -> bool {
    let Attempts { tried, succeeded } = forgeries.attempts;
    forgeries.is_explained && succeeded == forgeries.unbound && succeeded * 4 < tried
}

fn reused_nonces() -> Result<Option<Found>, Rejection> {
    let weak = solved_keys(AfterACrash::Again, ROSTERS)?;
    let strong = solved_keys(AfterACrash::Fresh, ROSTERS)?;
    let words = format!(
        "three lives give {} of {} secret keys; with fresh randomness in each {}",
        weak.succeeded, weak.tried, strong.succeeded
    );
    Ok(found(always(weak) && strong.succeeded == 0, words))
}

fn fresh_nonces_solve_nothing() -> Result<bool, Rejection> {
    Ok(solved_keys(AfterACrash::Fresh, ROSTERS)?.succeeded == 0)
}

fn always(attempts: Attempts) -> bool {
    attempts.tried > 0 && attempts.succeeded == attempts.tried
}

fn found(breaks: bool, words: String) -> Option<Found> {
    breaks.then_some(Found { length: None, words })
}
