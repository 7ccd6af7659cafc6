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
        let (application, user) = (&self.application, self.user.as_str());
        context.usecases.admit(&caller, application, user, self.admin).await
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
        context.usecases.expel(&caller, &self.application, self.user.as_str()).await
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
        context.usecases.list_members_and_admins(&caller, &self.application).await
    }
}
