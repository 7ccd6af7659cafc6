//! `GET environments/NAME/cookbooks`: the cookbooks that an environment's nodes may use.

use pantry_model::Error;
use pantry_model::chef::cookbook::NumVersions;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::cookbooks::{listed, num_versions};

/// Lists cookbooks, with the newest version of each that may be used, or with more.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let number = num_versions(&call, NumVersions::UpTo(1))?;
    let caller = call.caller()?;
    let name = call.parameter("environment");
    listed(&call, &call.usecases().list_cookbooks_in_environment(&caller, name, number).await?)
}
