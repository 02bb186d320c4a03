//! Small sets of numbers, as bits of one word.

macro_rules! bitset {
    ($(#[$doc:meta])* $name:ident($word:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($word);

        impl $name {
            /// The set without members.
            pub const EMPTY: Self = Self(0);

            /// The set with one member.
            ///
            /// # Panics
            /// If the word has no such bit; [`limits`](crate::atomix::limits) rules this out for
            /// plans.
            pub fn of(number: u32) -> Self {
                let bit = <$word>::checked_shl(1, number);
                Self(bit.expect("the limits of a plan keep its numbers within a word"))
            }

            /// Whether the set has no members.
            pub fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// Whether a number is a member.
            pub fn contains(self, number: u32) -> bool {
                !self.intersection(Self::of(number)).is_empty()
            }

            /// Adds a number.
            pub fn insert(&mut self, number: u32) {
                self.extend(Self::of(number));
            }

            /// Adds all members of another set.
            pub fn extend(&mut self, other: Self) {
                self.0 |= other.0;
            }

            /// The members of either set.
            #[must_use]
            pub fn union(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// The members of both sets.
            #[must_use]
            pub fn intersection(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }

            /// The members that another set does not have.
            #[must_use]
            pub fn difference(self, other: Self) -> Self {
                Self(self.0 & !other.0)
            }

            /// Whether another set has all members of this one.
            pub fn is_subset(self, other: Self) -> bool {
                self.difference(other).is_empty()
            }

            /// The members in order.
            pub fn members(self) -> impl Iterator<Item = u8> + Clone {
                (0..<$word>::BITS as u8).filter(move |number| self.0 >> number & 1 == 1)
            }
        }

        impl FromIterator<u32> for $name {
            fn from_iter<I: IntoIterator<Item = u32>>(numbers: I) -> Self {
                numbers.into_iter().fold(Self::EMPTY, |set, number| set.union(Self::of(number)))
            }
        }
    };
}

bitset! {
    /// Attestations, by their numbers.
    AttestationSet(u64)
}
bitset! {
    /// Outpoints, by their numbers.
    OutpointSet(u64)
}
bitset! {
    /// Transactions of a plan, by their places in it.
    TransactionSet(u8)
}
