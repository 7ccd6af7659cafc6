//! `DELETE data/BAG`: a data bag goes, with all its items.

use pantry_model::Error;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;

/// Deletes a data bag.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let name = call.parameter("bag");
    call.usecases().delete_data_bag(&caller, name).await?;
    let was = json!({ "name": name, "json_class": "Chef::DataBag", "chef_type": "data_bag" });
    Ok(Answer::ok(&was))
}
