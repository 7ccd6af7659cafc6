//! Listing cookbook artifacts.

use std::collections::BTreeMap;

use pantry_model::chef::cookbook::ArtifactOrigin;
use pantry_model::refusals::cookbook_artifacts;
use pantry_model::{Error, Permission};

use super::{CONTAINER, KIND};
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;
use crate::shelves::Layer;

/// All cookbook artifacts of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedArtifact {
    /// Their name.
    pub name: String,
    /// By identifier in byte order.
    pub versions: Vec<ArtifactVersion>,
}

/// A cookbook artifact of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtifactVersion {
    /// What it is known by.
    pub identifier: String,
    /// Where it comes from; looked at only if those of one name are listed.
    pub origin: ArtifactOrigin,
}

impl UseCases {
    /// All cookbook artifacts, by name.
    pub async fn list_cookbook_artifacts(
        &self,
        caller: &Caller,
    ) -> Result<Vec<ListedArtifact>, Error> {
        let scope = self.scope_of(caller)?;
        self.container(caller, Permission::Read, &scope, CONTAINER).await?;
        let mut names = Vec::new();
        for Layer { scope, .. } in self.layers(&scope).await? {
            names.extend(self.store.names(&scope, KIND).await.map_err(to_error)?);
        }
        let mut pairs: Vec<_> = names.iter().filter_map(|name| name.split_once('/')).collect();
        // `/` stands between characters that names may hold.
        pairs.sort_unstable();
        pairs.dedup();
        let of_one = pairs.chunk_by(|one, next| one.0 == next.0);
        let listed = of_one.filter_map(|of_one| {
            let version = |(_, identifier): &(&str, &str)| ArtifactVersion {
                identifier: (*identifier).to_owned(),
                origin: ArtifactOrigin::default(),
            };
            let name = of_one.first()?.0.to_owned();
            Some(ListedArtifact { name, versions: of_one.iter().map(version).collect() })
        });
        Ok(listed.collect())
    }

    /// All cookbook artifacts of a name, with what is said of where they come from.
    pub async fn list_cookbook_artifact_versions(
        &self,
        caller: &Caller,
        name: &str,
    ) -> Result<ListedArtifact, Error> {
        let scope = self.scope_of(caller)?;
        let mut origins = BTreeMap::new();
        for Layer { scope, .. } in self.layers(&scope).await? {
            let stored = self.store.documents_under(&scope, KIND, name).await.map_err(to_error)?;
            for document in stored {
                let Some((_, identifier)) = document.name.split_once('/') else { continue };
                let origin = || ArtifactOrigin::of(&document.body);
                origins.entry(identifier.to_owned()).or_insert_with(origin);
            }
        }
        if origins.is_empty() {
            return Err(cookbook_artifacts::not_found().into());
        }
        self.container(caller, Permission::Read, &scope, CONTAINER).await?;
        let versions = origins.into_iter();
        let versions = versions.map(|(identifier, origin)| ArtifactVersion { identifier, origin });
        Ok(ListedArtifact { name: name.to_owned(), versions: versions.collect() })
    }
}
