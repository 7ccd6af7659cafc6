//! Cookbooks: versions of them as they are sent and stored, what is read of many at once, and cookbook
//! artifacts, which are the same under an identifier of any kind.

mod artifact;
mod asked;
mod likeness;
mod manifest;
mod metadata;
mod new;
mod published;
mod summary;
mod view;

pub use artifact::{ArtifactOrigin, ArtifactsWanted, MAX_ARTIFACTS_AT_ONCE, NewCookbookArtifact};
pub use asked::{AskedVersion, NumVersions};
pub use likeness::Likeness;
pub use manifest::{ManifestForm, SEGMENTS};
pub use new::{NewCookbookVersion, frozen, is_frozen, read_version};
pub use published::{AboutCookbook, PublishedFile, PublishedVersion};
pub use summary::CookbookSummary;
pub use view::{Extent, write_cookbook};
