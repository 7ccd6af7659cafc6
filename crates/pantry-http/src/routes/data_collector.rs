//! `POST data-collector`: a message for a data collector, which clients of Chef's send by default of
//! each run's beginning and end.

use pantry_model::Error;
use pantry_model::chef::runs::Collected;
use serde_json::json;

use super::reports::report;
use crate::answer::Answer;
use crate::call::Call;

/// Records what is told of a run. Messages of anything else are taken, and not kept.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.reporter()?;
    if let Collected::Run(run) = Collected::read(&report(&call)?)? {
        call.usecases().record_run(&caller, *run).await?;
    }
    Ok(Answer::ok(&json!({})))
}
