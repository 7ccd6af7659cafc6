//! `GET reports/org/runs/RUN`: a run.

use pantry_model::Error;
use pantry_model::chef::runs::RunShown;

use super::{check_protocol, run};
use crate::answer::Answer;
use crate::call::Call;

/// A run, with what it has changed.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    check_protocol(&call)?;
    let caller = call.caller()?;
    let report = call.usecases().show_run(&caller, run(&call)?).await?;
    Ok(Answer::ok(&RunShown::from(&report)))
}
