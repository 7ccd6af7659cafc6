//! `PUT nodes/NAME`: another content for a node that is there.

use pantry_model::Error;
use pantry_model::chef::Node;

use crate::answer::Answer;
use crate::call::Call;

/// Saves a node; the answer is what is stored now.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let node = Node::read_update(call.body(), call.parameter("name"))?;
    let caller = call.caller()?;
    call.usecases().update_node(&caller, &node).await?;
    Ok(Answer::ok(node.object()))
}
