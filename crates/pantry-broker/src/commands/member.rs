//! `app member add|remove|list`.

use async_trait::async_trait;
use pantry_model::commands::member::{Member, MemberAdd, MemberList, MemberRemove};
use pantry_model::{Error, Principal};

use super::{Answer, Context};

#[async_trait]
impl Answer for MemberAdd {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<(), Error> {
        let caller = context.usecases.caller(actor, Some(&self.application)).await?;
        context.usecases.add_member(&caller, &self.user, self.admin).await
    }
}

#[async_trait]
impl Answer for MemberRemove {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<(), Error> {
        let caller = context.usecases.caller(actor, Some(&self.application)).await?;
        context.usecases.remove_member(&caller, &self.user).await
    }
}

#[async_trait]
impl Answer for MemberList {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<Vec<Member>, Error> {
        let caller = context.usecases.caller(actor, Some(&self.application)).await?;
        context.usecases.list_members(&caller).await
    }
}
