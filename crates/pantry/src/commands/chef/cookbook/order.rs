//! In which order cookbooks are sent: each after those that it depends on, as far as these are sent as
//! well, so that nobody finds one there without them.

use std::collections::BTreeMap;

use pantry_berks::Cookbook;

/// The numbers of the cookbooks, in this order; where they depend on each other in a circle, in the
/// order in which they were named.
pub(super) fn sorted(cookbooks: &[Cookbook]) -> Vec<usize> {
    let needs = needs(cookbooks);
    let mut order = Vec::with_capacity(cookbooks.len());
    let mut left: Vec<usize> = (0..cookbooks.len()).collect();
    while !left.is_empty() {
        let is_ready = |at: &usize| {
            let needed = needs.get(*at).map(Vec::as_slice).unwrap_or_default();
            needed.iter().all(|needed| needed == at || order.contains(needed))
        };
        let next = left.iter().position(is_ready).unwrap_or(0);
        order.push(left.remove(next));
    }
    order
}

/// Of each cookbook, those that it depends on.
pub(super) fn needs(cookbooks: &[Cookbook]) -> Vec<Vec<usize>> {
    let mut named: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, cookbook) in cookbooks.iter().enumerate() {
        named.entry(cookbook.name.as_str()).or_default().push(at);
    }
    let of = |cookbook: &Cookbook| {
        let names = cookbook.metadata.dependencies().map(|(name, _)| name);
        names.filter_map(|name| named.get(name)).flatten().copied().collect()
    };
    cookbooks.iter().map(of).collect()
}
