//! `admin ledger` and `admin refusals`.

use async_trait::async_trait;
use pantry_model::commands::admin::{LedgerLine, LedgerList, Refusal, RefusalList};
use pantry_model::{Error, Principal};

use super::{Answer, Context};

/// The most lines that are listed at once.
const MOST: u32 = 10_000;

#[async_trait]
impl Answer for LedgerList {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<Vec<LedgerLine>, Error> {
        let (application, limit) = (self.application.as_ref(), self.limit.min(MOST));
        context.usecases.read_ledger(actor, application, self.after, limit).await
    }
}

#[async_trait]
impl Answer for RefusalList {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<Vec<Refusal>, Error> {
        context.usecases.read_refusals(actor, self.limit.min(MOST)).await
    }
}
