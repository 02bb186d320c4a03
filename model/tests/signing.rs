//! A signer that comes back from a crash with its nonces gives its key away; with fresh ones it does not.

use ioschain_spec::primitives::certificate::name_signers;
use ioschain_spec::primitives::cosi::{
    BindingContext, Challenge, Cosigners, Open, Rules, Signer, Specification, combine_commitments,
};
use ioschain_spec::primitives::group::{Element, EncodedElement, Group, Scalar};
use ioschain_spec::primitives::hash::{Digest, tags};
use ioschain_spec::primitives::ristretto::Ristretto255;
use ioschain_spec::primitives::schnorr::derive_challenge;

type Number = <Ristretto255 as Group>::Scalar;
type Point = <Ristretto255 as Group>::Element;

const MESSAGE: Digest = Digest([5; 32]);

fn point(number: Number) -> Point {
    Ristretto255::generator().multiply(number)
}

fn decode(commitments: [EncodedElement; 2]) -> [Point; 2] {
    commitments.map(|it| Point::decode(&it).unwrap())
}

/// One life of signer 0: it answers a challenge to which the malicious leader, validator 3, adds a nonce of its
/// own. Gives (b, c, z).
fn answer(
    secrets: &[Number; 4],
    cosigners: &Cosigners<Ristretto255>,
    randomness: u8,
    own: u64,
) -> (Number, Number, Number) {
    let open = Open { message: MESSAGE, attempt: 0 };
    let mut signer = Signer::new(cosigners, 0, secrets[0], MESSAGE);
    let mut other = Signer::new(cosigners, 1, secrets[1], MESSAGE);
    let honest = [
        decode(signer.open(&open, &[randomness; 32]).unwrap().commitments),
        decode(other.open(&open, &[99; 32]).unwrap().commitments),
    ];
    let malicious = [point(Number::from_u64(own)), point(Number::ONE)];
    let sum = combine_commitments::<Ristretto255>(honest.into_iter().chain([malicious]));
    let commitments = sum.map(Element::encode);
    let signers = name_signers(4, [0, 1, 3]).unwrap();
    let key = [0, 1, 3].map(|place| secrets[place]).into_iter().fold(Number::ZERO, Number::add);
    let key = Element::encode(point(key));
    let context = BindingContext { key, commitments, signers: &signers, message: MESSAGE };
    let binding = Rules::<Ristretto255>::derive_binding(&Specification, &context);
    let commitment = Element::encode(Element::add(sum[0], Element::multiply(sum[1], binding)));
    let challenge =
        derive_challenge::<Ristretto255>(tags::COSI_CHALLENGE, &key, &MESSAGE, &commitment);
    let asked = Challenge { message: MESSAGE, attempt: 0, signers, commitments };
    let response = signer.answer(&Specification, &asked).unwrap().response;
    (binding, challenge, Number::decode(&response).unwrap())
}

/// The x of z = d + b·f + c·x, out of three such with the same d, f and x.
fn solve([first, second, third]: [(Number, Number, Number); 3]) -> Number {
    let less = |it: (Number, Number, Number)| {
        (it.0.subtract(first.0), it.1.subtract(first.1), it.2.subtract(first.2))
    };
    let ((b1, c1, z1), (b2, c2, z2)) = (less(second), less(third));
    let above = z1.multiply(b2).subtract(z2.multiply(b1));
    let below = c1.multiply(b2).subtract(c2.multiply(b1));
    above.multiply(below.invert().unwrap())
}

#[test]
fn three_lives_with_the_same_nonces_give_the_key() {
    let secrets = [11, 22, 33, 44].map(Number::from_u64);
    let keys = secrets.map(|secret| Element::encode(point(secret)));
    let cosigners = Cosigners::<Ristretto255>::new(&keys).unwrap();
    let lives = |randomness: [u8; 3]| {
        solve([0, 1, 2].map(|life| answer(&secrets, &cosigners, randomness[life], 7 + life as u64)))
    };
    assert_eq!(lives([1, 1, 1]), secrets[0]);
    assert_ne!(lives([1, 2, 3]), secrets[0], "fresh nonces after each crash");
}
