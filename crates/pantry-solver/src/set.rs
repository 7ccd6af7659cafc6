//! Sets of version numbers, as pubgrub calculates with them.
//!
//! Numbers are whole, so spans that touch are one: the versions 3 and 4 of a cookbook with the same
//! dependency are the span 3 to 4, however they came together. That keeps sets short, which pubgrub's
//! own type, made for numbers with others in between, cannot.

use std::fmt;

use pubgrub::VersionSet;

use crate::universe::Span;

/// Spans in order, apart from each other, none empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Set(Vec<Span>);

impl Set {
    /// The set of a span.
    pub(crate) fn of(span: Span) -> Self {
        Self(if span.is_empty() { Vec::new() } else { vec![span] })
    }

    /// Its spans, in order.
    pub(crate) fn spans(&self) -> &[Span] {
        &self.0
    }

    /// The largest number, if there is one.
    pub(crate) fn last(&self) -> Option<u32> {
        self.0.last().map(|span| span.end - 1)
    }

    /// How many numbers it has.
    pub(crate) fn len(&self) -> u32 {
        self.0.iter().map(|span| span.end - span.start).sum()
    }
}

impl FromIterator<u32> for Set {
    /// The set of ascending numbers.
    fn from_iter<I: IntoIterator<Item = u32>>(numbers: I) -> Self {
        let mut spans: Vec<Span> = Vec::new();
        for number in numbers {
            match spans.last_mut() {
                Some(last) if last.end == number => last.end += 1,
                _ => spans.push(number..number + 1),
            }
        }
        Self(spans)
    }
}

impl fmt::Display for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl VersionSet for Set {
    type V = u32;

    fn empty() -> Self {
        Self(Vec::new())
    }

    fn singleton(number: u32) -> Self {
        Self::of(number..number + 1)
    }

    fn full() -> Self {
        Self::of(0..u32::MAX)
    }

    fn complement(&self) -> Self {
        let mut gaps = Vec::with_capacity(self.0.len() + 1);
        let mut from = 0;
        for span in &self.0 {
            if from < span.start {
                gaps.push(from..span.start);
            }
            from = span.end;
        }
        if from < u32::MAX {
            gaps.push(from..u32::MAX);
        }
        Self(gaps)
    }

    fn intersection(&self, other: &Self) -> Self {
        let mut common = Vec::new();
        let (mut ours, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(one), Some(two)) = (ours.peek(), theirs.peek()) {
            let (start, end) = (one.start.max(two.start), one.end.min(two.end));
            if start < end {
                common.push(start..end);
            }
            if one.end < two.end {
                ours.next();
            } else {
                theirs.next();
            }
        }
        Self(common)
    }

    fn contains(&self, number: &u32) -> bool {
        self.0.iter().any(|span| span.contains(number))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set(bits: u16) -> Set {
        (0..16)
            .filter(|bit| bits >> bit & 1 == 1)
            .fold(Set::empty(), |all, bit| all.union(&Set::singleton(bit)))
    }

    proptest! {
        #[test]
        fn sets_are_what_their_members_are(a in any::<u16>(), b in any::<u16>()) {
            let members = |set: &Set| (0..16).filter(|n| set.contains(n)).fold(0u16, |all, n| all | 1 << n);
            prop_assert_eq!(members(&set(a).intersection(&set(b))), a & b);
            prop_assert_eq!(members(&set(a).complement()), !a);
            prop_assert_eq!(set(a).union(&set(b)), set(a | b));
            prop_assert_eq!(set(a).is_disjoint(&set(b)), a & b == 0);
            prop_assert_eq!(set(a).subset_of(&set(b)), a & !b == 0);
            prop_assert_eq!(set(a).complement().complement(), set(a));
            prop_assert_eq!((0..16).filter(|bit| a >> bit & 1 == 1).collect::<Set>(), set(a));
            prop_assert_eq!(set(a).last(), (0..16).rev().find(|bit| a >> bit & 1 == 1));
            prop_assert_eq!(set(a).len(), a.count_ones());
        }
    }
}
