//! The random stream and what is drawn from it (CRY-STREAM-01 to CRY-STREAM-05), against the
//! definitions written another way.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU64;

use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::stream::{Stream, buckets, mulshift};
use quickcheck::quickcheck;
use support::sha256;

// --- The definitions, written another way -----------------------------------------------------

/// The words of a seed's stream, without end.
fn words(seed: [u8; 32]) -> impl Iterator<Item = u64> {
    (0u64..).flat_map(move |number| {
        let block = sha256(&[&seed, &number.to_le_bytes()]);
        (0..4)
            .map(move |word| u64::from_le_bytes(block[8 * word..8 * word + 8].try_into().unwrap()))
    })
}

/// The first of `words` below the largest multiple of the bound in 2⁶⁴, modulo the bound.
fn below_by_hand(words: &mut impl Iterator<Item = u64>, bound: u64) -> u64 {
    let (bound, all) = (u128::from(bound), 1u128 << 64);
    let multiple = all / bound * bound;
    let word = words.map(u128::from).find(|word| *word < multiple).unwrap();
    (word % bound) as u64
}

/// The items as they are drawn from a shrinking pool, the last place first.
fn shuffle_by_hand<T: Clone>(words: &mut impl Iterator<Item = u64>, items: &[T]) -> Vec<T> {
    let (mut pool, mut drawn) = (items.to_vec(), Vec::new());
    while pool.len() > 1 {
        let chosen = below_by_hand(words, pool.len() as u64);
        drawn.push(pool.swap_remove(chosen as usize));
    }
    pool.extend(drawn.into_iter().rev());
    pool
}

fn stream(seed: [u8; 32]) -> Stream {
    Stream::new(Digest(seed))
}

fn bound(number: u64) -> NonZeroU64 {
    NonZeroU64::new(number).expect("bounds are not 0")
}

/// Some seeds that differ.
fn seeds(count: u64) -> impl Iterator<Item = [u8; 32]> {
    (0..count).map(|number| sha256(&[&number.to_le_bytes()]))
}

// --- Words ------------------------------------------------------------------------------------

#[test]
fn the_stream_has_the_words_that_the_definition_gives() {
    for seed in seeds(20) {
        let mut stream = stream(seed);
        let drawn: Vec<u64> = (0..30).map(|_| stream.next_u64()).collect();
        assert_eq!(drawn, words(seed).take(30).collect::<Vec<_>>());
    }
}

/// SHA-256 of forty zero bytes begins 2c34ce1df23b838c 5abf2a7f6437cca3.
#[test]
fn the_first_words_of_the_zero_seed_are_known() {
    let mut stream = Stream::new(Digest::ZERO);
    assert_eq!(stream.next_u64().to_le_bytes(), 0x2c34_ce1d_f23b_838c_u64.to_be_bytes());
    assert_eq!(stream.next_u64().to_le_bytes(), 0x5abf_2a7f_6437_cca3_u64.to_be_bytes());
}

// --- Numbers below a bound --------------------------------------------------------------------

/// Draws as long as `bounds` last; each draw and the word after the last are those of the
/// definition.
fn assert_draws(seed: [u8; 32], bounds: &[u64]) {
    let (mut stream, mut words) = (stream(seed), words(seed));
    for number in bounds {
        let drawn = stream.below(bound(*number));
        assert!(drawn < *number);
        assert_eq!(drawn, below_by_hand(&mut words, *number), "below {number}");
    }
    assert_eq!(Some(stream.next_u64()), words.next(), "a draw reads no further than its word");
}

quickcheck! {
    fn draws_are_those_of_the_definition(seed: [u8; 32], bounds: Vec<NonZeroU64>) -> bool {
        assert_draws(seed, &bounds.into_iter().map(NonZeroU64::get).collect::<Vec<_>>());
        true
    }
}

#[test]
fn draws_at_the_edges_are_those_of_the_definition() {
    let half = 1u64 << 63;
    let edges =
        [1, 2, 3, 255, 256, half - 1, half, half + 1, half + half / 2, u64::MAX - 1, u64::MAX];
    for seed in seeds(50) {
        assert_draws(seed, &edges);
    }
}

#[test]
fn about_half_of_the_words_are_thrown_away_for_a_bound_just_above_half() {
    // Modulo the bound, the upper half of the words would fall on the small numbers again.
    let half = 1u64 << 63;
    let mut redrawn = 0;
    for seed in seeds(200) {
        let first = words(seed).next().unwrap();
        let drawn = stream(seed).below(bound(half + 1));
        let kept = first <= half;
        assert_eq!(drawn == first, kept);
        redrawn += u32::from(!kept);
    }
    assert!((60..140).contains(&redrawn), "{redrawn} of 200");
}

/// For a bound b above 2⁶³ only the words below b are kept: b itself is the first that is not.
#[test]
fn the_first_word_thrown_away_is_the_largest_multiple_of_the_bound() {
    let mut tried = 0;
    for seed in seeds(100) {
        let mut words = words(seed);
        let first = words.next().unwrap();
        if first > 1 << 63 && first < u64::MAX {
            tried += 1;
            assert_eq!(stream(seed).below(bound(first + 1)), first, "just kept");
            let next = words.find(|word| *word < first).unwrap();
            assert_eq!(stream(seed).below(bound(first)), next, "just thrown away");
        }
    }
    assert!(tried > 20);
}

// --- Shuffles ---------------------------------------------------------------------------------

quickcheck! {
    fn a_shuffle_is_that_of_the_definition(seed: [u8; 32], items: Vec<u16>) -> bool {
        let (mut stream, mut words) = (stream(seed), words(seed));
        let mut shuffled = items.clone();
        stream.shuffle(&mut shuffled);
        shuffled == shuffle_by_hand(&mut words, &items) && Some(stream.next_u64()) == words.next()
    }

    fn a_shuffle_is_a_permutation(seed: [u8; 32], items: Vec<u16>) -> bool {
        let mut shuffled = items.clone();
        stream(seed).shuffle(&mut shuffled);
        let sorted = |mut items: Vec<u16>| { items.sort_unstable(); items };
        sorted(shuffled) == sorted(items)
    }

    fn a_shuffle_moves_places_and_does_not_look_at_items(seed: [u8; 32], items: Vec<u16>) -> bool {
        let mut places: Vec<usize> = (0..items.len()).collect();
        stream(seed).shuffle(&mut places);
        let mut shuffled = items.clone();
        stream(seed).shuffle(&mut shuffled);
        shuffled == places.iter().map(|place| items[*place]).collect::<Vec<_>>()
    }
}

/// Uniform draws make uniform orders: the n! outcomes of the draws give the n! orders, one each.
#[test]
fn the_outcomes_of_the_draws_and_the_orders_match_one_to_one() {
    let mut orders: BTreeMap<Vec<u64>, Vec<u8>> = BTreeMap::new();
    for seed in seeds(2000) {
        let mut draws = stream(seed);
        let drawn = [4, 3, 2].map(|number| draws.below(bound(number))).to_vec();
        let mut items = vec![0, 1, 2, 3];
        stream(seed).shuffle(&mut items);
        assert_eq!(orders.entry(drawn).or_insert_with(|| items.clone()), &items);
    }
    assert_eq!(orders.len(), 24);
    assert_eq!(orders.values().collect::<BTreeSet<_>>().len(), 24);
}

#[test]
fn nothing_is_drawn_to_shuffle_nothing_or_one_item() {
    for length in [0, 1] {
        let mut stream = Stream::new(Digest::ZERO);
        stream.shuffle(&mut vec![7; length]);
        assert_eq!(Some(stream.next_u64()), words([0; 32]).next());
    }
}

// --- Buckets ----------------------------------------------------------------------------------

#[test]
fn buckets_are_contiguous_and_the_first_ones_are_larger_by_one() {
    for length in 0..=60usize {
        let items: Vec<usize> = (0..length).collect();
        for count in 1..=70u16 {
            let buckets = buckets(&items, count);
            assert_eq!(buckets.len(), usize::from(count));
            assert_eq!(buckets.concat(), items, "nothing is lost, doubled or moved");
            let (size, larger) = (length / usize::from(count), length % usize::from(count));
            for (place, bucket) in buckets.iter().enumerate() {
                let expected = if place < larger { size + 1 } else { size };
                assert_eq!(bucket.len(), expected, "bucket {place} of {count} for {length} items");
            }
        }
    }
}

#[test]
fn no_buckets_hold_nothing() {
    assert!(buckets(&[1, 2, 3], 0).is_empty());
    assert_eq!(buckets::<u8>(&[], u16::MAX).len(), usize::from(u16::MAX));
}

// --- mulshift ---------------------------------------------------------------------------------

/// A hash that begins with these eight bytes.
fn hash_beginning(word: u64, rest: [u8; 24]) -> Digest {
    Digest([&word.to_be_bytes()[..], &rest].concat().try_into().unwrap())
}

quickcheck! {
    fn mulshift_is_the_upper_half_of_the_product(word: u64, rest: [u8; 24], bound: u16) -> bool {
        let expected = (u128::from(word) * u128::from(bound)) >> 64;
        u128::from(mulshift(&hash_beginning(word, rest), bound)) == expected
    }

    fn mulshift_is_below_its_bound(hash: [u8; 32], bound: u16) -> bool {
        bound == 0 || mulshift(&Digest(hash), bound) < bound
    }

    fn mulshift_grows_with_the_first_eight_bytes_and_looks_at_no_others(
        one: u64, other: u64, rest: [u8; 24], other_rest: [u8; 24], bound: u16
    ) -> bool {
        let [low, high] = [one.min(other), one.max(other)];
        let (low, high) = (hash_beginning(low, rest), hash_beginning(high, other_rest));
        mulshift(&low, bound) <= mulshift(&high, bound)
    }
}

/// Number s of m has the words from ⌈s·2⁶⁴/m⌉ on, which is as even as it can be.
#[test]
fn every_number_has_its_share_of_the_words() {
    for bound in [1, 2, 3, 5, 16, 1000, 1024, u16::MAX] {
        let first_word = |number: u16| (u128::from(number) << 64).div_ceil(u128::from(bound));
        for number in 0..bound {
            let first = first_word(number) as u64;
            let last = (first_word(number + 1) - 1) as u64;
            for word in [first, last] {
                assert_eq!(mulshift(&hash_beginning(word, [0xff; 24]), bound), number);
            }
        }
    }
}

#[test]
fn mulshift_reads_its_bytes_from_the_most_significant_on() {
    let mut hash = Digest::ZERO;
    hash.0[0] = 0x80;
    assert_eq!(mulshift(&hash, 1000), 500);
    let mut hash = Digest::ZERO;
    hash.0[7] = 0x80;
    assert_eq!(mulshift(&hash, 1000), 0);
}
