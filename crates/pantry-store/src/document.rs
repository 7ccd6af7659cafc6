//! Documents: objects stored as sent, found by scope, kind and name.

use std::fmt;

use pantry_model::{ApplicationName, Content, MachineId};
use sha2::{Digest, Sha256};

use crate::generation::Family;

/// What an object belongs to: an application, or none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// What belongs to no application: users, their keys, the list of applications.
    Global,
    /// What is an application's own.
    Application(ApplicationName),
}

impl Scope {
    /// The scope of a machine's objects.
    pub fn of(machine: &MachineId) -> Self {
        Self::Application(machine.application.clone())
    }

    /// The scope's stored name; no application can be called `_global`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Global => "_global",
            Self::Application(name) => name.as_str(),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $text:literal,)*) => {
        /// The kinds of objects, as they are stored and as the ledger names them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $($(#[$doc])* $kind,)* }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// The stored form.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $text,)* }
            }
        }
    };
}

kinds! {
    /// An application; in `_global`.
    Application = "application",
    /// A user; in `_global`.
    User = "user",
    /// A secret of the server itself, such as its CURVE key; in `_global`.
    Secret = "secret",
    /// A machine of an application.
    Machine = "machine",
    /// A CURVE key (no document: see [`crate::Change::AddKey`]); named by its owner.
    Key = "key",
    /// A job of an application (no document: see [`crate::Change::AddJob`]); named by its id.
    Job = "job",
    /// An API client of an application: who speaks for a machine in the Chef API.
    ApiClient = "api-client",
    /// A group of an application, or one of `_global`.
    Group = "group",
    /// A container: what holds all objects of a kind, and says who may make and list them.
    Container = "container",
    /// That a user belongs to an application; named by the user's id. Its one member is the user,
    /// and it is itself a member of the application's group `users`.
    Association = "association",
    /// That a user is asked to belong to an application; named by its own id. Its one member is the
    /// user.
    Invitation = "invitation",
    /// Which user has an e-mail address; in `_global`, named by the address in lower case.
    Email = "email",
    /// Which user has an identity elsewhere; in `_global`, named by that identity.
    ExternalIdentity = "external-identity",
    /// An RSA key of a user or API client (no document: see [`crate::Change::PutActorKey`]); named
    /// by its owner and its own name.
    ActorKey = "actor-key",
    /// What Chef knows of a machine.
    Node = "node",
    /// That a node is in an environment; named `ENVIRONMENT/NODE`. Only the node's own entries are
    /// in the ledger.
    NodeInEnvironment = "node-in-environment",
    /// A role: what a machine is for.
    Role = "role",
    /// An environment: which versions of cookbooks its nodes may use.
    Environment = "environment",
    /// A data bag, which holds items.
    DataBag = "data-bag",
    /// An item of a data bag; named `BAG/ITEM`. Items go with their bag.
    DataBagItem = "data-bag-item",
    /// A cookbook: it is there as long as it has a version, and holds who may do what to all of them.
    Cookbook = "cookbook",
    /// A version of a cookbook; named `COOKBOOK/VERSION`. It holds the contents of its files.
    CookbookVersion = "cookbook-version",
    /// What is read of a version by whoever looks at many: its dependencies, its recipes. Named and
    /// written as the version is, and not in the ledger.
    CookbookSummary = "cookbook-summary",
    /// A version of a cookbook as one file, as a Supermarket gives it: made when it is first wanted, named
    /// as the version is, and not in the ledger. It holds the file's content, and goes with the version.
    CookbookArchive = "cookbook-archive",
    /// A cookbook artifact: as a cookbook, for what is known by an identifier of any kind.
    CookbookArtifact = "cookbook-artifact",
    /// What a cookbook artifact is under one identifier; named `ARTIFACT/IDENTIFIER`. It holds the
    /// contents of its files.
    CookbookArtifactVersion = "cookbook-artifact-version",
    /// A policy, which has revisions.
    Policy = "policy",
    /// A revision of a policy; named `POLICY/REVISION`.
    PolicyRevision = "policy-revision",
    /// A policy group: which revision of each policy its nodes follow.
    PolicyGroup = "policy-group",
    /// That a policy group follows a revision of a policy; named `GROUP/POLICY`.
    PolicyInGroup = "policy-in-group",
    /// A sandbox: contents that are being uploaded. It holds those that are there.
    Sandbox = "sandbox",
    /// What a sandbox has left when it was closed, named as it was: it holds its contents until
    /// something that is made of them does, or for a while.
    Upload = "upload",
    /// Files that a user has stored to start a job with; in `_global`, named `USER/NUMBER`. It holds
    /// them, as what it says: not in the ledger.
    StagedFiles = "staged-files",
    /// Files that a job carries, in `_global`, named `APPLICATION/JOB`; or has brought from a machine,
    /// named `APPLICATION/JOB/IDENTITY`. It holds them likewise.
    JobFiles = "job-files",
    /// That an application is a shelf, and whose; in `_global`, named by the application. The shelf's
    /// own ledger says what is done to it.
    Shelf = "shelf",
    /// That an application may use a shelf; in the shelf's scope, named by the application.
    ShelfGrant = "shelf-grant",
    /// The shelves of an application, in order: one document, named as its kind is.
    Shelves = "shelves",
    /// That a version of a cookbook was promoted to this shelf (no document: the version's own line
    /// stands beside it); named `COOKBOOK/VERSION from APPLICATION`.
    Promotion = "promotion",
    /// An object's access control list (no document: see [`crate::Change::SetAcl`]); named by the
    /// object's kind and name.
    Acl = "acl",
}

impl Kind {
    /// The kind with this stored form.
    pub fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }

    /// The family whose generation a ledger entry of this kind moves.
    pub fn family(self) -> Option<Family> {
        match self {
            Self::Application
            | Self::User
            | Self::ApiClient
            | Self::Group
            | Self::Container
            | Self::Association
            | Self::ActorKey
            | Self::Shelf
            | Self::ShelfGrant
            | Self::Shelves
            | Self::Acl => Some(Family::Security),
            Self::Role | Self::Environment => Some(Family::Environments),
            Self::Cookbook | Self::CookbookVersion => Some(Family::Cookbooks),
            Self::Secret
            | Self::Machine
            | Self::Key
            | Self::Job
            | Self::Invitation
            | Self::Email
            | Self::ExternalIdentity
            | Self::Node
            | Self::NodeInEnvironment
            | Self::DataBag
            | Self::DataBagItem
            | Self::CookbookSummary
            | Self::CookbookArchive
            | Self::CookbookArtifact
            | Self::CookbookArtifactVersion
            | Self::Policy
            | Self::PolicyRevision
            | Self::PolicyGroup
            | Self::PolicyInGroup
            | Self::Promotion
            | Self::Sandbox
            | Self::Upload
            | Self::StagedFiles
            | Self::JobFiles => None,
        }
    }

    /// Whether servers keep something of this kind in memory that no generation watches over, so
    /// that one must hear of what another has entered: whom connections belong to, and what is to be
    /// sent on them.
    pub fn is_followed(self) -> bool {
        matches!(self, Self::Application | Self::User | Self::Machine | Self::Key | Self::Job)
    }
}

/// SHA-256 of an object's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ContentHash(pub [u8; 32]);

impl ContentHash {
    /// The hash of these bytes.
    pub fn of(content: &[u8]) -> Self {
        Self(Sha256::digest(content).into())
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// An object as it was stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    /// Its name, unique among its kind in its scope.
    pub name: String,
    /// The bytes that were put.
    pub body: Vec<u8>,
    /// Their hash, for [`crate::Expect`].
    pub hash: ContentHash,
}

/// A document and what it holds, by MD5.
pub type Holder = (Document, Vec<Content>);

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A body may be a secret.
        write!(f, "Document({}, {} bytes)", self.name, self.body.len())
    }
}
