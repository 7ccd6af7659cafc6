//! A proven caller.

use std::fmt;
use std::sync::Arc;

use pantry_model::refusals::request;
use pantry_model::{Acl, ApplicationName, Error, ObjectId, Permission, Principal};
use pantry_store::{Family, Object, Write};

use super::known::{Candidate, KnownActors};
use crate::first_start::{ADMINISTRATOR, SUPERUSER};

/// Whether a user has the rights that are above every access control list: may call what is for
/// superusers only, and is let into every application without belonging to it.
fn is_superuser(principal: &Principal) -> bool {
    matches!(principal, Principal::User(user) if [SUPERUSER, ADMINISTRATOR].contains(&user.as_str()))
}

/// Someone who has proven who they are, with what was known of them at that moment. Cheap to clone.
#[derive(Clone)]
pub struct Caller {
    known: Arc<KnownActors>,
    which: usize,
    within: Option<ApplicationName>,
    key: Option<String>,
}

impl Caller {
    /// The candidate at this place of what is known has proven to be the caller, within this
    /// application or none, by the key of this name or otherwise. `None` if there is no such place.
    pub fn new(
        known: Arc<KnownActors>,
        which: usize,
        within: Option<ApplicationName>,
        key: Option<String>,
    ) -> Option<Self> {
        (which < known.candidates().len()).then_some(Self { known, which, within, key })
    }

    fn candidate(&self) -> Option<&Candidate> {
        self.known.candidates().get(self.which)
    }

    /// Who it is. A caller always is someone; the error is a fault of the server's own.
    pub(crate) fn actor(&self) -> Result<&Candidate, Error> {
        self.candidate().ok_or_else(|| Error::Internal("a caller who is nobody".to_owned()))
    }

    /// Who it is.
    pub fn principal(&self) -> Option<&Principal> {
        self.candidate().map(|candidate| &candidate.principal)
    }

    /// What it calls itself.
    pub fn name(&self) -> &str {
        self.candidate().map_or("", |candidate| candidate.actor.document.name.as_str())
    }

    /// What it is known by.
    pub fn id(&self) -> Option<ObjectId> {
        self.candidate().map(|candidate| candidate.actor.id)
    }

    /// Whether it is an API client, and not a user.
    pub fn is_client(&self) -> bool {
        self.candidate().is_some_and(Candidate::is_client)
    }

    /// Whether it is a superuser.
    pub fn is_superuser(&self) -> bool {
        self.principal().is_some_and(is_superuser)
    }

    /// Whether it is let into the application that the request is about: it belongs to it, or is a
    /// superuser. Whoever does not has nothing of the groups there that it may still be in.
    pub(crate) fn belongs(&self) -> bool {
        self.is_superuser() || self.candidate().is_some_and(|one| self.known.belongs(one))
    }

    /// The application that the request is about, if it is about one.
    pub fn within(&self) -> Option<&ApplicationName> {
        self.within.as_ref()
    }

    /// The name of the key that the request was signed with; `None` if it was not signed, or with
    /// another's key for it.
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// Whether this is one of its names: its own id, or that of something it is a member of.
    pub(crate) fn is_or_is_in(&self, id: &ObjectId) -> bool {
        self.candidate().is_some_and(|candidate| {
            candidate.actor.id == *id || candidate.actor.member_of.binary_search(id).is_ok()
        })
    }

    /// Whether it holds a permission by this list.
    pub(crate) fn holds(&self, permission: Permission, acl: &Acl) -> bool {
        acl.permits(permission, |holder| self.is_or_is_in(holder))
    }

    /// Nothing if it holds a permission on an object, else the refusal that says so.
    pub(crate) fn require(&self, permission: Permission, object: &Object) -> Result<(), Error> {
        if self.holds(permission, &object.acl) {
            Ok(())
        } else {
            Err(request::missing_permission(permission).into())
        }
    }

    /// Nothing if it is a superuser, else the refusal that says what it lacks.
    pub(crate) fn require_superuser(&self, lacking: Permission) -> Result<(), Error> {
        if self.is_superuser() { Ok(()) } else { Err(request::missing_permission(lacking).into()) }
    }

    /// Makes a write rest on what was known of the caller.
    pub(crate) fn answer_for(&self, write: &mut Write) {
        let rests_on = self.known.rests_on();
        write.generations.extend(rests_on.map(|(scope, at)| (scope.clone(), Family::Security, at)));
    }

    pub(crate) fn key_name(&self) -> Option<String> {
        self.key.clone()
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Caller({})", self.name())
    }
}
