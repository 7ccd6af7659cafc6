//! `client create|list|show|delete`.

use async_trait::async_trait;
use pantry_model::commands::client::{
    ClientCreate, ClientDelete, ClientList, ClientShow, ClientView,
};
use pantry_model::{Error, Principal};

use super::{Answer, Context};

#[async_trait]
impl Answer for ClientCreate {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<ClientView, Error> {
        context.usecases.create_machine(actor, self).await
    }
}

#[async_trait]
impl Answer for ClientList {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<Vec<ClientView>, Error> {
        context.usecases.list_machines(actor, &self.application, &self.target).await
    }
}

#[async_trait]
impl Answer for ClientShow {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<ClientView, Error> {
        context.usecases.show_machine(actor, &self.machine).await
    }
}

#[async_trait]
impl Answer for ClientDelete {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<(), Error> {
        context.usecases.delete_machine(actor, &self.machine).await
    }
}
