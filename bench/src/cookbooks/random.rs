//! Numbers that look like any, and are the same in each run.

/// Gives numbers.
pub(super) struct Random(u64);

impl Random {
    /// The numbers that belong to this beginning.
    pub(super) fn new(beginning: u64) -> Self {
        Self(beginning)
    }

    /// A number below this one.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % (limit.max(1) as u64)).unwrap_or_default()
    }

    /// A number from 0 to 1.
    pub(super) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Whether something happens that does in so many of a thousand cases.
    pub(super) fn happens(&mut self, of_a_thousand: usize) -> bool {
        self.below(1000) < of_a_thousand
    }

    /// One of these, each with its weight.
    pub(super) fn weighted<T: Copy>(&mut self, of: &[(T, usize)]) -> Option<T> {
        let all: usize = of.iter().map(|(_, weight)| weight).sum();
        let mut at = self.below(all);
        of.iter().find_map(|(one, weight)| {
            let is_here = at < *weight;
            at = at.saturating_sub(*weight);
            is_here.then_some(*one)
        })
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
