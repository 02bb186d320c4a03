//! Shamir's secret sharing (1979). The secret is the value of a polynomial at 0, and each share is
//! its value at another position.
//!
//! A polynomial with t coefficients is determined by t of its values. If only t − 1 of them are
//! known, every value at 0 is equally likely. Therefore t shares give the secret, and t − 1 shares
//! reveal nothing about it.

use zeroize::Zeroizing;

use super::group::Scalar;
use crate::Rejection;
use crate::primitives::numbers::Position;

/// A secret polynomial over the scalars. It stores its coefficients, the constant one first. The
/// memory is wiped when the polynomial is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Polynomial<S: Scalar>(Zeroizing<Vec<S>>);

impl<S: Scalar> Polynomial<S> {
    /// The polynomial `a₀ + a₁·x + a₂·x² + …`.
    pub fn new(coefficients: Vec<S>) -> Self {
        Self(Zeroizing::new(coefficients))
    }

    /// The coefficients a₀, a₁, a₂, …. For a threshold t there are exactly t of them. The last ones
    /// may be zero, as often as any other number.
    pub fn coefficients(&self) -> &[S] {
        &self.0
    }

    /// The share at `position`, which is the value of the polynomial there.
    ///
    /// **CRY-SHARE-01** (MUST) [Shamir 1979] The secret is the value at 0, and the shares are the
    /// values at 1, 2 and so on.
    pub fn evaluate(&self, position: Position) -> S {
        let position = S::from_number(position);
        // Horner's rule, from the highest coefficient down.
        self.0
            .iter()
            .rev()
            .fold(S::ZERO, |value, coefficient| value.multiply(position).add(*coefficient))
    }
}

impl<S: Scalar> std::fmt::Debug for Polynomial<S> {
    /// Prints the number of coefficients, but not the coefficients, which are secret.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Polynomial({} coefficients)", self.0.len())
    }
}

/// The weights λ with which the values at `positions` add up to the value at 0:
/// `s(0) = Σ λᵢ·s(xᵢ)`. This holds for every polynomial with at most as many coefficients as there
/// are positions.
///
/// **CRY-SHARE-02** (MUST) \[Lagrange] `λᵢ = Π xⱼ / (xⱼ − xᵢ)` over all j ≠ i; positions are
/// distinct scalars and none of them is 0. With a repeated position the division is by 0, and a
/// share at position 0 would be the secret itself.
///
/// # Errors
/// [`Rejection::CrySharePositions`] for positions that are 0 or equal as scalars.
pub fn lagrange_coefficients<S: Scalar>(positions: &[Position]) -> Result<Vec<S>, Rejection> {
    let points: Vec<S> = positions.iter().map(|position| S::from_number(*position)).collect();
    let fraction = |(at, point): (usize, &S)| {
        let others = points.iter().enumerate().filter(|(other, _)| *other != at);
        others.fold((S::ONE, S::ONE), |(numerator, denominator), (_, other)| {
            (numerator.multiply(*other), denominator.multiply(other.subtract(*point)))
        })
    };
    let (numerators, denominators): (Vec<S>, Vec<S>) =
        points.iter().enumerate().map(fraction).unzip();
    // CRY-SHARE-02: distinct, and not 0.
    let inverses = invert_all(&denominators).filter(|_| !points.contains(&S::ZERO));
    let inverses = inverses.ok_or(Rejection::CrySharePositions)?;
    let pairs = numerators.into_iter().zip(inverses);
    Ok(pairs.map(|(numerator, inverse)| numerator.multiply(inverse)).collect())
}

/// The inverses of `values`, at the cost of one inversion (Montgomery 1987). The inverse of value i
/// is the inverse of the product of the first i values, multiplied by the product of the values
/// before i. The result is `None` if one of the values is 0.
fn invert_all<S: Scalar>(values: &[S]) -> Option<Vec<S>> {
    let mut product = S::ONE;
    let mut products_before = Vec::new();
    for value in values {
        products_before.push(product);
        product = product.multiply(*value);
    }
    let mut inverse_product = product.invert()?;
    let mut inverses = Vec::new();
    for (value, before) in values.iter().zip(products_before).rev() {
        inverses.push(inverse_product.multiply(before));
        inverse_product = inverse_product.multiply(*value);
    }
    inverses.reverse();
    Some(inverses)
}

/// The value at 0 of the polynomial that has these (position, value) pairs, and at most as many
/// coefficients as there are pairs.
///
/// # Errors
/// [`Rejection::CrySharePositions`] for positions that are 0 or equal as scalars.
///
/// # Examples
/// ```
/// use ioschain_spec::primitives::group::{Group, Scalar};
/// use ioschain_spec::primitives::numbers::Position;
/// use ioschain_spec::primitives::ristretto::Ristretto255;
/// use ioschain_spec::primitives::shamir::{Polynomial, recover_scalar};
///
/// let [secret, a1, a2] = [42u32, 7, 3].map(<Ristretto255 as Group>::Scalar::from_number);
/// let polynomial = Polynomial::new(vec![secret, a1, a2]);
/// let shares = [1, 4, 5].map(Position).map(|position| (position, polynomial.evaluate(position)));
/// assert_eq!(recover_scalar(&shares), Ok(secret), "three coefficients, three shares");
/// assert_ne!(recover_scalar(&shares[..2]), Ok(secret), "two shares give another number");
/// ```
pub fn recover_scalar<S: Scalar>(shares: &[(Position, S)]) -> Result<S, Rejection> {
    let (positions, values): (Vec<Position>, Vec<S>) = shares.iter().copied().unzip();
    let weights = lagrange_coefficients::<S>(&positions)?;
    let products = weights.iter().zip(&values).map(|(weight, value)| weight.multiply(*value));
    Ok(products.fold(S::ZERO, S::add))
}
