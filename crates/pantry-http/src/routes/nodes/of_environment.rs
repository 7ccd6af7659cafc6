//! `GET environments/NAME/nodes`: the nodes that are in an environment.

use pantry_model::Error;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Lists the nodes of an environment.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let environment = call.parameter("environment");
    let names = call.usecases().list_nodes_of_environment(&caller, environment).await?;
    locations::list(&call, &["nodes"], names)
}
