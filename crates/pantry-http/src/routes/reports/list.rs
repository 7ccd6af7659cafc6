//! `GET reports/org/runs`: the runs of all nodes.

use pantry_model::Error;

use super::{asked, check_protocol, history};
use crate::answer::Answer;
use crate::call::Call;

/// The newest runs of all nodes that the caller may read.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    check_protocol(&call)?;
    let asked = asked(&call)?;
    let caller = call.caller()?;
    Ok(history(&call.usecases().list_runs(&caller, &asked).await?))
}
