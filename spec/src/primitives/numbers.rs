//! Numbers of different kinds, as types that cannot be swapped.
//!
//! `seed(label, epoch, shard)` and `timeout(epoch, view, rank)` take numbers that are all small. As
//! plain integers, two of them could change places and nobody would notice. Each kind is a type of
//! its own here. It is encoded, printed and ordered as the integer that it holds, so it adds
//! nothing to a message.
//!
//! Origin: own.

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};
use std::collections::BTreeMap;
use std::fmt;

/// Defines a kind of number.
macro_rules! number {
    ($(#[$documentation:meta])* $name:ident($integer:ident)) => {
        $(#[$documentation])*
        #[derive(
            Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize,
        )]
        #[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
        pub struct $name(
            /// The integer.
            pub $integer,
        );

        impl $name {
            /// The greatest number of this kind.
            pub const MAX: Self = Self($integer::MAX);

            /// The number that is greater by `count`, or the greatest there is.
            #[must_use]
            pub const fn saturating_add(self, count: $integer) -> Self {
                Self(self.0.saturating_add(count))
            }

            /// The number that is smaller by `count`, or 0.
            #[must_use]
            pub const fn saturating_sub(self, count: $integer) -> Self {
                Self(self.0.saturating_sub(count))
            }

            /// The number that is greater by `count`, if there is one.
            pub fn checked_add(self, count: $integer) -> Option<Self> {
                self.0.checked_add(count).map(Self)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, formatter)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, formatter)
            }
        }

        #[cfg(feature = "testing")]
        impl std::ops::Add<$integer> for $name {
            type Output = Self;

            fn add(self, count: $integer) -> Self {
                self.saturating_add(count)
            }
        }

        #[cfg(feature = "testing")]
        impl std::ops::Sub<$integer> for $name {
            type Output = Self;

            fn sub(self, count: $integer) -> Self {
                self.saturating_sub(count)
            }
        }

        #[cfg(feature = "testing")]
        impl std::ops::AddAssign<$integer> for $name {
            fn add_assign(&mut self, count: $integer) {
                *self = self.saturating_add(count);
            }
        }

        #[cfg(feature = "testing")]
        impl std::ops::SubAssign<$integer> for $name {
            fn sub_assign(&mut self, count: $integer) {
                *self = self.saturating_sub(count);
            }
        }

        /// The schema is the integer's, because the encoding is.
        impl BorshSchema for $name {
            fn declaration() -> borsh::schema::Declaration {
                $integer::declaration()
            }

            fn add_definitions_recursively(
                definitions: &mut BTreeMap<borsh::schema::Declaration, borsh::schema::Definition>,
            ) {
                $integer::add_definitions_recursively(definitions);
            }
        }
    };
}

number! {
    /// The number of a shard. The transaction shards are 1..=m; the identity shard is 0.
    Shard(u16)
}
number! {
    /// The number of an epoch. The first epoch is 1. Genesis counts as the end of epoch 0.
    Epoch(u64)
}
number! {
    /// A number of blocks of a shard, or of entries of the identity log. The first has height 1.
    Height(u64)
}
number! {
    /// The number of a view within an epoch: how often a lottery drew leaders anew. The first is 0.
    View(u32)
}
number! {
    /// The place of a leader among those that a lottery drew. The first is 0.
    Rank(u8)
}
number! {
    /// The place of a recipient in a sharing of a secret: the point at which its share is the value
    /// of the polynomial. The first is 1, because the value at 0 is the secret.
    Position(u32)
}

impl Shard {
    /// The identity shard.
    pub const IDENTITY: Self = Self(0);

    /// The transaction shards of a chain that has `count` of them, in order.
    ///
    /// ```
    /// use ioschain_spec::primitives::numbers::Shard;
    ///
    /// assert_eq!(Shard::all(3).collect::<Vec<_>>(), [Shard(1), Shard(2), Shard(3)]);
    /// ```
    pub fn all(count: u16) -> impl DoubleEndedIterator<Item = Self> + Clone {
        (1..=count).map(Self)
    }
}

impl Height {
    /// The number of heights from `earlier` to this one, or 0 if `earlier` is later.
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl Position {
    /// The positions of recipients, in order.
    pub fn all() -> impl Iterator<Item = Self> + Clone {
        (1..).map(Self)
    }

    /// The index in a list of the recipients, which begins with index 0. No recipient has position
    /// 0.
    pub fn index(self) -> Option<usize> {
        usize::try_from(self.0.checked_sub(1)?).ok()
    }
}

impl From<Position> for u128 {
    fn from(position: Position) -> Self {
        position.0.into()
    }
}

impl From<Shard> for usize {
    fn from(shard: Shard) -> Self {
        shard.0.into()
    }
}

impl From<Rank> for usize {
    fn from(rank: Rank) -> Self {
        rank.0.into()
    }
}
