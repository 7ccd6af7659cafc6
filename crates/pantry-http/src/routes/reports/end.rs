//! `POST reports/nodes/NODE/runs/RUN`: a node has ended a run.

use pantry_model::Error;
use pantry_model::chef::runs::{RunReport, RunView};
use serde_json::json;

use super::{check_protocol, node, report, run};
use crate::answer::Answer;
use crate::call::Call;

/// Records how a run went.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    check_protocol(&call)?;
    let caller = call.reporter()?;
    let ended = RunReport::read_end(node(&call)?, run(&call)?, &report(&call)?)?;
    let ended = call.usecases().record_run(&caller, ended).await?;
    Ok(Answer::ok(&json!({ "run_detail": RunView::from(&ended) })))
}
