//! Finding who is known by a name, and finding again a caller whose standing may have changed.

use std::sync::Arc;

use pantry_model::refusals::request;
use pantry_model::{ApplicationName, Error, Principal};
use pantry_store::Scope;

use super::caller::Caller;
use super::known::KnownActors;
use crate::UseCases;
use crate::fault::to_error;

impl UseCases {
    /// Who a request may come from that gives this name, within an application or within none. What
    /// is in memory is used if the generations it rests on still stand.
    pub async fn known(
        &self,
        within: Option<&ApplicationName>,
        name: &str,
    ) -> Result<Arc<KnownActors>, Error> {
        let scope = within.map_or(Scope::Global, |name| Scope::Application(name.clone()));
        let key = (scope, name.to_owned());
        if let Some(known) = self.remembered(&key).await? {
            return Ok(known);
        }
        let read = self.store.actors(&key.0, name).await.map_err(to_error)?;
        let known = Arc::new(KnownActors::new(&key.0, name, read)?);
        // What nobody has is not kept: whoever makes names up would drive out those that are.
        if !known.candidates().is_empty() {
            self.known.insert(key, Arc::clone(&known));
        }
        Ok(known)
    }

    /// What is in memory of the actors of a name within a scope, if it still stands. It is as good as
    /// reading them, and costs no statement.
    pub(crate) async fn remembered(
        &self,
        key: &(Scope, String),
    ) -> Result<Option<Arc<KnownActors>>, Error> {
        let Some(known) = self.known.get(key) else { return Ok(None) };
        let now = self.store.generations(known.scopes()).await.map_err(to_error)?;
        Ok(known.stands(&now).then_some(known))
    }

    /// The caller that a verified connection belongs to, for a request about an application or
    /// about none.
    pub async fn caller(
        &self,
        principal: &Principal,
        within: Option<&ApplicationName>,
    ) -> Result<Caller, Error> {
        let (name, is_client) = match principal {
            Principal::User(user) => (user.as_str(), false),
            Principal::Machine(machine) => (machine.identity.as_str(), true),
        };
        let within = match principal {
            Principal::Machine(machine) => Some(&machine.application),
            Principal::User(_) => within,
        };
        let known = self.known(within, name).await?;
        let which = known.candidates().iter().position(|one| one.is_client() == is_client);
        which
            .and_then(|which| Caller::new(known, which, within.cloned(), None))
            .ok_or_else(|| request::unknown_actor(name).into())
    }

    /// The same caller, as it stands now; unknown if it has been deleted meanwhile.
    pub(crate) async fn again(&self, caller: &Caller) -> Result<Caller, Error> {
        let before = caller.actor()?;
        let known = self.known(caller.within(), caller.name()).await?;
        let which = known.candidates().iter().position(|one| one.actor.id == before.actor.id);
        which
            .and_then(|which| {
                Caller::new(known, which, caller.within().cloned(), caller.key_name())
            })
            .ok_or_else(|| request::unknown_actor(caller.name()).into())
    }
}
