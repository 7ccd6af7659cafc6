//! What a plan finds, once its leaves are looked up.
//!
//! Lists of numbers are sorted, so that two of them are put together in one pass. What is not in a list
//! is kept as that list, and only if the answer itself is such a one it is taken from all that there is:
//! `a AND NOT b` is what is in `a` and not in `b`, and nobody needs to know what else there is.

use std::borrow::Cow;

use crate::plan::{Formula, Plan};

/// Sorted and distinct numbers.
type List<'a> = Cow<'a, [u64]>;

/// Some numbers, or all but some.
enum Set<'a> {
    These(List<'a>),
    AllBut(List<'a>),
}

impl Plan {
    /// Whether [`evaluate`](Self::evaluate) must be told of all objects.
    pub fn needs_all(&self) -> bool {
        is_complement(self.formula())
    }

    /// The numbers of the objects that this plan finds, sorted. For each leaf, `found` has what it found,
    /// and `all` is all that there is; both sorted and distinct. `all` may be empty where it is not
    /// needed ([`needs_all`](Self::needs_all)). A leaf for which nothing is there has found nothing.
    pub fn evaluate(&self, found: &[Vec<u64>], all: &[u64]) -> Vec<u64> {
        match set(self.formula(), found) {
            Set::These(list) => list.into_owned(),
            Set::AllBut(list) => difference(all, &list),
        }
    }
}

fn is_complement(formula: &Formula) -> bool {
    match formula {
        Formula::All => true,
        Formula::Leaf(_) => false,
        Formula::Not(inner) => !is_complement(inner),
        Formula::And(inner) => inner.iter().all(is_complement),
        Formula::Or(inner) => inner.iter().any(is_complement),
    }
}

fn set<'a>(formula: &Formula, found: &'a [Vec<u64>]) -> Set<'a> {
    match formula {
        Formula::All => Set::AllBut(List::default()),
        Formula::Leaf(number) => {
            Set::These(found.get(*number).map_or_else(List::default, |list| list.as_slice().into()))
        }
        Formula::Not(inner) => match set(inner, found) {
            Set::These(list) => Set::AllBut(list),
            Set::AllBut(list) => Set::These(list),
        },
        Formula::And(inner) => {
            let (these, others) = apart(inner, found);
            let others = union(others);
            match intersection(these) {
                None => Set::AllBut(others),
                Some(these) if others.is_empty() => Set::These(these),
                Some(these) => Set::These(difference(&these, &others).into()),
            }
        }
        Formula::Or(inner) => {
            let (these, others) = apart(inner, found);
            let these = union(these);
            match intersection(others) {
                None => Set::These(these),
                Some(others) => Set::AllBut(difference(&others, &these).into()),
            }
        }
    }
}

/// The lists of those that are some, and of those that are all but some.
fn apart<'a>(formulas: &[Formula], found: &'a [Vec<u64>]) -> (Vec<List<'a>>, Vec<List<'a>>) {
    let (mut these, mut others) = (Vec::new(), Vec::new());
    for formula in formulas {
        match set(formula, found) {
            Set::These(list) => these.push(list),
            Set::AllBut(list) => others.push(list),
        }
    }
    (these, others)
}

fn union(mut lists: Vec<List<'_>>) -> List<'_> {
    lists.retain(|list| !list.is_empty());
    match lists.len() {
        0 | 1 => lists.pop().unwrap_or_default(),
        _ => {
            let mut all = lists.concat();
            // A sort that finds what is sorted already, and merges it.
            all.sort();
            all.dedup();
            all.into()
        }
    }
}

/// What is in all of them; `None` if there are none.
fn intersection(mut lists: Vec<List<'_>>) -> Option<List<'_>> {
    lists.sort_by_key(|list| list.len());
    let mut lists = lists.into_iter();
    let mut common = lists.next()?;
    for list in lists {
        if common.is_empty() {
            break;
        }
        let mut among = Among::new(&list);
        common.to_mut().retain(|&number| among.has(number));
    }
    Some(common)
}

fn difference(list: &[u64], without: &[u64]) -> Vec<u64> {
    let mut among = Among::new(without);
    list.iter().copied().filter(|&number| !among.has(number)).collect()
}

/// A list that is asked for larger and larger numbers.
struct Among<'a>(&'a [u64]);

impl<'a> Among<'a> {
    fn new(list: &'a [u64]) -> Self {
        Self(list)
    }

    /// Whether it is there. Smaller ones are passed in steps that double, so a short list is looked up
    /// in a long one without reading that.
    fn has(&mut self, number: u64) -> bool {
        let mut step = 1;
        while let Some((passed, rest)) = self.0.split_at_checked(step) {
            if passed.last().is_none_or(|&last| last >= number) {
                break;
            }
            self.0 = rest;
            step *= 2;
        }
        let window = self.0.get(..step).unwrap_or(self.0);
        let passed = window.partition_point(|&known| known < number);
        self.0 = self.0.get(passed..).unwrap_or_default();
        self.0.first() == Some(&number)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn any_formula() -> impl Strategy<Value = Formula> {
        let leaf = prop_oneof![4 => (0..4_usize).prop_map(Formula::Leaf), 1 => Just(Formula::All)];
        leaf.prop_recursive(4, 24, 4, |inner| {
            let several = prop::collection::vec(inner.clone(), 0..4);
            prop_oneof![
                inner.prop_map(|inner| Formula::Not(Box::new(inner))),
                several.clone().prop_map(Formula::And),
                several.prop_map(Formula::Or),
            ]
        })
    }

    fn holds(formula: &Formula, number: u64, found: &[Vec<u64>]) -> bool {
        match formula {
            Formula::All => true,
            Formula::Leaf(leaf) => found[*leaf].contains(&number),
            Formula::Not(inner) => !holds(inner, number, found),
            Formula::And(inner) => inner.iter().all(|it| holds(it, number, found)),
            Formula::Or(inner) => inner.iter().any(|it| holds(it, number, found)),
        }
    }

    proptest! {
        #[test]
        fn it_finds_what_the_formula_says(
            formula in any_formula(),
            found in prop::collection::vec(prop::collection::btree_set(0..40_u64, 0..40), 4),
        ) {
            let found: Vec<Vec<u64>> = found.into_iter().map(BTreeSet::into_iter).map(Iterator::collect).collect();
            let all: Vec<u64> = (0..40).collect();
            let plan = Plan::new(Vec::new(), formula);
            let naive: Vec<u64> =
                all.iter().copied().filter(|&it| holds(plan.formula(), it, &found)).collect();
            prop_assert_eq!(&plan.evaluate(&found, &all), &naive);
            if !plan.needs_all() {
                prop_assert_eq!(&plan.evaluate(&found, &[]), &naive);
            }
        }
    }
}
