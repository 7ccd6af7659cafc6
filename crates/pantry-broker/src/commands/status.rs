//! `status`.

use async_trait::async_trait;
use pantry_model::commands::status::{Status, StatusAnswer};
use pantry_model::{Error, Principal};

use super::{Answer, Context};

#[async_trait]
impl Answer for Status {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<StatusAnswer, Error> {
        let only = self.application.as_ref();
        let applications = context.usecases.application_status(actor, only).await?;
        let version = context.about.version.clone();
        Ok(StatusAnswer { version, started_at: context.started_at, applications })
    }
}
