//! `app create|list|delete`.

use async_trait::async_trait;
use pantry_model::commands::app::{AppCreate, AppDelete, AppList, AppSummary};
use pantry_model::{Error, Principal};
use pantry_usecases::NewApplication;

use super::{Answer, Context};

#[async_trait]
impl Answer for AppCreate {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<AppSummary, Error> {
        let caller = context.usecases.caller(actor, None).await?;
        let new = NewApplication { name: self.application, full_name: None };
        Ok(context.usecases.create_application(&caller, new).await?.summary)
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
        let caller = context.usecases.caller(actor, Some(&self.application)).await?;
        context.usecases.delete_application(&caller, &self.application).await.map(drop)
    }
}
