//! `POST environments`: an new environment.

use pantry_model::Error;
use pantry_model::chef::Environment;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Makes an environment.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let environment = Environment::read(call.body())?;
    let caller = call.caller()?;
    call.usecases().create_environment(&caller, &environment).await?;
    locations::created(&call, &["environments", environment.name().as_str()])
}
