//! Giving a user another password.

use pantry_model::chef::users::Password;
use pantry_model::{Error, Permission};
use pantry_store::{Kind, Scope};

use super::UserRecord;
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_json;

impl UseCases {
    /// Gives a user another password; nothing else of it changes.
    pub async fn set_password(
        &self,
        caller: &Caller,
        name: &str,
        password: &Password,
    ) -> Result<(), Error> {
        self.permitted_user(caller, Permission::Update, name).await?;
        let hash = self.workshop.hash(password.expose().to_owned()).await?;
        self.decide_as(caller, |caller| {
            let hash = hash.clone();
            async move {
                let object = self.permitted_user(&caller, Permission::Update, name).await?;
                let record =
                    UserRecord { password: Some(hash), ..UserRecord::read(&object.document)? };
                let mut write = self.write_as(&caller);
                let read = object.document.hash;
                write.update(&Scope::Global, Kind::User, name, read, to_json(&record));
                Ok((write, ()))
            }
        })
        .await
    }
}
