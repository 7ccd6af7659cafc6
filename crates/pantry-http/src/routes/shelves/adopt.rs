//! `POST /organizations/SHELF/shelf/adoptions`: finds versions of cookbooks that several organizations
//! have with the same contents, and makes one copy of each here.

use hyper::StatusCode;
use pantry_model::Error;
use pantry_model::chef::NewAdoption;
use pantry_usecases::{Adoption, SharedVersion};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;

/// What was found, and what became of it: 201 if anything was copied.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let asked = NewAdoption::read(&call.object()?)?;
    let caller = call.caller()?;
    let (usecases, applications) = (call.usecases(), asked.applications.as_slice());
    let found = if asked.is_dry_run {
        usecases.shared_cookbooks(&caller, applications).await?
    } else {
        let which = (asked.cookbooks.as_deref(), asked.freeze);
        usecases.adopt_cookbooks(&caller, applications, which).await?
    };
    let is_done = found.iter().any(|one| one.state == Adoption::Done);
    let status = if is_done { StatusCode::CREATED } else { StatusCode::OK };
    let cookbooks: Vec<Value> = found.iter().map(line).collect();
    let shelf = call.organization()?;
    let body = json!({ "shelf": shelf, "dry_run": asked.is_dry_run, "cookbooks": cookbooks });
    Ok(Answer::json(status, &body))
}

fn line(one: &SharedVersion) -> Value {
    let result = match one.state {
        Adoption::Possible => "adoptable",
        Adoption::Done => "adopted",
        Adoption::There => "present",
        Adoption::Other => "other",
    };
    json!({
        "name": &*one.name,
        "version": one.version.to_string(),
        "applications": one.applications,
        "files": one.files,
        "bytes": one.bytes,
        "result": result,
    })
}
