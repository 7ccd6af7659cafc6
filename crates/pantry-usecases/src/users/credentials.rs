//! Giving a user the keys with which it speaks: a CURVE key, and the RSA key `default`.

use pantry_model::refusals::users;
use pantry_model::{CurvePublicKey, Error, Permission, Principal, UserName};
use pantry_store::{Change, Kind, Scope, Verb};

use crate::UseCases;
use crate::actor_keys::{DEFAULT_KEY, default_key, put_key};
use crate::callers::Caller;
use crate::fault::{done_but, to_error};
use crate::objects::Named;

/// The public halves of a user's new keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCredentials {
    /// Its CURVE key.
    pub curve_key: CurvePublicKey,
    /// Its RSA key.
    pub rsa_key: pantry_sign::PublicKey,
}

impl UseCases {
    /// Gives a user these keys. One that has keys already is refused, unless they are to be
    /// replaced: then its former keys are refused from then on, and its connections end.
    pub async fn give_credentials(
        &self,
        caller: &Caller,
        user: &UserName,
        new: &NewCredentials,
        replace: bool,
    ) -> Result<(), Error> {
        let owner = Principal::User(user.clone());
        let had_keys = self
            .decide_as(caller, |caller| {
                let owner = &owner;
                async move {
                    let place = (&Scope::Global, Kind::User, user.as_str());
                    let missing = || users::not_found(user.as_str());
                    let object =
                        self.permitted(&caller, Permission::Update, place, missing).await?;
                    let curve = self.store.curve_keys_of(owner).await.map_err(to_error)?;
                    let rsa = self.store.actor_keys(object.id).await.map_err(to_error)?;
                    let has_default = rsa.iter().any(|key| key.name == DEFAULT_KEY);
                    if !replace && (has_default || !curve.is_empty()) {
                        return Err(users::has_keys(user.as_str()).into());
                    }
                    let mut write = self.write_as(&caller);
                    if !curve.is_empty() {
                        write.changes.push(Change::RemoveKeys { owner: owner.clone() });
                        let name = owner.to_string();
                        write.enter(&Scope::Global, Verb::Delete, Kind::Key, &name, None);
                    }
                    write.add_key(&Scope::Global, new.curve_key, owner.clone());
                    let key = default_key(new.rsa_key.to_pem());
                    let verb = if has_default { Verb::Update } else { Verb::Create };
                    let named = Named::new(&Scope::Global, Kind::User, user.as_str(), object.id);
                    put_key(&mut write, &named, verb, key);
                    Ok((write, !curve.is_empty()))
                }
            })
            .await?;
        self.keys.refresh(self.store.as_ref(), &owner).await.map_err(done_but)?;
        if had_keys {
            self.fleet.part_with(std::slice::from_ref(&owner)).await;
        }
        Ok(())
    }
}
