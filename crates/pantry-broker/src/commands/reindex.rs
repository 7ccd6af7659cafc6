//! `admin reindex`.

use async_trait::async_trait;
use pantry_model::commands::reindex::{Reindex, ReindexShow, Reindexing};
use pantry_model::{Error, Principal};

use super::{Answer, Context};

#[async_trait]
impl Answer for Reindex {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<Reindexing, Error> {
        context.usecases.reindex(actor, self.application.as_ref()).await
    }
}

#[async_trait]
impl Answer for ReindexShow {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<Reindexing, Error> {
        context.usecases.reindexing(actor).await
    }
}
