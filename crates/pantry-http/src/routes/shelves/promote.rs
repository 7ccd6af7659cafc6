//! `POST /organizations/SHELF/shelf/promotions`: makes versions of another organization's cookbooks
//! available here, with what they need.

use hyper::StatusCode;
use pantry_model::Error;
use pantry_model::chef::NewPromotion;
use pantry_usecases::PromotedVersion;
use serde_json::{Value, json};

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
    let cookbooks: Vec<Value> = promoted.iter().map(|one| line(one, is_dry_run)).collect();
    let to = call.organization()?;
    let body = json!({ "from": from, "to": to, "dry_run": is_dry_run, "cookbooks": cookbooks });
    Ok(Answer::json(status, &body))
}

fn line(one: &PromotedVersion, is_dry_run: bool) -> Value {
    let result = match (one.is_new, is_dry_run) {
        (false, _) => "present",
        (true, false) => "promoted",
        (true, true) => "promotable",
    };
    let mut line = json!({
        "name": &*one.name,
        "version": one.version.to_string(),
        "result": result,
        "files": one.files,
        "bytes": one.bytes,
    });
    if let Some(need) = &one.needed_by {
        line["needed_by"] = json!({
            "name": &*need.cookbook,
            "version": need.version.to_string(),
            "constraint": &*need.constraint,
        });
    }
    line
}
