//! `admin gc`.

use async_trait::async_trait;
use pantry_model::commands::gc::{Collecting, Gc, GcShow};
use pantry_model::{Error, Principal};

use super::{Answer, Context};

#[async_trait]
impl Answer for Gc {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<Collecting, Error> {
        context.usecases.gc(actor).await
    }
}

#[async_trait]
impl Answer for GcShow {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<Collecting, Error> {
        context.usecases.collecting(actor).await
    }
}
