//! The random stream and the draws that read it. Origin: own; the shuffle is Durstenfeld's (1964).
//!
//! Nothing in this module is random by itself: every stream comes from a seed that the protocol
//! fixes.

use std::num::NonZeroU64;

use super::hash::{Digest, sha256};

/// The random stream of a seed. Block i is `SHA-256(seed ‖ u64le(i))`, which is read as consecutive
/// little-endian `u64` words.
///
/// **CRY-STREAM-01** (MUST) \[own] Every draw of the protocol reads this stream.
#[derive(Clone, Debug)]
pub struct Stream {
    seed: Digest,
    next_block: u64,
    /// The unread words of the current block. The next word is the last element.
    words: Vec<u64>,
}

impl Stream {
    /// The stream of `seed`, at its beginning.
    pub fn new(seed: Digest) -> Self {
        Self { seed, next_block: 0, words: Vec::new() }
    }

    /// The next 8 bytes as a little-endian integer.
    pub fn next_u64(&mut self) -> u64 {
        if self.words.is_empty() {
            let block = sha256(&[&self.seed.0, &self.next_block.to_le_bytes()]);
            self.next_block = self.next_block.wrapping_add(1); // after 2⁶⁴ blocks: never
            let (words, _) = block.0.as_chunks::<8>();
            self.words = words.iter().rev().map(|word| u64::from_le_bytes(*word)).collect();
        }
        self.words.pop().unwrap_or(0) // a block has four words
    }

    /// A uniformly distributed number in `0..bound`.
    ///
    /// **CRY-STREAM-02** (MUST) \[own] Words of 2⁶⁴ − (2⁶⁴ mod bound) and above are thrown away:
    /// taking them modulo the bound would favour small numbers.
    ///
    /// # Examples
    /// ```
    /// use std::num::NonZeroU64;
    ///
    /// use ioschain_spec::primitives::hash::Digest;
    /// use ioschain_spec::primitives::stream::Stream;
    ///
    /// let sides = NonZeroU64::new(6).ok_or("a die has sides")?;
    /// let throw = || Stream::new(Digest([7; 32])).below(sides);
    /// assert!(throw() < 6);
    /// assert_eq!(throw(), throw(), "the seed determines every draw");
    /// # Ok::<(), &str>(())
    /// ```
    pub fn below(&mut self, bound: NonZeroU64) -> u64 {
        // 2⁶⁴ mod b, in 64 bits: (2⁶⁴ − b) mod b.
        let remainder = bound.get().wrapping_neg() % bound;
        loop {
            let word = self.next_u64();
            if word <= u64::MAX.saturating_sub(remainder) {
                return word % bound;
            }
        }
    }

    /// Puts `items` into a uniformly random order.
    ///
    /// **CRY-STREAM-03** (MUST) \[own] Durstenfeld: i from n − 1 down to 1, swap i with
    /// `below(i + 1)`. Swapping with any index instead makes some orders likelier: for n = 3 the
    /// six orders then occur in 4, 4, 4, 5, 5 and 5 of 27 cases.
    ///
    /// # Examples
    /// ```
    /// use ioschain_spec::primitives::hash::Digest;
    /// use ioschain_spec::primitives::stream::Stream;
    ///
    /// let order_by = |seed: u8| {
    ///     let mut order: Vec<u32> = (0..100).collect();
    ///     Stream::new(Digest([seed; 32])).shuffle(&mut order);
    ///     order
    /// };
    /// assert_eq!(order_by(1), order_by(1), "everybody who has the seed gets the same order");
    /// assert_ne!(order_by(1), order_by(2));
    /// let mut sorted = order_by(1);
    /// sorted.sort();
    /// assert!(sorted.into_iter().eq(0..100), "each item once");
    /// ```
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let bound = u64::try_from(last).unwrap_or(u64::MAX).saturating_add(1);
            let chosen = NonZeroU64::new(bound).map_or(0, |bound| self.below(bound));
            items.swap(usize::try_from(chosen).unwrap_or(last), last);
        }
    }
}

/// Divides `items` into `count` contiguous buckets. If `count` is 0, there are no buckets.
///
/// **CRY-STREAM-04** (MUST) [WP §5 step 6, sizes own] Sizes differ by at most one: ⌊n/m⌋ each, and
/// the first n mod m get one more.
///
/// The paper: "divide the result into m buckets with same size" (§5 step 6). That is possible only
/// if m divides n (gap W26).
///
/// # Examples
/// ```
/// use ioschain_spec::primitives::stream::buckets;
///
/// let validators = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
/// assert_eq!(buckets(&validators, 3), [&validators[..3], &validators[3..6], &validators[6..]]);
/// ```
pub fn buckets<T>(items: &[T], count: u16) -> Vec<&[T]> {
    let count = usize::from(count);
    let size = items.len().checked_div(count).unwrap_or(0);
    let larger = items.len().checked_rem(count).unwrap_or(0);
    let mut rest = items;
    (0..count)
        .map(|bucket| {
            let size = size.saturating_add(usize::from(bucket < larger));
            let (taken, left) = rest.split_at_checked(size).unwrap_or((rest, &[]));
            rest = left;
            taken
        })
        .collect()
}

/// Maps a hash to `0..bound`, or to 0 if the bound is 0: `(u64be(h[0..8]) · bound) >> 64`. The
/// result is uniform up to 2⁻⁴⁸.
///
/// **CRY-STREAM-05** (MUST) \[own] The number is the upper half of the first eight bytes,
/// big-endian, times the bound.
///
/// # Examples
/// ```
/// use ioschain_spec::primitives::hash::Digest;
/// use ioschain_spec::primitives::stream::mulshift;
///
/// assert_eq!(mulshift(&Digest([0x00; 32]), 10), 0);
/// assert_eq!(mulshift(&Digest([0x80; 32]), 10), 5);
/// assert_eq!(mulshift(&Digest([0xff; 32]), 10), 9);
/// ```
pub fn mulshift(hash: &Digest, bound: u16) -> u16 {
    let (words, _) = hash.0.as_chunks::<8>();
    let word = words.first().map_or(0, |word| u64::from_be_bytes(*word));
    let product = u128::from(word).saturating_mul(u128::from(bound)); // below 2⁸⁰
    u16::try_from(product >> 64).unwrap_or(0) // below the bound, since word < 2⁶⁴
}
