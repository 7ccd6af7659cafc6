//! `app create|list|delete`.

use async_trait::async_trait;
use pantry_model::commands::app::{AppCreate, AppDelete, AppList, AppSummary};
use pantry_model::{Error, Principal};

use super::{Answer, Context};

#[async_trait]
impl Answer for AppCreate {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<AppSummary, Error> {
        context.usecases.create_application(actor, &self.application).await
    }
}

#[async_trait]
impl Answer for AppList {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<Vec<AppSummary>, Error> {
        context.usecases.list_applications(actor).await
    }
}

#[async_trait]
impl Answer for AppDelete {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<(), Error> {
        context.usecases.delete_application(actor, &self.application).await
    }
}
