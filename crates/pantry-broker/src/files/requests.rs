//! What machines ask on the file service, beside contents.

use pantry_model::protocol::Request;
use pantry_model::{Error, MachineId, MessageType, Principal};

use super::session::Peer;

/// Answers a request.
pub(super) async fn answer(peer: &Peer, id: u64, request: Request, payload: &[u8]) {
    let to = (peer.connection, id);
    let Principal::Machine(machine) = &peer.principal else {
        let error = Error::Invalid("the file service answers requests of machines only".to_owned());
        return peer.house.fail(to, &error).await;
    };
    match dispatch(peer, machine, request, payload).await {
        // Whoever is gone needs no answer.
        Ok(answer) => drop(peer.house.answer(to, MessageType::Reply, &answer, None).await),
        Err(error) => peer.house.fail(to, &error).await,
    }
}

async fn dispatch(
    _peer: &Peer,
    _machine: &MachineId,
    request: Request,
    _payload: &[u8],
) -> Result<serde_json::Value, Error> {
    let name: String = request.command.chars().take(64).collect();
    Err(Error::Invalid(format!("the file service has no command `{name}`")))
}
