//! The contents of files on their way into a Chef server, through sandboxes.
//!
//! A sandbox is asked for all contents, and says which the server does not have; those are sent, some
//! at a time, and then the sandbox is closed. What came through a closed sandbox can be named by the
//! manifest of a cookbook or of an artifact, and everything that uploads one of these goes this way.

use std::collections::BTreeMap;
use std::path::PathBuf;

use pantry_model::Md5;
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use super::client::ChefClient;
use super::error::ChefError;
use super::segment;
use crate::payload::Payload;

/// How many contents are on their way at once.
const AT_ONCE: usize = 10;

/// How many contents one sandbox is asked for: some 400 kB of JSON, which every server takes.
const IN_ONE_SANDBOX: usize = 10_000;

/// A content that is to be uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalContent {
    /// Its MD5.
    pub md5: Md5,
    /// The file that has it.
    pub path: PathBuf,
    /// Its length in bytes.
    pub size: u64,
}

/// How far an upload is. The same content in several files counts once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Uploaded {
    /// How many contents are there, of those that have been asked for.
    pub contents: usize,
    /// How many of these were sent.
    pub sent: usize,
    /// How many bytes these had.
    pub bytes_sent: u64,
}

#[derive(Serialize)]
struct Asked<'a> {
    checksums: BTreeMap<&'a Md5, ()>,
}

#[derive(Deserialize)]
struct Sandbox {
    sandbox_id: String,
    checksums: BTreeMap<Md5, State>,
}

#[derive(Deserialize)]
struct State {
    needs_upload: bool,
    url: Option<String>,
}

/// Sees to it that the server has all of these contents. `told` hears how far it is whenever one has
/// been sent.
pub async fn upload_contents(
    client: &ChefClient,
    contents: &[LocalContent],
    told: &mut (dyn FnMut(Uploaded) + Send),
) -> Result<Uploaded, ChefError> {
    let by_md5: BTreeMap<&Md5, &LocalContent> =
        contents.iter().map(|content| (&content.md5, content)).collect();
    let all: Vec<_> = by_md5.into_values().collect();
    let mut uploaded = Uploaded::default();
    for some in all.chunks(IN_ONE_SANDBOX) {
        through_one(client, some, &mut uploaded, told).await?;
    }
    Ok(uploaded)
}

async fn through_one(
    client: &ChefClient,
    contents: &[&LocalContent],
    uploaded: &mut Uploaded,
    told: &mut (dyn FnMut(Uploaded) + Send),
) -> Result<(), ChefError> {
    let checksums = contents.iter().map(|content| (&content.md5, ())).collect();
    let body =
        serde_json::to_vec(&Asked { checksums }).map_err(|error| ChefError::NotUnderstood {
            method: "POST".to_owned(),
            url: client.url().join("/sandboxes").to_string(),
            reason: error.to_string(),
        })?;
    // A sandbox that nobody knows of harms nobody: another may be made in its place.
    let mut sandbox: Sandbox = client.query("/sandboxes", body).await?;
    let mut missing = Vec::new();
    for content in contents {
        match sandbox.checksums.remove(&content.md5) {
            Some(State { needs_upload: false, .. }) => uploaded.contents += 1,
            Some(State { url: Some(url), .. }) => missing.push(((*content).clone(), url)),
            _ => return Err(no_link(client, &content.md5)),
        }
    }
    told(*uploaded);
    let mut missing = missing.into_iter();
    let mut sending = JoinSet::new();
    loop {
        while sending.len() < AT_ONCE
            && let Some((content, url)) = missing.next()
        {
            let client = client.clone();
            sending.spawn(async move {
                let LocalContent { md5, path, size } = content;
                client.send_to_link(&url, md5, Payload::File { path, size }).await.map(|()| size)
            });
        }
        match sending.join_next().await {
            None => break,
            Some(Ok(sent)) => {
                uploaded.bytes_sent += sent?;
                uploaded.contents += 1;
                uploaded.sent += 1;
                told(*uploaded);
            }
            // It has panicked, and the panic has been told.
            Some(Err(_)) => return Err(ChefError::Aborted),
        }
    }
    let path = format!("/sandboxes/{}", segment(&sandbox.sandbox_id));
    client.put(&path, br#"{"is_completed":true}"#.to_vec()).await?;
    Ok(())
}

fn no_link(client: &ChefClient, md5: &Md5) -> ChefError {
    ChefError::NotUnderstood {
        method: "POST".to_owned(),
        url: client.url().join("/sandboxes").to_string(),
        reason: format!("it does not say where the content {md5} is to go"),
    }
}
