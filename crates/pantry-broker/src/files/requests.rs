//! What machines ask on the file service, beside contents: what a run of Chef means for them, and that
//! one has ended.

use pantry_model::commands::Command;
use pantry_model::commands::chef_run::{
    ChefRunFinish, ChefRunPrepare, FinishedRun, PreparedRun, RunRecord,
};
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
    peer: &Peer,
    machine: &MachineId,
    request: Request,
    payload: &[u8],
) -> Result<serde_json::Value, Error> {
    match request.command.as_str() {
        ChefRunPrepare::NAME => told(prepare(peer, machine, read(request)?).await?),
        ChefRunFinish::NAME => told(finish(peer, machine, read(request)?, payload).await?),
        other => {
            let name: String = other.chars().take(64).collect();
            Err(Error::Invalid(format!("the file service has no command `{name}`")))
        }
    }
}

/// What is made for the run stays with the connection, which fetches it.
async fn prepare(
    peer: &Peer,
    machine: &MachineId,
    asked: ChefRunPrepare,
) -> Result<PreparedRun, Error> {
    let contents = peer.usecases().prepare_chef_run(machine, &asked, peer.house.http).await?;
    let prepared = contents.prepared();
    peer.prepared(asked.job, contents);
    Ok(prepared)
}

async fn finish(
    peer: &Peer,
    machine: &MachineId,
    ended: ChefRunFinish,
    payload: &[u8],
) -> Result<FinishedRun, Error> {
    let record: RunRecord = serde_json::from_slice(payload)
        .map_err(|error| Error::Invalid(format!("what a run has left: {error}")))?;
    peer.usecases().finish_chef_run(machine, ended, record).await
}

fn read<C: Command>(request: Request) -> Result<C, Error> {
    serde_json::from_value(request.arguments)
        .map_err(|error| Error::Invalid(format!("the arguments of `{}`: {error}", C::NAME)))
}

fn told(answer: impl serde::Serialize) -> Result<serde_json::Value, Error> {
    serde_json::to_value(answer).map_err(|error| Error::Internal(error.to_string()))
}
