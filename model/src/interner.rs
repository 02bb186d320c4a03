//! Numbers for values: each distinct key gets the next number, and keeps it.
//!
//! A state of a model is a few numbers, so it is cheap to copy, to compare and to hash. Both large
//! models intern what their states are made of with this type.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

/// Values that are numbered by their keys, in the order in which they are first met.
#[derive(Clone, Debug)]
pub struct Interner<K, V> {
    numbers: HashMap<K, u32>,
    values: Vec<Arc<V>>,
}

impl<K, V> Default for Interner<K, V> {
    fn default() -> Self {
        Self { numbers: HashMap::new(), values: Vec::new() }
    }
}

impl<K: Hash + Eq, V> Interner<K, V> {
    /// The number of a key. `value` makes the value of a key that is new.
    ///
    /// # Panics
    /// If there are more than 2³² values.
    pub fn intern(&mut self, key: K, value: impl FnOnce() -> V) -> u32 {
        let fresh = u32::try_from(self.values.len()).expect("a model has fewer than 2³² values");
        let number = *self.numbers.entry(key).or_insert(fresh);
        if number == fresh {
            self.values.push(Arc::new(value()));
        }
        number
    }

    /// The value with a number that was given out.
    ///
    /// # Panics
    /// If the number was never given out.
    pub fn get(&self, number: u32) -> &Arc<V> {
        &self.values[number as usize]
    }

    /// All values in the order of their numbers.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator {
        self.values.iter().map(Arc::as_ref)
    }

    /// How many values have a number.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether no value has a number.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_keeps_its_number_and_its_first_value() {
        let mut interner = Interner::default();
        assert_eq!(interner.intern("one", || 1), 0);
        assert_eq!(interner.intern("two", || 2), 1);
        assert_eq!(interner.intern("one", || unreachable!("it has a value")), 0);
        assert_eq!((**interner.get(0), **interner.get(1)), (1, 2));
        assert_eq!(interner.values().copied().collect::<Vec<_>>(), [1, 2]);
    }
}
