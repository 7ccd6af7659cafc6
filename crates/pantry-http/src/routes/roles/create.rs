//! `POST roles`: a new role.

use pantry_model::Error;
use pantry_model::chef::Role;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Makes a role.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let role = Role::read_new(call.body())?;
    let caller = call.caller()?;
    call.usecases().create_role(&caller, &role).await?;
    locations::created(&call, &["roles", role.name().as_str()])
}
