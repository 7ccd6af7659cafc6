//! `GET cookbook_artifacts`: the identifiers of all.

use pantry_model::Error;
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Lists cookbook artifacts.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let all = call.usecases().list_cookbook_artifacts(&caller).await?;
    let under = locations::url(&call, &["cookbook_artifacts"])?;
    // Neither names nor identifiers hold anything that is escaped in a URL.
    let listed = all.into_iter().map(|artifact| {
        let url = format!("{under}/{}", artifact.name);
        let version = |identifier: &str| {
            json!({ "url": format!("{url}/{identifier}"), "identifier": identifier })
        };
        let versions = artifact.versions.iter().map(|one| version(&one.identifier));
        let versions: Vec<_> = versions.collect();
        (artifact.name, json!({ "url": url, "versions": versions }))
    });
    Ok(Answer::ok(&listed.collect::<Map<String, Value>>()))
}
