//! `POST cookbook_artifacts`: many cookbook artifacts at once, by name and identifier, as whoever runs a
//! policy needs them.

use hyper::StatusCode;
use pantry_model::Error;
use pantry_model::chef::cookbook::ArtifactsWanted;

use super::shown;
use crate::answer::Answer;
use crate::call::Call;

/// Shows cookbook artifacts, by name.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let wanted = ArtifactsWanted::read(call.body())?;
    let caller = call.caller()?;
    let views = call.usecases().show_cookbook_artifacts(&caller, &wanted).await?;
    let mut body = vec![b'{'];
    for (name, view) in views {
        if body.len() > 1 {
            body.push(b',');
        }
        // Names hold nothing that JSON would write otherwise.
        body.extend(format!("\"{name}\":").into_bytes());
        body.extend(shown(&call, &view)?);
    }
    body.push(b'}');
    Ok(Answer::stored(StatusCode::OK, body))
}
