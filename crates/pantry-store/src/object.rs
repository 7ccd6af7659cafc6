//! Objects that have an id and an access control list, and what is known of actors.
//!
//! Every object of the Chef API is one: a document whose id never changes, so that groups and
//! access control lists can name it whatever it is called.

use pantry_model::{Acl, ObjectId, Timestamp};

use crate::document::{Document, Kind, Scope};
use crate::generation::Generations;

/// A document with its id and its access control list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// The document.
    pub document: Document,
    /// What it is known by.
    pub id: ObjectId,
    /// Who may do what to it.
    pub acl: Acl,
}

/// Where an object is found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// In which scope.
    pub scope: Scope,
    /// Which kind.
    pub kind: Kind,
    /// Its name there.
    pub name: String,
}

/// An RSA public key of a user or API client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActorKey {
    /// Its name, unique among its owner's keys.
    pub name: String,
    /// PEM, as it was given.
    pub public_key: String,
    /// When it ends; `None` if it never does.
    pub expires_at: Option<Timestamp>,
}

/// A user or API client, with all that decides what it may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// [`Kind::User`] or [`Kind::ApiClient`].
    pub kind: Kind,
    /// Its document.
    pub document: Document,
    /// What it is known by.
    pub id: ObjectId,
    /// Who may do what to it.
    pub acl: Acl,
    /// Its keys, by name in byte order, expired ones too.
    pub keys: Vec<ActorKey>,
    /// Everything that it is a member of, directly or through other members: groups, associations,
    /// invitations. In order, each once.
    pub member_of: Vec<ObjectId>,
}

impl Actor {
    /// The object that it is.
    pub fn object(&self) -> Object {
        Object { document: self.document.clone(), id: self.id, acl: self.acl.clone() }
    }
}

/// The actors of one name that a request within a scope may come from, as they were at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actors {
    /// The user of this name, and the API client of the scope's application, in this order.
    pub actors: Vec<Actor>,
    /// Whether the user belongs to the application ([`Kind::Association`]).
    pub is_associated: bool,
    /// The generations that all of this rests on: those of `_global`, of the scope (`None` if there
    /// is no such application), and of every scope with something that an actor is a member of. In
    /// this order, each once, the last ones by name.
    pub generations: Vec<(Scope, Option<Generations>)>,
}
