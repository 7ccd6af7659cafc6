//! `GET cookbook_artifacts/NAME`: those of one name, and what is said of where they come from.

use pantry_model::Error;
use pantry_model::chef::cookbook::ArtifactOrigin;
use serde::Serialize;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

#[derive(Serialize)]
struct Version<'a> {
    url: String,
    identifier: &'a str,
    #[serde(flatten)]
    origin: &'a ArtifactOrigin,
}

/// Lists cookbook artifacts.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let name = call.parameter("artifact");
    let listed = call.usecases().list_cookbook_artifact_versions(&caller, name).await?;
    let url = locations::url(&call, &["cookbook_artifacts", name])?;
    let versions = listed.versions.iter().map(|one| Version {
        url: format!("{url}/{}", one.identifier),
        identifier: &one.identifier,
        origin: &one.origin,
    });
    let versions: Vec<_> = versions.collect();
    Ok(Answer::ok(&json!({ name: { "url": url, "versions": versions } })))
}
