//! Letting a user into an application at once, without asking the user.

use pantry_model::{ApplicationName, Error, Permission};

use crate::UseCases;
use crate::callers::Caller;

impl UseCases {
    /// Makes a user belong to an application. Only a superuser may do it without an invitation.
    pub async fn create_association(
        &self,
        caller: &Caller,
        application: &ApplicationName,
        user: &str,
    ) -> Result<(), Error> {
        self.decide_as(caller, |caller| async move {
            let user = self.known_user(user).await?;
            caller.require_superuser(Permission::Create)?;
            self.application(application).await?;
            let mut write = self.write_as(&caller);
            self.associate(&mut write, application, &user).await?;
            Ok((write, ()))
        })
        .await
    }
}
