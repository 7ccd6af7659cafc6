//! How many connections there are, for the limits.

use std::collections::HashMap;

/// How many connections there are, by address and in all.
pub(crate) struct Count {
    by_address: HashMap<String, usize>,
    all: usize,
}

impl Count {
    pub(crate) fn new() -> Self {
        Self { by_address: HashMap::new(), all: 0 }
    }

    /// One more. Says how many the address has now, and how many there are in all.
    pub(crate) fn add(&mut self, address: &str) -> (usize, usize) {
        let count = self.by_address.entry(address.to_owned()).or_default();
        *count += 1;
        self.all += 1;
        (*count, self.all)
    }

    /// One less.
    pub(crate) fn remove(&mut self, address: &str) {
        self.all = self.all.saturating_sub(1);
        if let Some(count) = self.by_address.get_mut(address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.by_address.remove(address);
            }
        }
    }
}
