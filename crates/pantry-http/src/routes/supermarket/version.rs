//! `GET cookbooks/NAME/versions/VERSION`: a version of a cookbook of a shelf, and where it is had as one
//! file.

use pantry_model::{Class, Error};
use serde_json::{Map, Value, json};

use super::{asked_version, said, shelf, url, version_url};
use crate::answer::Answer;
use crate::call::Call;

/// Shows a version. Its file is made if it is not there yet: whoever asks how large it is wants it next.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let shelf = shelf(&call).await?;
    let (usecases, asked) = (call.usecases(), asked_version(&call)?);
    let name = call.parameter("cookbook");
    let found = usecases.show_version_on_shelf(&shelf, name, asked).await?;
    let size = match usecases.archive_on_shelf(&shelf, &found.name, found.version).await {
        Ok(archive) => Some(archive.file.size),
        Err(Error::Refused(refusal)) if refusal.class == Class::TooLarge => None,
        Err(error) => return Err(error),
    };
    let map = |pairs: &[(String, String)]| {
        let pairs = pairs.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
        pairs.collect::<Map<_, _>>()
    };
    let own = version_url(&call, &shelf, &found.name, found.version);
    Ok(Answer::ok(&json!({
        "license": said(&found.about.license),
        "tarball_file_size": size,
        "version": found.version.to_string(),
        "published_at": null,
        "average_rating": null,
        "cookbook": url(&call, &shelf, &["cookbooks", &found.name]),
        "file": format!("{own}/download"),
        "quality_metrics": [],
        "supports": map(&found.about.platforms),
        "dependencies": map(&found.about.dependencies),
    })))
}
