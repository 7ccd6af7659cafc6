//! `GET reports/nodes/NODE/runs`: the runs of one node.

use pantry_model::Error;

use super::{asked, check_protocol, history, node};
use crate::answer::Answer;
use crate::call::Call;

/// The newest runs of a node.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    check_protocol(&call)?;
    let asked = asked(&call)?;
    let caller = call.caller()?;
    Ok(history(&call.usecases().list_runs_of(&caller, &node(&call)?, &asked).await?))
}
