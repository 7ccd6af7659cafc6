//! The cheapest set that has something in common with each of some sets.
//!
//! Both questions beside the search itself come down to it: which cookbooks have to be let off their
//! newest version so that an answer is possible, and whose constraints are to blame if there is none.
//! Each time the search fails, it names a set of which at least one has to give way.

use std::collections::BTreeSet;

use crate::universe::Id;

/// How many choices are looked at before the best one so far has to do.
const MAX_CHOICES: usize = 20_000;

/// The cheapest set with a member of each of these. Of those that cost the same it is the first, where
/// a set is tried in its order.
pub(crate) fn cheapest(sets: &[Vec<Id>], cost: impl Fn(Id) -> u64) -> BTreeSet<Id> {
    let mut best = Best { chosen: greedy(sets), cost: u64::MAX, choices: 0 };
    // A cheaper one is looked for; what is not worse than a greedy choice replaces it.
    best.cost = best.chosen.iter().map(|id| cost(*id)).sum::<u64>().saturating_add(1);
    choose(sets, &cost, (&mut BTreeSet::new(), 0), &mut best);
    best.chosen
}

struct Best {
    chosen: BTreeSet<Id>,
    cost: u64,
    choices: usize,
}

/// The first member of each set that is not yet met.
fn greedy(sets: &[Vec<Id>]) -> BTreeSet<Id> {
    let mut chosen = BTreeSet::new();
    for set in sets {
        if !set.iter().any(|id| chosen.contains(id)) {
            chosen.extend(set.first());
        }
    }
    chosen
}

fn choose(
    sets: &[Vec<Id>],
    cost: &impl Fn(Id) -> u64,
    (chosen, spent): (&mut BTreeSet<Id>, u64),
    best: &mut Best,
) {
    best.choices += 1;
    if spent >= best.cost || best.choices > MAX_CHOICES {
        return;
    }
    let unmet = sets.iter().filter(|set| !set.iter().any(|id| chosen.contains(id)));
    // The smallest first: it leaves the fewest choices.
    let Some(next) = unmet.min_by_key(|set| set.len()) else {
        (best.chosen, best.cost) = (chosen.clone(), spent);
        return;
    };
    for id in next {
        chosen.insert(*id);
        choose(sets, cost, (chosen, spent.saturating_add(cost(*id))), best);
        chosen.remove(id);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_other_set_is_cheaper(
            sets in prop::collection::vec(prop::collection::btree_set(0u32..7, 1..4), 0..6),
            costs in prop::collection::vec(1u64..5, 7),
        ) {
            let sets: Vec<Vec<Id>> = sets.into_iter().map(|set| set.into_iter().collect()).collect();
            let chosen = cheapest(&sets, |id| costs[id as usize]);
            let meets = |has: &dyn Fn(u32) -> bool| sets.iter().all(|set| set.iter().any(|id| has(*id)));
            prop_assert!(meets(&|id| chosen.contains(&id)));
            let spent: u64 = chosen.iter().map(|id| costs[*id as usize]).sum();
            for bits in 0u32..1 << 7 {
                if meets(&|id| bits >> id & 1 == 1) {
                    let other: u64 = (0..7).filter(|id| bits >> id & 1 == 1).map(|id| costs[id]).sum();
                    prop_assert!(spent <= other);
                }
            }
        }
    }
}
