//! What users ask of the server: each server command has its file here, named as in
//! `pantry-model/commands`.

mod acl;
mod admin;
mod app;
mod check;
mod client;
mod gc;
mod job;
mod member;
mod migrate_store;
mod reindex;
mod status;
mod user;

use std::sync::Arc;

use async_trait::async_trait;
use pantry_model::commands::user::HttpAddress;
use pantry_model::commands::{
    Command, acl as x, admin as a, app as p, check as k, client as c, gc as o, job as j,
    member as m, migrate_store as g, reindex as r, status as s, user as u,
};
use pantry_model::protocol::Request;
use pantry_model::{Error, Principal, Timestamp};
use pantry_usecases::UseCases;

use crate::machines::Machines;

pub(crate) use job::begin_watch;

/// What the server says of itself.
#[derive(Clone, Debug)]
pub struct About {
    /// Its version.
    pub version: String,
    /// Where it serves the Chef Server API, if it does.
    pub http: Option<HttpAddress>,
}

/// What commands work with.
pub(crate) struct Context {
    pub(crate) usecases: UseCases,
    pub(crate) machines: Arc<Machines>,
    pub(crate) about: About,
    pub(crate) started_at: Timestamp,
}

/// A server command's work: from its arguments to its answer.
#[async_trait]
pub(crate) trait Answer: Command {
    /// Does what is asked.
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        payload: Vec<u8>,
    ) -> Result<Self::Answer, Error>;
}

/// Does what a request asks for, and gives its answer as JSON.
pub(crate) async fn dispatch(
    context: &Context,
    actor: &Principal,
    request: Request,
    payload: Vec<u8>,
) -> Result<serde_json::Value, Error> {
    macro_rules! commands {
        ($($command:ty),* $(,)?) => {
            match request.command.as_str() {
                $(<$command>::NAME => {
                    run::<$command>(context, actor, request.arguments, payload).await
                })*
                other => Err(Error::Invalid(format!(
                    "this server (version {}) has no command `{}`",
                    context.about.version,
                    other.chars().take(64).collect::<String>()
                ))),
            }
        };
    }
    commands![
        x::AclGrant,
        x::AclRepair,
        x::AclRevoke,
        x::AclShow,
        a::LedgerList,
        a::RefusalList,
        p::AppCreate,
        p::AppDelete,
        p::AppList,
        k::Check,
        k::CheckShow,
        c::ClientCreate,
        c::ClientDelete,
        c::ClientList,
        c::ClientShow,
        o::Gc,
        o::GcShow,
        g::MigrateStore,
        g::MigrationCancel,
        g::MigrationShow,
        j::JobList,
        j::JobShow,
        j::JobStart,
        m::MemberAdd,
        m::MemberList,
        m::MemberRemove,
        r::Reindex,
        r::ReindexShow,
        s::Status,
        u::UserCreate,
        u::UserCredentials,
        u::UserDelete,
        u::UserKeys,
        u::UserList,
        u::UserPassword,
        u::UserShow,
    ]
}

async fn run<C: Answer>(
    context: &Context,
    actor: &Principal,
    arguments: serde_json::Value,
    payload: Vec<u8>,
) -> Result<serde_json::Value, Error> {
    let command: C = read(arguments)?;
    let answer = command.answer(context, actor, payload).await?;
    serde_json::to_value(answer).map_err(|error| Error::Internal(error.to_string()))
}

fn read<C: Command>(arguments: serde_json::Value) -> Result<C, Error> {
    serde_json::from_value(arguments)
        .map_err(|error| Error::Invalid(format!("the arguments of `{}`: {error}", C::NAME)))
}
