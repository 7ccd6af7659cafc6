//! `POST reports/nodes/NODE/runs`: a node begins a run.

use pantry_model::Error;
use pantry_model::chef::runs::{RunReport, RunView};
use serde::Serialize;

use super::{check_protocol, node, report};
use crate::answer::Answer;
use crate::call::Call;

#[derive(Serialize)]
struct Begun {
    uri: String,
    /// Whether resources are not to be sent, which very old clients ask.
    summary_only: bool,
    run_detail: RunView,
}

/// Records that a run has begun.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    check_protocol(&call)?;
    let caller = call.reporter()?;
    let begun = RunReport::read_start(node(&call)?, &report(&call)?)?;
    let begun = call.usecases().record_run(&caller, begun).await?;
    let (organization, summary) = (call.organization()?.as_str(), &begun.summary);
    let (node, id) = (summary.node.as_str(), summary.id.to_string());
    let uri = call.url(&["organizations", organization, "reports", "nodes", node, "runs", &id]);
    let run_detail = RunView::from(&begun);
    Ok(Answer::created_at(&uri, &Begun { uri: uri.clone(), summary_only: false, run_detail }))
}
