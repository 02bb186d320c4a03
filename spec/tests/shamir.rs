//! Shamir's sharing (CRY-SHARE): RFC 9591's shares, linearity, any t shares recover and fewer
//! reveal nothing.

use std::collections::BTreeMap;

use curve25519_dalek::Scalar as RistrettoScalar;
use ioschain_spec::Rejection;
use ioschain_spec::primitives::group::{Element, EncodedScalar, Group, Scalar};
use ioschain_spec::primitives::numbers::Position;
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::shamir::{Polynomial, lagrange_coefficients, recover_scalar};
use ioschain_spec::primitives::toy_group::{ToyGroup, ToyScalar};
use quickcheck::quickcheck;

// --- RFC 9591 ---------------------------------------------------------------------------------

/// RFC 9591 appendix E.3 (ristretto255): the secret, and the other coefficient of the polynomial.
const COEFFICIENTS: [&str; 2] = [
    "1b25a55e463cfd15cf14a5d3acc3d15053f08da49c8afcf3ab265f2ebc4f970b",
    "410f8b744b19325891d73736923525a4f596c805d060dfb9c98009d34e3fec02",
];

/// The shares of participants 1, 2 and 3.
const SHARES: [&str; 3] = [
    "5c3430d391552f6e60ecdc093ff9f6f4488756aa6cebdbad75a768010b8f830e",
    "b06fc5eac20b4f6e1b271d9df2343d843e1e1fb03c4cbb673f2872d459ce6f01",
    "f17e505f0e2581c6acfe54d3846a622834b5e7b50cad9a2109a97ba7a80d5c04",
];

/// The secret times the generator.
const PUBLIC_KEY: &str = "e2a62f39eede11269e3bd5a7d97554f5ca384f9f6d3dd9c3c0d05083c7254f57";

fn scalar(hexadecimal: &str) -> RistrettoScalar {
    Scalar::decode(&EncodedScalar(hex::decode(hexadecimal).unwrap().try_into().unwrap())).unwrap()
}

#[test]
fn shares_and_recovery_are_those_of_rfc_9591() {
    let secret = scalar(COEFFICIENTS[0]);
    let polynomial = Polynomial::new(COEFFICIENTS.map(scalar).to_vec());
    let shares: Vec<(Position, RistrettoScalar)> =
        Position::all().zip(SHARES.map(scalar)).collect();
    for (position, share) in &shares {
        assert_eq!(polynomial.evaluate(*position), *share);
    }
    for pair in [[0, 1], [0, 2], [1, 2], [2, 0]] {
        assert_eq!(recover_scalar(&pair.map(|at| shares[at])), Ok(secret));
    }
    let public_key = Ristretto255::generator().multiply(secret).encode();
    assert_eq!(hex::encode(public_key.0), PUBLIC_KEY);
}

// --- Laws -------------------------------------------------------------------------------------

fn polynomial(coefficients: &[u64]) -> Polynomial<RistrettoScalar> {
    let scalars = coefficients
        .iter()
        .map(|number| Ristretto255::hash_to_scalar(b"test", &number.to_le_bytes()));
    Polynomial::new(scalars.collect())
}

/// The coefficients of both, added; the shorter ends in zeros.
fn sum(
    one: &Polynomial<RistrettoScalar>,
    other: &Polynomial<RistrettoScalar>,
) -> Polynomial<RistrettoScalar> {
    let (one, other) = (one.coefficients(), other.coefficients());
    let at = |coefficients: &[RistrettoScalar], place| {
        coefficients.get(place).copied().unwrap_or(RistrettoScalar::ZERO)
    };
    let places = 0..one.len().max(other.len());
    Polynomial::new(places.map(|place| Scalar::add(at(one, place), at(other, place))).collect())
}

quickcheck! {
    fn a_share_is_the_sum_of_powers_times_coefficients(coefficients: Vec<u64>, position: u32) -> bool {
        let polynomial = polynomial(&coefficients);
        let point = RistrettoScalar::from(position);
        let (mut power, mut value) = (RistrettoScalar::ONE, RistrettoScalar::ZERO);
        for coefficient in polynomial.coefficients() {
            value += power * coefficient;
            power *= point;
        }
        polynomial.evaluate(Position(position)) == value
    }

    fn shares_add_up_as_polynomials_do(one: Vec<u64>, other: Vec<u64>, position: u32) -> bool {
        let (one, other) = (polynomial(&one), polynomial(&other));
        let shares = Scalar::add(one.evaluate(Position(position)), other.evaluate(Position(position)));
        sum(&one, &other).evaluate(Position(position)) == shares
    }

    fn sharing_is_linear_in_the_secret(coefficients: Vec<u64>, factor: u64, position: u32) -> bool {
        let polynomial = polynomial(&coefficients);
        let factor = RistrettoScalar::from(factor);
        let multiplied = polynomial.coefficients().iter().map(|each| Scalar::multiply(*each, factor));
        let multiplied = Polynomial::new(multiplied.collect());
        multiplied.evaluate(Position(position)) == Scalar::multiply(polynomial.evaluate(Position(position)), factor)
    }

    fn as_many_distinct_positions_as_coefficients_recover(
        coefficients: Vec<u64>, offset: u16, step: u8
    ) -> bool {
        let polynomial = polynomial(&coefficients);
        let (offset, step) = (u32::from(offset), u32::from(step) + 1);
        let positions = (0..).take(coefficients.len()).map(|number| Position(offset + 1 + number * step));
        let shares: Vec<_> =
            positions.map(|position| (position, polynomial.evaluate(position))).collect();
        recover_scalar(&shares) == Ok(polynomial.evaluate(Position(0)))
    }

    fn lagrange_coefficients_of_a_constant_add_up_to_one(count: u8) -> bool {
        let positions: Vec<Position> = Position::all().take(usize::from(count) + 1).collect();
        let weights = lagrange_coefficients::<RistrettoScalar>(&positions).unwrap();
        weights.into_iter().fold(RistrettoScalar::ZERO, Scalar::add) == RistrettoScalar::ONE
    }
}

// --- Everything, over GF(5), GF(7) and GF(11) ---------------------------------------------------

/// All vectors of `length` scalars.
fn vectors<const P: u64>(length: usize) -> Vec<Vec<ToyScalar<P>>> {
    (0..length).fold(vec![vec![]], |vectors, _| {
        let longer = vectors.into_iter().flat_map(|vector| {
            ToyGroup::<P>::scalars().map(move |next| [&vector[..], &[next]].concat())
        });
        longer.collect()
    })
}

/// All sets of `size` positions out of 1..P, in order.
fn position_sets<const P: u64>(size: usize) -> Vec<Vec<Position>> {
    let positions = 1..ToyGroup::<P>::POSITIONS_MAX + 1;
    (0..1u32 << positions.len())
        .map(|mask| {
            positions
                .clone()
                .filter(|position| mask >> (position - 1) & 1 == 1)
                .map(Position)
                .collect()
        })
        .filter(|set: &Vec<Position>| set.len() == size)
        .collect()
}

fn shares<const P: u64>(
    polynomial: &Polynomial<ToyScalar<P>>,
    positions: &[Position],
) -> Vec<(Position, ToyScalar<P>)> {
    positions.iter().map(|position| (*position, polynomial.evaluate(*position))).collect()
}

fn every_set_recovers<const P: u64>(threshold: usize) {
    for coefficients in vectors::<P>(threshold) {
        let polynomial = Polynomial::new(coefficients.clone());
        for positions in position_sets::<P>(threshold) {
            let recovered = recover_scalar(&shares(&polynomial, &positions));
            assert_eq!(recovered, Ok(coefficients[0]), "{coefficients:?} {positions:?}");
        }
    }
}

#[test]
fn any_t_positions_recover_any_polynomial_with_t_coefficients() {
    for threshold in 1..=4 {
        every_set_recovers::<5>(threshold);
    }
    for threshold in 1..=3 {
        every_set_recovers::<7>(threshold);
    }
    every_set_recovers::<11>(2);
}

/// Of the polynomials with t coefficients that agree with t − 1 shares, one has each secret.
#[test]
fn fewer_than_t_shares_leave_every_secret_equally_likely() {
    for threshold in 1..=4 {
        for positions in position_sets::<5>(threshold - 1) {
            let mut secrets: BTreeMap<_, BTreeMap<_, u32>> = BTreeMap::new();
            for coefficients in vectors::<5>(threshold) {
                let secret = coefficients[0];
                let seen = shares(&Polynomial::new(coefficients), &positions);
                *secrets.entry(seen).or_default().entry(secret).or_default() += 1;
            }
            assert_eq!(secrets.len(), 5usize.pow(u32::try_from(threshold).unwrap() - 1));
            for counts in secrets.values() {
                assert_eq!(counts.values().collect::<Vec<_>>(), [&1; 5], "{positions:?}");
            }
        }
    }
}

/// Why a deal must have exactly t coefficients: with one more, sets of t recover different secrets.
#[test]
fn with_one_more_coefficient_sets_of_t_disagree() {
    let polynomial = Polynomial::new([1u8, 2, 3].map(ToyScalar::<7>::from_number).to_vec());
    let recovered = |positions: &[u32]| {
        let positions: Vec<_> = positions.iter().copied().map(Position).collect();
        recover_scalar(&shares(&polynomial, &positions)).unwrap()
    };
    assert_ne!(recovered(&[1, 2]), recovered(&[1, 3]));
    assert_eq!(recovered(&[1, 2, 3]), recovered(&[2, 4, 6]));
}

// --- Positions --------------------------------------------------------------------------------

#[test]
fn positions_that_are_zero_or_equal_as_scalars_are_refused() {
    let refused = Err(Rejection::CrySharePositions);
    for positions in [&[0][..], &[0, 1], &[1, 0], &[1, 1], &[1, 2, 1], &[u32::MAX, u32::MAX]] {
        let positions: Vec<_> = positions.iter().copied().map(Position).collect();
        assert_eq!(lagrange_coefficients::<RistrettoScalar>(&positions), refused, "{positions:?}");
    }
    assert!(lagrange_coefficients::<RistrettoScalar>(&[Position(1), Position(u32::MAX)]).is_ok());
    // 5 is 0, and 6 is 1, modulo 5.
    for positions in [&[5][..], &[1, 5], &[1, 6], &[2, 3, 7]] {
        let positions: Vec<_> = positions.iter().copied().map(Position).collect();
        let toy = lagrange_coefficients::<ToyScalar<5>>(&positions);
        assert_eq!(toy, Err(Rejection::CrySharePositions), "{positions:?}");
    }
    let value = RistrettoScalar::ONE;
    assert_eq!(
        recover_scalar(&[(Position(3), value), (Position(3), value)]),
        Err(Rejection::CrySharePositions)
    );
}

#[test]
fn a_polynomial_does_not_print_its_coefficients() {
    let polynomial = Polynomial::new([3u8, 4].map(ToyScalar::<5>::from_number).to_vec());
    assert_eq!(format!("{polynomial:?}"), "Polynomial(2 coefficients)");
}
