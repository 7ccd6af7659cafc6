//! `PUT environments/NAME`: another content for an environment that is there, or another name.

use pantry_model::Error;
use pantry_model::chef::Environment;

use super::unchangeable;
use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Changes an environment; the answer is what is stored now, and where, if that is elsewhere.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let name = call.parameter("environment");
    if let Some(answer) = unchangeable(name) {
        return Ok(answer);
    }
    let new = Environment::read(call.body())?;
    let caller = call.caller()?;
    if call.usecases().update_environment(&caller, name, &new).await? {
        let uri = locations::url(&call, &["environments", new.name().as_str()])?;
        return Ok(Answer::created_at(&uri, new.object()));
    }
    Ok(Answer::ok(new.object()))
}
