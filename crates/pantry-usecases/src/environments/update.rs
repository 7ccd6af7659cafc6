//! Changing an environment, and giving it another name.

use pantry_model::chef::{Environment, check_environment_may_change};
use pantry_model::refusals::environments;
use pantry_model::{Error, Permission};
use pantry_store::{Change, ContentHash, Kind, Verb};

use super::ENVIRONMENTS;
use crate::UseCases;
use crate::callers::Caller;
use crate::collection::replace;
use crate::search;

impl UseCases {
    /// Gives the environment of this name another content and, if that says so, another name; tells
    /// whether it did. Nodes keep the name that they say.
    pub async fn update_environment(
        &self,
        caller: &Caller,
        name: &str,
        new: &Environment,
    ) -> Result<bool, Error> {
        check_environment_may_change(name)?;
        let scope = self.scope_of(caller)?;
        self.decide_as(caller, |caller| {
            let scope = &scope;
            async move {
                let there = self.one_of(&caller, Permission::Update, &ENVIRONMENTS, name).await?;
                let mut write = self.write_as(&caller);
                let (kind, body, to) = (Kind::Environment, new.object().to_json(), new.name());
                if to.as_str() == name {
                    replace(&mut write, (scope, kind), &there, body)?;
                    return Ok((write, false));
                }
                if self.find(scope, kind, to.as_str()).await?.is_some() {
                    return Err(environments::taken().into());
                }
                write.expect(scope, kind, name, Some(there.document.hash));
                write.expect(scope, kind, to.as_str(), None);
                write.enter(scope, Verb::Delete, kind, name, None);
                let hash = ContentHash::of(&body);
                write.enter(scope, Verb::Create, kind, to.as_str(), Some(hash));
                let (from, to) = (name.to_owned(), to.to_string());
                let (place, renamed) = (scope.clone(), to.clone());
                write.changes.push(Change::Rename { scope: place, kind, name: from, to });
                let (place, name, after) = (scope.clone(), renamed.clone(), body.clone());
                write.changes.push(Change::Put { scope: place, kind, name, body });
                search::rename(&mut write, (scope, kind), &there.document, (&renamed, &after))?;
                Ok((write, true))
            }
        })
        .await
    }
}
