//! `POST nodes`: a new node.

use pantry_model::Error;
use pantry_model::chef::Node;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Makes a node.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let node = Node::read_new(call.body())?;
    let caller = call.caller()?;
    call.usecases().create_node(&caller, &node).await?;
    locations::created(&call, &["nodes", node.name().as_str()])
}
