//! `app acl show|grant|revoke|repair`.

use async_trait::async_trait;
use pantry_model::commands::acl::{AclGrant, AclLine, AclRepair, AclRevoke, AclShow};
use pantry_model::{Error, Principal};

use super::{Answer, Context};

#[async_trait]
impl Answer for AclShow {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<Vec<AclLine>, Error> {
        let caller = context.usecases.caller(actor, Some(&self.application)).await?;
        context.usecases.acl_lines(&caller, &self.object).await
    }
}

#[async_trait]
impl Answer for AclGrant {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<(), Error> {
        let caller = context.usecases.caller(actor, Some(&self.application)).await?;
        let Self { object, permissions, holder, .. } = &self;
        context.usecases.grant_permissions(&caller, object, permissions, holder).await
    }
}

#[async_trait]
impl Answer for AclRevoke {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<(), Error> {
        let caller = context.usecases.caller(actor, Some(&self.application)).await?;
        let Self { object, permissions, holder, .. } = &self;
        context.usecases.revoke_permissions(&caller, object, permissions, holder).await
    }
}

#[async_trait]
impl Answer for AclRepair {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<Vec<String>, Error> {
        let caller = context.usecases.caller(actor, Some(&self.application)).await?;
        context.usecases.repair_acls(&caller).await
    }
}
