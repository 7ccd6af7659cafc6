//! `GET cookbooks/NAME`: a cookbook of a shelf, with all its versions.

use pantry_model::Error;
use serde_json::{Map, Value, json};

use super::{date, said, shelf, version_url};
use crate::answer::Answer;
use crate::call::Call;

/// Shows a cookbook. What is not known here (ratings, followers, downloads) is what it is of a cookbook
/// that nobody has used yet.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let shelf = shelf(&call).await?;
    let found = call.usecases().show_on_shelf(&shelf, call.parameter("cookbook")).await?;
    let urls = found.versions.iter().map(|one| version_url(&call, &shelf, &found.name, *one));
    let urls: Vec<String> = urls.collect();
    let downloads: Map<String, Value> =
        found.versions.iter().map(|version| (version.to_string(), Value::from(0))).collect();
    Ok(Answer::ok(&json!({
        "name": *found.name,
        "maintainer": found.about.maintainer,
        "description": found.about.description,
        "category": "Other",
        "latest_version": urls.first(),
        "external_url": said(&found.about.source_url),
        "source_url": said(&found.about.source_url),
        "issues_url": said(&found.about.issues_url),
        "average_rating": null,
        "created_at": date(found.created_at),
        "updated_at": date(found.updated_at),
        "up_for_adoption": false,
        "deprecated": false,
        "versions": urls,
        "metrics": {
            "downloads": { "total": 0, "versions": downloads },
            "followers": 0,
            "collaborators": 0,
        },
    })))
}
