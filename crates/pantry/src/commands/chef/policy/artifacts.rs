//! Cookbooks on their way to a server as artifacts, which are known by what is in them.

use std::collections::{BTreeMap, BTreeSet};

use pantry_berks::{Cookbook, Manifest, Naming};
use pantry_http_client::{ChefClient, ChefError, segment};
use serde::Deserialize;
use tokio::task::JoinSet;

use super::super::contents;
use super::lock::Locked;
use crate::errors::CliError;
use crate::print::Print;

/// How many manifests are on their way at once.
const AT_ONCE: usize = 10;

/// There is one already.
const CONFLICT: u16 = 409;

/// A cookbook that is to become an artifact.
#[derive(Debug)]
pub(super) struct Artifact {
    /// What it is to be known by.
    pub(super) identifier: String,
    /// The cookbook.
    pub(super) cookbook: Cookbook,
}

/// What a server has: the identifiers by the names.
#[derive(Debug)]
pub(super) struct There(BTreeMap<String, BTreeSet<String>>);

#[derive(Deserialize)]
struct Listed {
    versions: Vec<Version>,
}

#[derive(Deserialize)]
struct Version {
    identifier: String,
}

impl There {
    /// Whether a cookbook is there as it is locked.
    pub(super) fn has(&self, locked: &Locked) -> bool {
        let known = self.0.get(locked.name.as_str());
        known.is_some_and(|identifiers| identifiers.contains(&locked.identifier))
    }
}

/// What the server has.
pub(super) async fn there(client: &ChefClient) -> Result<There, ChefError> {
    let all: BTreeMap<String, Listed> = client.get_json("/cookbook_artifacts").await?;
    let identifiers = |listed: Listed| listed.versions.into_iter().map(|it| it.identifier);
    Ok(There(all.into_iter().map(|(name, it)| (name, identifiers(it).collect())).collect()))
}

/// Sends the contents of these, and then each of them. One that somebody else has sent meanwhile is
/// as good.
pub(super) async fn upload(
    client: &ChefClient,
    artifacts: Vec<Artifact>,
    print: &mut Print,
) -> Result<(), CliError> {
    let version = client.api_version();
    let mut manifests = Vec::new();
    for Artifact { identifier, cookbook } in &artifacts {
        let manifest = Manifest::new(cookbook, Naming::Artifact(identifier), false, version);
        let body =
            serde_json::to_vec(&manifest).map_err(|error| CliError::Nonsense(error.to_string()))?;
        let (name, identifier) = (segment(cookbook.name.as_str()), segment(identifier));
        manifests.push((format!("/cookbook_artifacts/{name}/{identifier}"), body));
    }
    let files: Vec<_> = artifacts.iter().flat_map(|it| &it.cookbook.files).collect();
    if !files.is_empty() {
        contents::send(client, files, print).await?;
    }
    put(client, manifests).await?;
    Ok(())
}

async fn put(client: &ChefClient, manifests: Vec<(String, Vec<u8>)>) -> Result<(), ChefError> {
    let mut manifests = manifests.into_iter();
    let mut sending = JoinSet::new();
    loop {
        while sending.len() < AT_ONCE
            && let Some((path, body)) = manifests.next()
        {
            let client = client.clone();
            sending.spawn(async move { client.put(&path, body).await });
        }
        match sending.join_next().await {
            None => return Ok(()),
            Some(Ok(Ok(_))) => {}
            Some(Ok(Err(ChefError::Refused(refused)))) if refused.status == CONFLICT => {}
            Some(Ok(Err(error))) => return Err(error),
            // It has panicked, and the panic has been told.
            Some(Err(_)) => return Err(ChefError::Aborted),
        }
    }
}
