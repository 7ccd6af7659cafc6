//! What can be done in Pantry, each thing in a file of its own: authorize, validate, commit.
//!
//! There is no transport here. Whoever speaks to users and machines calls [`UseCases`] with the
//! principal or [`Caller`] that it has verified, and is itself called through [`Fleet`] when machines
//! must hear of what was done. Every use case first finds out whether its caller may.

mod acls;
mod actor_keys;
mod api_clients;
mod applications;
mod associations;
mod authorize;
mod callers;
mod chef_runs;
mod collection;
mod containers;
mod contents;
mod cookbook_artifacts;
mod cookbook_uses;
mod cookbooks;
mod data_bags;
mod environments;
mod fault;
pub mod first_start;
mod fleet;
mod follower;
mod groups;
mod indexing;
mod invitations;
mod job_files;
mod jobs;
mod key_ring;
mod ledger;
mod links;
mod machines;
mod members;
mod moving;
mod naming;
mod nodes;
mod objects;
mod password_hash;
mod policies;
mod policy_groups;
mod principals;
mod roles;
mod runs;
mod sandboxes;
mod search;
mod shelves;
mod solving;
mod status;
mod supermarket;
mod turns;
mod usecases;
mod users;
mod workshop;

pub use acls::{AclKind, AclOf, AclView};
pub use actor_keys::{KEY_READER, KeyOwner, KeySummary, KeyView, MadeKey, UpdatedKey};
pub use api_clients::{ApiClientView, CreatedApiClient, UpdatedApiClient};
pub use applications::{ApplicationView, CreatedApplication, NewApplication};
pub use callers::{Caller, Candidate, KnownActors};
pub use chef_runs::{MAX_RUN_DOCUMENTS_BYTES, RunContent, RunContents};
pub use contents::StoredFile;
pub use cookbook_artifacts::{ArtifactVersion, ListedArtifact};
pub use cookbook_uses::{ApplicationUses, CookbookUses, NodeUse, PolicyUse, SeenVersion};
pub use cookbooks::{
    Catalogue, CatalogueCookbook, CatalogueDependency, CatalogueVersion, CookbookView, CookbooksAt,
    ListedCookbook, SavedCookbook, VisibleCookbooks,
};
pub use fleet::{Fleet, Presence};
pub use follower::Follower;
pub use groups::GroupView;
pub use indexing::Indexer;
pub use invitations::{InvitationView, SentInvitation};
pub use job_files::{ArrivedFile, FileUpload, HeldFiles, Storing};
pub use jobs::NewJob;
pub use key_ring::KeyRing;
pub use links::{Files, Link, Links, READ_FOR, Ticket, UPLOAD_FOR};
pub use moving::{Gate, MoveError, Mover, OpenStore, Opened, Source, may_be_served};
pub use naming::Names;
pub use nodes::NodeIds;
/// A file's bytes as they are read, for whoever sends them on.
pub use pantry_blobs::{Reading, Workers};
pub use principals::{PrincipalView, Principals};
pub use runs::{RunsAsked, run_id};
pub use sandboxes::{CommittedSandbox, CreatedSandbox, Upload};
pub use search::{Found, FoundObject, SearchQuery, terms_of};
pub use shelves::{
    Adoption, AttachedShelf, MOST_ADOPTED_FROM, MOST_PROMOTED, MOST_SHELVES, Need, PromotedVersion,
    SharedVersion, ShelfView,
};
pub use solving::SolvedCookbook;
pub use supermarket::{
    CookbookArchive, MarketCookbook, MarketItem, MarketOrder, MarketPage, MarketVersion, OpenShelf,
};
pub use usecases::{Random, UseCases};
pub use users::{CreatedUser, NewCredentials, UpdatedUser, UserFilter, UserView};
pub use workshop::{KEYS_AHEAD, Workshop};
