//! `POST environments/NAME/cookbook_versions`: the cookbooks that a node with a run list gets.

use hyper::StatusCode;
use pantry_model::chef::cookbook::{Extent, ManifestForm};
use pantry_model::refusals::solving;
use pantry_model::{Error, Refusal, RunListItem};
use pantry_solver::Item;
use serde_json::Value;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::cookbooks::shown;

/// Solves the run list. The answer has the cookbooks by name in the order of the solution, each with
/// what a machine needs of it. If nothing fits, `?explain=true` adds how that follows.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let run_list = run_list(&call)?;
    let explain = call.query("explain").is_some_and(|value| value == "true");
    let caller = call.caller()?;
    let environment = call.parameter("environment");
    let usecases = call.usecases();
    let found = usecases.solve_in_environment(&caller, environment, &run_list, explain).await?;
    let form = ManifestForm::of(call.version());
    let mut body = Vec::new();
    for cookbook in &found {
        let before = if body.is_empty() { '{' } else { ',' };
        // Names hold nothing that JSON would write otherwise.
        body.extend_from_slice(format!(r#"{before}"{}":"#, cookbook.name).as_bytes());
        body.extend(shown(&call, &cookbook.view, form, Extent::Minimal)?);
    }
    body.extend_from_slice(if body.is_empty() { b"{}" } else { b"}" });
    Ok(Answer::stored(StatusCode::OK, body))
}

/// The run list that was sent; an empty one if none was.
fn run_list(call: &Call) -> Result<Vec<Item>, Refusal> {
    let items = match call.object()?.remove("run_list") {
        None => return Ok(Vec::new()),
        Some(Value::Array(items)) => items,
        Some(_) => return Err(solving::invalid_run_list()),
    };
    let item = |item: Value| {
        let Value::String(text) = item else { return None };
        let item: RunListItem = text.parse().ok()?;
        match item.recipe() {
            Some(recipe) => recipe.parse().ok(),
            // Who asks has put the recipes of roles in their place: no cookbook is called like that.
            None => Some(Item { cookbook: text, version: None }),
        }
    };
    items.into_iter().map(|it| item(it).ok_or_else(solving::invalid_run_list)).collect()
}
