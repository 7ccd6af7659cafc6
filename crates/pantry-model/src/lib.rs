//! Pantry's values: what they are, how they are written, and what follows from them.
//!
//! No IO, no async, no clock. Names are parsed once where they enter ([`names`]); who speaks is a
//! [`Principal`]; what is said is a [`Message`] whose body is a document of [`protocol`] or
//! [`commands`]; and what becomes of a job on each machine is the table in [`delivery`].

pub mod acl;
pub mod attributes;
pub mod chef;
pub mod commands;
pub mod constraint;
pub mod content;
pub mod cookbook_metadata;
pub mod delivery;
pub mod error;
pub mod job;
pub mod json;
pub mod key;
pub mod message;
pub mod names;
pub mod object_id;
pub mod principal;
pub mod protocol;
pub mod refusals;
pub mod run_list;
pub mod stream;
pub mod target;
pub mod time;
pub mod tree;
pub mod version;

pub use acl::{Acl, Permission};
pub use constraint::{Comparison, Constraint};
pub use content::{Content, Md5, Sha256};
pub use cookbook_metadata::CookbookMetadata;
pub use delivery::{DeliveryEvent, DeliveryState};
pub use error::{Error, ErrorCode};
pub use job::{Chunk, Delivery, Ending, Incarnation, Job, JobId, Order, OutputStream};
pub use json::Json;
pub use key::{CurveKeyPair, CurvePublicKey, CurveSecretKey};
pub use message::{Message, MessageType, Metadata};
pub use names::{
    ApplicationName, ContainerName, CookbookArtifactIdentifier, CookbookName, DataBagItemId,
    DataBagName, EnvironmentName, GroupName, Identity, KeyName, MachineId, NodeName,
    PolicyGroupName, PolicyName, PolicyRevisionId, RoleName, UserName,
};
pub use object_id::ObjectId;
pub use principal::Principal;
pub use refusals::{Class, Detail, Form, Refusal};
pub use run_list::{RunList, RunListItem};
pub use stream::Stream;
pub use target::{IdentityGlob, Placement, Target};
pub use time::{Clock, Timestamp};
pub use version::Version;
