//! What a repair does to single objects, and what it says of that.

use std::collections::BTreeMap;

use pantry_model::{Acl, ObjectId, Permission};
use pantry_store::{Place, Write};

use crate::objects::{Named, join, set_acl};

/// An object of the application as it was found; or its place, and the id that it is to have, if it
/// has to be made.
pub(super) struct Found {
    pub(super) named: Named,
    pub(super) acl: Option<Acl>,
}

impl Found {
    /// Whether it has to be made.
    pub(super) fn is_new(&self) -> bool {
        self.acl.is_none()
    }
}

/// A repair on its way.
pub(super) struct Repair {
    pub(super) write: Write,
    pub(super) superuser: ObjectId,
    /// What holders are called in what is said.
    pub(super) called: BTreeMap<ObjectId, String>,
    /// What was put back, a phrase each.
    pub(super) said: Vec<String>,
}

impl Repair {
    /// Adds the superuser's entries.
    pub(super) fn with_superuser(&self, mut acl: Acl) -> Acl {
        acl.add_to_all(self.superuser);
        acl
    }

    /// Gives back what by default is held on an object and is not.
    pub(super) fn put_back(&mut self, object: &str, of: &Named, now: &Acl, default: &Acl) {
        let mut acl = now.clone();
        for permission in Permission::ALL {
            for &holder in default.holders(permission) {
                if !acl.holders(permission).contains(&holder) {
                    acl.add(permission, holder);
                    let holder = self.called.get(&holder).map_or("", String::as_str);
                    self.said.push(format!("{holder} holds {permission} on {object} again"));
                }
            }
        }
        if acl != *now {
            set_acl(&mut self.write, of, acl);
        }
    }

    /// Makes an object again.
    pub(super) fn make(&mut self, object: &str, of: &Named, body: Vec<u8>, acl: Acl) {
        let Place { scope, kind, name } = &of.place;
        self.write.create_object(scope, *kind, name, of.id, body, acl);
        self.said.push(format!("{object} is there again"));
    }

    /// Makes one a member of a group again.
    pub(super) fn put_in(&mut self, group: &Named, member: &Named) {
        join(&mut self.write, group, member);
        let (member, group) = (&member.place.name, &group.place.name);
        self.said.push(format!("{member} is in the group {group} again"));
    }

    /// Gives an object of the application its default permissions back, or makes it with them.
    pub(super) fn put_back_or_make(
        &mut self,
        kind: &str,
        found: &Found,
        body: Vec<u8>,
        default: Acl,
    ) {
        let object = format!("{kind}/{}", found.named.place.name);
        match &found.acl {
            Some(acl) => self.put_back(&object, &found.named, acl, &default),
            None => self.make(&object, &found.named, body, default),
        }
    }
}
