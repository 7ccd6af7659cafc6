//! `GET environments/NAME/cookbooks/COOKBOOK`: the versions of a cookbook that an environment's nodes
//! may use.

use pantry_model::Error;
use pantry_model::chef::cookbook::NumVersions;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::cookbooks::{listed, num_versions};

/// Lists the versions: all that may be used, or fewer.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let number = num_versions(&call, NumVersions::All)?;
    let caller = call.caller()?;
    let of = (call.parameter("environment"), call.parameter("cookbook"));
    let usecases = call.usecases();
    let cookbook = usecases.list_cookbook_versions_in_environment(&caller, of, number).await?;
    listed(&call, [&cookbook])
}
