//! `admin migrate-store`.

use async_trait::async_trait;
use pantry_model::commands::migrate_store::{
    MigrateStore, Migration, MigrationCancel, MigrationShow,
};
use pantry_model::{Error, Principal};

use super::{Answer, Context};

#[async_trait]
impl Answer for MigrateStore {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<Migration, Error> {
        let file = self.password_file.as_deref();
        context.usecases.begin_store_move(actor, &self.to, file).await
    }
}

#[async_trait]
impl Answer for MigrationShow {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<Migration, Error> {
        context.usecases.store_move(actor).await
    }
}

#[async_trait]
impl Answer for MigrationCancel {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<Migration, Error> {
        context.usecases.cancel_store_move(actor).await
    }
}
