//! What the application has already that gets the cookbooks.

use std::collections::{BTreeMap, BTreeSet};

use pantry_berks::{Cookbook, RemoteCookbook};
use pantry_http_client::{ChefClient, ChefError, segment};
use pantry_model::Version;
use serde::Deserialize;

use crate::errors::CliError;

#[derive(Deserialize)]
struct Listed {
    versions: Vec<ListedVersion>,
}

#[derive(Deserialize)]
struct ListedVersion {
    version: String,
}

/// All versions that are there.
pub(super) async fn versions(client: &ChefClient) -> Result<BTreeSet<(String, Version)>, CliError> {
    let all: BTreeMap<String, Listed> = client.get_json("/cookbooks?num_versions=all").await?;
    let of_one = |(name, listed): (String, Listed)| {
        let versions = listed.versions.into_iter().filter_map(|one| one.version.parse().ok());
        versions.map(move |version| (name.clone(), version)).collect::<Vec<_>>()
    };
    Ok(all.into_iter().flat_map(of_one).collect())
}

/// Whether what is there of a version has just the same files.
pub(super) async fn has_the_same(
    client: &ChefClient,
    cookbook: &Cookbook,
) -> Result<bool, CliError> {
    let path =
        format!("/cookbooks/{}/{}", segment(cookbook.name.as_str()), segment(cookbook.version()));
    let body = client.get(&path).await?;
    let there = RemoteCookbook::read(&body).map_err(|error| ChefError::NotUnderstood {
        method: "GET".to_owned(),
        url: client.url().join(&path).to_string(),
        reason: error.to_string(),
    })?;
    let there: BTreeSet<_> =
        there.files.iter().map(|file| (file.path.as_str(), file.md5)).collect();
    Ok(cookbook.files.iter().map(|file| (file.path.as_str(), file.md5)).eq(there))
}
