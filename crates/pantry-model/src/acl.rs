//! Who may do what to one object: five permissions, each with those who hold it.
//!
//! A holder is an actor (user or API client) or a group, named by its [`ObjectId`]. Whether an actor
//! may do something is then a question of set membership: is the actor itself, or any group that it
//! is in, directly or through other groups, among the holders? A holder that no longer exists is
//! nobody, since ids are never used again.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::object_id::ObjectId;

/// What can be permitted, in the order in which the Chef API lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// Make something in it: nodes in the container `nodes`.
    Create,
    /// See it.
    Read,
    /// Change it.
    Update,
    /// Delete it.
    Delete,
    /// See and change who may do what to it.
    Grant,
}

impl Permission {
    /// All five.
    pub const ALL: [Self; 5] = [Self::Create, Self::Read, Self::Update, Self::Delete, Self::Grant];

    /// As the Chef API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Grant => "grant",
        }
    }

    /// The permission that is written so.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.as_str() == text)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The access control list of one object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acl {
    create: Vec<ObjectId>,
    read: Vec<ObjectId>,
    update: Vec<ObjectId>,
    delete: Vec<ObjectId>,
    grant: Vec<ObjectId>,
}

/// The stored form of an access control list is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are no access control list")]
pub struct InvalidAcl;

impl Acl {
    /// The list by which one actor may do everything, and nobody else anything.
    pub fn of_creator(creator: ObjectId) -> Self {
        let mut acl = Self::default();
        acl.add_to_all(creator);
        acl
    }

    /// Those who hold a permission, in the order in which they were given it.
    pub fn holders(&self, permission: Permission) -> &[ObjectId] {
        match permission {
            Permission::Create => &self.create,
            Permission::Read => &self.read,
            Permission::Update => &self.update,
            Permission::Delete => &self.delete,
            Permission::Grant => &self.grant,
        }
    }

    /// Gives a permission to exactly these; one that is named twice holds it once.
    pub fn set(&mut self, permission: Permission, holders: Vec<ObjectId>) {
        let kept = self.holders_mut(permission);
        kept.clear();
        for holder in holders {
            if !kept.contains(&holder) {
                kept.push(holder);
            }
        }
    }

    /// Gives a permission to one more.
    pub fn add(&mut self, permission: Permission, holder: ObjectId) {
        let holders = self.holders_mut(permission);
        if !holders.contains(&holder) {
            holders.push(holder);
        }
    }

    /// Gives all five permissions to one more.
    pub fn add_to_all(&mut self, holder: ObjectId) {
        Permission::ALL.into_iter().for_each(|permission| self.add(permission, holder));
    }

    /// Takes a permission from one.
    pub fn remove(&mut self, permission: Permission, holder: ObjectId) {
        self.holders_mut(permission).retain(|one| *one != holder);
    }

    /// Takes all five permissions from one.
    pub fn remove_from_all(&mut self, holder: ObjectId) {
        Permission::ALL.into_iter().for_each(|permission| self.remove(permission, holder));
    }

    /// Whether a permission is held by anyone for whom `is_holder` is true: the actor itself or a
    /// group that it is in.
    pub fn permits(&self, permission: Permission, is_holder: impl Fn(&ObjectId) -> bool) -> bool {
        self.holders(permission).iter().any(is_holder)
    }

    fn holders_mut(&mut self, permission: Permission) -> &mut Vec<ObjectId> {
        match permission {
            Permission::Create => &mut self.create,
            Permission::Read => &mut self.read,
            Permission::Update => &mut self.update,
            Permission::Delete => &mut self.delete,
            Permission::Grant => &mut self.grant,
        }
    }

    /// The stored form: for each permission in order, how many hold it (four bytes, big-endian), and
    /// their ids.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for permission in Permission::ALL {
            let holders = self.holders(permission);
            let count = u32::try_from(holders.len()).unwrap_or(u32::MAX);
            bytes.extend(count.to_be_bytes());
            holders.iter().for_each(|holder| bytes.extend(holder.0));
        }
        bytes
    }

    /// Reads the stored form.
    pub fn from_bytes(mut bytes: &[u8]) -> Result<Self, InvalidAcl> {
        let mut acl = Self::default();
        for permission in Permission::ALL {
            let (count, rest) = bytes.split_first_chunk::<4>().ok_or(InvalidAcl)?;
            let count = usize::try_from(u32::from_be_bytes(*count)).map_err(|_| InvalidAcl)?;
            let length = count.checked_mul(16).ok_or(InvalidAcl)?;
            let (holders, rest) = rest.split_at_checked(length).ok_or(InvalidAcl)?;
            let (holders, _) = holders.as_chunks::<16>();
            *acl.holders_mut(permission) = holders.iter().copied().map(ObjectId).collect();
            bytes = rest;
        }
        if bytes.is_empty() { Ok(acl) } else { Err(InvalidAcl) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(number: u8) -> ObjectId {
        ObjectId([number; 16])
    }

    #[test]
    fn only_holders_are_permitted_and_only_what_they_hold() {
        let mut acl = Acl::of_creator(id(1));
        acl.set(Permission::Read, vec![id(2), id(3), id(2)]);
        assert_eq!(acl.holders(Permission::Read), [id(2), id(3)]);
        assert!(acl.permits(Permission::Read, |holder| *holder == id(3)));
        assert!(!acl.permits(Permission::Read, |holder| *holder == id(1)));
        assert!(acl.permits(Permission::Grant, |holder| *holder == id(1)));
        acl.remove_from_all(id(1));
        assert!(!acl.permits(Permission::Grant, |_| true));
    }

    proptest! {
        #[test]
        fn the_stored_form_reads_back(lists in prop::collection::vec(prop::collection::btree_set(any::<u8>(), 0..9), 5)) {
            let mut acl = Acl::default();
            for (permission, holders) in Permission::ALL.into_iter().zip(lists) {
                acl.set(permission, holders.into_iter().map(id).collect());
            }
            prop_assert_eq!(Acl::from_bytes(&acl.to_bytes()), Ok(acl));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(acl) = Acl::from_bytes(&bytes) {
                prop_assert_eq!(acl.to_bytes(), bytes);
            }
        }
    }
}
