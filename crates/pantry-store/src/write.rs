//! What one commit changes, and what it relies on.

use std::fmt;

use pantry_model::{
    Acl, ApplicationName, Content, CurvePublicKey, Delivery, Job, ObjectId, Principal, Timestamp,
};
use pantry_query::Term;

use crate::document::{ContentHash, Kind, Scope};
use crate::generation::{Family, Generations};
use crate::ledger::Verb;
use crate::object::ActorKey;
use crate::search::Index;

/// One transaction: all of it happens, or nothing.
#[derive(Clone, Debug)]
pub struct Write {
    /// Who decided it; `None` for the server itself.
    pub actor: Option<Principal>,
    /// When.
    pub at: Timestamp,
    /// What must still be so, checked in the same transaction before anything changes.
    pub expects: Vec<Expect>,
    /// The generations that the decision rests on, by scope: as long as the named family's stands,
    /// so does the decision. Checked like `expects`; `None` is that there is no such application.
    pub generations: Vec<(Scope, Family, Option<Generations>)>,
    /// Contents that something in a scope must still hold, under their MD5s. Checked like `expects`.
    /// Whoever has a document hold what was looked up must say so: meanwhile it may have been deleted.
    pub contents: Vec<(Scope, Vec<Content>)>,
    /// What changes, in this order.
    pub changes: Vec<Change>,
    /// What the ledgers say of it, in this order within each scope.
    pub entries: Vec<Entry>,
}

impl Write {
    /// A write that does nothing yet.
    pub fn new(actor: Option<Principal>, at: Timestamp) -> Self {
        Self {
            actor,
            at,
            expects: Vec::new(),
            generations: Vec::new(),
            contents: Vec::new(),
            changes: Vec::new(),
            entries: Vec::new(),
        }
    }

    /// Makes an object that must not be there yet, and says so in the ledger.
    pub fn create(&mut self, scope: &Scope, kind: Kind, name: &str, body: Vec<u8>) {
        self.expect(scope, kind, name, None);
        let hash = ContentHash::of(&body);
        self.enter(scope, Verb::Create, kind, name, Some(hash));
        let name = name.to_owned();
        self.changes.push(Change::Put { scope: scope.clone(), kind, name, body });
    }

    /// Makes an object that must not be there yet, with its id and who may do what to it.
    pub fn create_object(
        &mut self,
        scope: &Scope,
        kind: Kind,
        name: &str,
        id: ObjectId,
        body: Vec<u8>,
        acl: Acl,
    ) {
        self.create(scope, kind, name, body);
        let (scope, name) = (scope.clone(), name.to_owned());
        self.changes.push(Change::Secure { scope, kind, name, id, acl });
    }

    /// Changes an object's content, which must still be what was read, and says so in the ledger.
    pub fn update(
        &mut self,
        scope: &Scope,
        kind: Kind,
        name: &str,
        read: ContentHash,
        body: Vec<u8>,
    ) {
        self.expect(scope, kind, name, Some(read));
        self.enter(scope, Verb::Update, kind, name, Some(ContentHash::of(&body)));
        let name = name.to_owned();
        self.changes.push(Change::Put { scope: scope.clone(), kind, name, body });
    }

    /// Deletes an object that must still have the content that was read, and says so in the ledger.
    pub fn delete(&mut self, scope: &Scope, kind: Kind, name: &str, read: ContentHash) {
        self.expect(scope, kind, name, Some(read));
        self.enter(scope, Verb::Delete, kind, name, None);
        let name = name.to_owned();
        self.changes.push(Change::Delete { scope: scope.clone(), kind, name });
    }

    /// Admits a key, and says so in the ledger of its owner's scope, by the key's hash.
    pub fn add_key(&mut self, scope: &Scope, key: CurvePublicKey, owner: Principal) {
        let hash = ContentHash::of(key.as_bytes());
        self.enter(scope, Verb::Create, Kind::Key, &owner.to_string(), Some(hash));
        self.changes.push(Change::AddKey { key, owner });
    }

    /// Rests on a document's content, or on its absence.
    pub fn expect(&mut self, scope: &Scope, kind: Kind, name: &str, read: Option<ContentHash>) {
        let (scope, name) = (scope.clone(), name.to_owned());
        self.expects.push(Expect { scope, kind, name, hash: read });
    }

    /// Rests on it that something in a scope holds these contents, under their MD5s.
    pub fn expect_held(&mut self, scope: &Scope, contents: Vec<Content>) {
        if !contents.is_empty() {
            self.contents.push((scope.clone(), contents));
        }
    }

    /// Adds a line to a ledger.
    pub fn enter(
        &mut self,
        scope: &Scope,
        verb: Verb,
        kind: Kind,
        name: &str,
        hash: Option<ContentHash>,
    ) {
        self.entries.push(Entry { scope: scope.clone(), verb, kind, name: name.to_owned(), hash });
    }
}

/// Something that was read and that the decision rests on: a document's content, or its absence.
/// An application that is not there has no documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expect {
    /// Where.
    pub scope: Scope,
    /// Which kind.
    pub kind: Kind,
    /// Which one.
    pub name: String,
    /// The content's hash; `None` if there must be no such document.
    pub hash: Option<ContentHash>,
}

/// One change. One that names an object by its id when there is none is
/// [`crate::StoreError::NoSuchObject`]; deleting an object ends its memberships, its members' and
/// its keys with it.
#[derive(Clone)]
pub enum Change {
    /// Makes the scope of an application, with a ledger that begins at position 1. If it is there
    /// already, the application's document is [`crate::StoreError::Moved`].
    OpenScope {
        /// The application.
        application: ApplicationName,
    },
    /// Deletes an application's scope with all that is in it: documents, keys, jobs, output and
    /// ledger. The `_global` entry of this write that deletes the application keeps the ledger's
    /// last position and hash.
    CloseScope {
        /// The application.
        application: ApplicationName,
    },
    /// Stores a document, in the place of the one of this name if there is one.
    Put {
        /// Where.
        scope: Scope,
        /// Which kind.
        kind: Kind,
        /// Which one.
        name: String,
        /// Its content.
        body: Vec<u8>,
    },
    /// Deletes a document, if it is there.
    Delete {
        /// Where.
        scope: Scope,
        /// Which kind.
        kind: Kind,
        /// Which one.
        name: String,
    },
    /// Deletes all documents of a kind whose names are under a parent's: `PARENT/NAME`.
    DeleteUnder {
        /// Where.
        scope: Scope,
        /// Which kind.
        kind: Kind,
        /// The parent's name.
        parent: String,
    },
    /// Changes by what a document, which is there, is found: terms that it no longer has go, and those
    /// that are new to it come. One that it has already, or does not have, is passed over. Whoever
    /// deletes a document takes its terms away first. No such document is
    /// [`crate::StoreError::Moved`]. All texts are [`storable`](pantry_query::storable).
    Index {
        /// In which index.
        index: Index,
        /// The document's name.
        name: String,
        /// What it is no longer found by.
        gone: Vec<Term>,
        /// What it is found by from now on, in any order.
        new: Vec<Term>,
    },
    /// Forgets all of an index, whose documents go as well ([`Change::DeleteUnder`]).
    DropIndex {
        /// Which.
        index: Index,
    },
    /// Begins to build an index anew, beside the one that is searched, unless that is going on in the
    /// way of today ([`FORMAT`](crate::search::FORMAT)): from now on [`Change::Index`] changes both.
    BeginIndex {
        /// Which.
        index: Index,
    },
    /// Adds a document, which is there, to an index that is being built; if none is, this does
    /// nothing.
    BuildIndex {
        /// Which.
        index: Index,
        /// The document's name.
        name: String,
        /// All that it is found by.
        terms: Vec<Term>,
    },
    /// Puts the index that is being built in the place of the one that is searched; if none is being
    /// built, this does nothing.
    FinishIndex {
        /// Which.
        index: Index,
    },
    /// Makes a document, which is there, hold these contents besides those that it holds. They are
    /// kept for as long as any document holds them, and a document's go with it. Within a scope an
    /// MD5 means one content: if something there holds another under it, or there is no such
    /// document, this is [`crate::StoreError::Moved`]. A content that is just being deleted, since
    /// nothing held it, is [`crate::StoreError::Unavailable`].
    Hold {
        /// Where.
        scope: Scope,
        /// Which kind.
        kind: Kind,
        /// Which one.
        name: String,
        /// What it holds from now on, in any order.
        contents: Vec<Content>,
        /// Other documents of this kind in this scope no longer hold them.
        taken_from: Option<Kind>,
    },
    /// Makes a document hold nothing, if it is there.
    Release {
        /// Where.
        scope: Scope,
        /// Which kind.
        kind: Kind,
        /// Which one.
        name: String,
    },
    /// Gives a document an id and an access control list, which makes it an object. An id is given
    /// once: one that is taken, or a document that has one already, is
    /// [`crate::StoreError::Broken`]. No such document is [`crate::StoreError::Moved`].
    Secure {
        /// Where.
        scope: Scope,
        /// Which kind.
        kind: Kind,
        /// Which one.
        name: String,
        /// What it is known by from now on.
        id: ObjectId,
        /// Who may do what to it.
        acl: Acl,
    },
    /// Gives a document another name; its id, members, keys and access control list stay. A name
    /// that is taken, or no such document, is [`crate::StoreError::Moved`] with that name.
    Rename {
        /// Where.
        scope: Scope,
        /// Which kind.
        kind: Kind,
        /// What it is called.
        name: String,
        /// What it is to be called.
        to: String,
    },
    /// Replaces an object's access control list.
    SetAcl {
        /// Whose.
        object: ObjectId,
        /// Who may do what to it.
        acl: Acl,
    },
    /// Makes one object a member of another, if it is not yet.
    AddMember {
        /// Of which.
        of: ObjectId,
        /// Who.
        member: ObjectId,
    },
    /// Ends a membership, if there is one.
    RemoveMember {
        /// Of which.
        of: ObjectId,
        /// Whose.
        member: ObjectId,
    },
    /// Stores an actor's key, in the place of the one of this name if there is one.
    PutActorKey {
        /// Whose.
        owner: ObjectId,
        /// The key.
        key: ActorKey,
    },
    /// Deletes an actor's key, if it is there.
    DeleteActorKey {
        /// Whose.
        owner: ObjectId,
        /// Which.
        name: String,
    },
    /// Admits a CURVE key. A key that is there already, anyone's, is [`crate::StoreError::KeyTaken`].
    AddKey {
        /// The key.
        key: CurvePublicKey,
        /// Whose it is.
        owner: Principal,
    },
    /// Removes all CURVE keys of an owner.
    RemoveKeys {
        /// Whose.
        owner: Principal,
    },
    /// Writes a job down, with its deliveries. If its id is taken, it is
    /// [`crate::StoreError::Moved`]: try another.
    AddJob {
        /// The job.
        job: Box<Job>,
        /// What its command reads.
        payload: Vec<u8>,
        /// A delivery for each client it goes to; their order does not matter.
        deliveries: Vec<Delivery>,
    },
    /// Deletes all runs of a node, which itself is there or not.
    ForgetRuns {
        /// Where.
        scope: Scope,
        /// The node's name.
        node: String,
    },
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Contents may be secret, so only what is changed is shown.
        match self {
            Self::OpenScope { application } => write!(f, "OpenScope({application})"),
            Self::CloseScope { application } => write!(f, "CloseScope({application})"),
            Self::Put { scope, kind, name, .. } => write!(f, "Put({scope} {kind:?} {name})"),
            Self::Delete { scope, kind, name } => write!(f, "Delete({scope} {kind:?} {name})"),
            Self::DeleteUnder { scope, kind, parent } => {
                write!(f, "DeleteUnder({scope} {kind:?} {parent}/)")
            }
            Self::Index { index, name, gone, new } => {
                write!(f, "Index({index} {name}: -{} +{})", gone.len(), new.len())
            }
            Self::DropIndex { index } => write!(f, "DropIndex({index})"),
            Self::BeginIndex { index } => write!(f, "BeginIndex({index})"),
            Self::BuildIndex { index, name, terms } => {
                write!(f, "BuildIndex({index} {name}: {})", terms.len())
            }
            Self::FinishIndex { index } => write!(f, "FinishIndex({index})"),
            Self::Hold { scope, kind, name, contents, .. } => {
                write!(f, "Hold({scope} {kind:?} {name}: {})", contents.len())
            }
            Self::Release { scope, kind, name } => write!(f, "Release({scope} {kind:?} {name})"),
            Self::Secure { scope, kind, name, id, .. } => {
                write!(f, "Secure({scope} {kind:?} {name} as {id})")
            }
            Self::Rename { scope, kind, name, to } => {
                write!(f, "Rename({scope} {kind:?} {name} to {to})")
            }
            Self::SetAcl { object, .. } => write!(f, "SetAcl({object})"),
            Self::AddMember { of, member } => write!(f, "AddMember({member} of {of})"),
            Self::RemoveMember { of, member } => write!(f, "RemoveMember({member} of {of})"),
            Self::PutActorKey { owner, key } => write!(f, "PutActorKey({} of {owner})", key.name),
            Self::DeleteActorKey { owner, name } => write!(f, "DeleteActorKey({name} of {owner})"),
            Self::AddKey { owner, .. } => write!(f, "AddKey({owner})"),
            Self::RemoveKeys { owner } => write!(f, "RemoveKeys({owner})"),
            Self::AddJob { job, deliveries, .. } => {
                write!(f, "AddJob({}, {} deliveries)", job.id, deliveries.len())
            }
            Self::ForgetRuns { scope, node } => write!(f, "ForgetRuns({scope} {node})"),
        }
    }
}

/// One line for a ledger; the commit gives it its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whose ledger.
    pub scope: Scope,
    /// What was done.
    pub verb: Verb,
    /// To what kind of object.
    pub kind: Kind,
    /// To which.
    pub name: String,
    /// The hash of its content afterwards; `None` for a deletion.
    pub hash: Option<ContentHash>,
}
