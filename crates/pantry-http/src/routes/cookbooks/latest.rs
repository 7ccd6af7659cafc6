//! `GET cookbooks/_latest`: where the newest version of each cookbook is.

use std::fmt::Write;

use hyper::StatusCode;
use pantry_model::Error;
use pantry_model::chef::cookbook::NumVersions;

use super::{num_versions, separate};
use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Lists the newest versions.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let newest = NumVersions::UpTo(1);
    num_versions(&call, newest)?;
    let caller = call.caller()?;
    let cookbooks = call.usecases().list_cookbooks(&caller, newest).await?;
    let under = locations::url(&call, &["cookbooks"])?;
    let mut body = String::from("{");
    for cookbook in &cookbooks {
        for version in &cookbook.versions {
            separate(&mut body, '{');
            let name = &cookbook.name;
            let _ = write!(body, r#""{name}":"{under}/{name}/{version}""#);
        }
    }
    body.push('}');
    Ok(Answer::stored(StatusCode::OK, body))
}
