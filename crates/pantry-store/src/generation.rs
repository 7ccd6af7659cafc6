//! Generations: how a cache, or a decision, knows that what it was made of still holds.
//!
//! Each scope has one for each family of objects: the position, in the scope's ledger, of the last
//! entry of a kind of that family. Whatever is derived from a family remembers the generations that
//! it read; while they stand it is true, on every server. A node's save moves none of them.

/// What changes together, and is cached together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Users, API clients, keys, groups, containers, access control lists, who belongs where.
    Security,
    /// Environments and roles.
    Environments,
    /// Cookbooks and their versions.
    Cookbooks,
}

/// Where a scope's families stand. A deleted application's namesake is another scope, so none of
/// its generations equals one of the former's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Generations {
    /// The scope's number, never used again.
    pub scope: i64,
    /// The last change of [`Family::Security`]; 0 if there was none.
    pub security: u64,
    /// The last change of [`Family::Environments`]; 0 if there was none.
    pub environments: u64,
    /// The last change of [`Family::Cookbooks`]; 0 if there was none.
    pub cookbooks: u64,
}

impl Generations {
    /// Where one family stands, and of which scope: what a cache that was made of this family alone
    /// compares.
    pub fn of(&self, family: Family) -> (i64, u64) {
        let position = match family {
            Family::Security => self.security,
            Family::Environments => self.environments,
            Family::Cookbooks => self.cookbooks,
        };
        (self.scope, position)
    }
}
