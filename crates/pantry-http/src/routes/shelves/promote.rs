//! `POST /organizations/SHELF/shelf/promotions`: makes versions of another organization's cookbooks
//! available here, with what they need.

use hyper::StatusCode;
use pantry_model::Error;
use pantry_model::chef::NewPromotion;
use pantry_usecases::PromotedVersion;
use serde::Serialize;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;

/// What was promoted, or would be: 201 if anything was. What was named comes first.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let NewPromotion { from, cookbooks, is_dry_run } = NewPromotion::read(&call.object()?)?;
    let caller = call.caller()?;
    let promoted =
        call.usecases().promote_cookbooks(&caller, &from, &cookbooks, is_dry_run).await?;
    let is_done = !is_dry_run && promoted.iter().any(|one| one.is_new);
    let status = if is_done { StatusCode::CREATED } else { StatusCode::OK };
    let cookbooks: Vec<_> = promoted.iter().map(|one| line(one, is_dry_run)).collect();
    let to = call.organization()?;
    let body = json!({ "from": from, "to": to, "dry_run": is_dry_run, "cookbooks": cookbooks });
    Ok(Answer::json(status, &body))
}

/// A version, as it is told.
#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    version: String,
    result: &'static str,
    files: usize,
    bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    needed_by: Option<Needed<'a>>,
}

#[derive(Serialize)]
struct Needed<'a> {
    name: &'a str,
    version: String,
    constraint: &'a str,
}

fn line(one: &PromotedVersion, is_dry_run: bool) -> Line<'_> {
    let result = match (one.is_new, is_dry_run) {
        (false, _) => "present",
        (true, false) => "promoted",
        (true, true) => "promotable",
    };
    let needed_by = one.needed_by.as_ref().map(|need| Needed {
        name: &need.cookbook,
        version: need.version.to_string(),
        constraint: &need.constraint,
    });
    let (files, bytes, version) = (one.files, one.bytes, one.version.to_string());
    Line { name: &one.name, version, result, files, bytes, needed_by }
}
