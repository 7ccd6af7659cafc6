//! `GET reports/nodes/NODE/runs/RUN`: a run of this node.

use pantry_model::Error;
use pantry_model::chef::runs::RunShown;
use pantry_model::refusals::runs;

use super::{check_protocol, node, run};
use crate::answer::Answer;
use crate::call::Call;

/// A run, with what it has changed. To a node's path another's runs are none.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    check_protocol(&call)?;
    let caller = call.caller()?;
    let (node, run) = (node(&call)?, run(&call)?);
    let report = call.usecases().show_run(&caller, run).await?;
    if report.summary.node != node {
        return Err(runs::not_found(&run.to_string()).into());
    }
    Ok(Answer::ok(&RunShown::from(&report)))
}
