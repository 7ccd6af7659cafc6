//! `admin check`.

use async_trait::async_trait;
use pantry_model::commands::check::{Check, CheckShow, Checking};
use pantry_model::{Error, Principal};

use super::{Answer, Context};

#[async_trait]
impl Answer for Check {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<Checking, Error> {
        context.usecases.check(actor, self.read).await
    }
}

#[async_trait]
impl Answer for CheckShow {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<Checking, Error> {
        context.usecases.checking(actor).await
    }
}
