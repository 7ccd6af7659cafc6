//! Listing who belongs to an application.

use pantry_model::{ApplicationName, Error, ObjectId, Permission};
use pantry_store::{Kind, Scope};

use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

impl UseCases {
    /// The names of the users that belong to an application, in byte order. A superuser who does
    /// not is none of them.
    pub async fn list_associations(
        &self,
        caller: &Caller,
        application: &ApplicationName,
    ) -> Result<Vec<String>, Error> {
        self.permitted_application(caller, Permission::Read, application).await?;
        let mut names: Vec<_> =
            self.associated(application).await?.into_iter().map(|(_, name)| name).collect();
        names.sort_unstable();
        Ok(names)
    }

    /// The id and the name of each user that belongs to an application, by id.
    pub(crate) async fn associated(
        &self,
        application: &ApplicationName,
    ) -> Result<Vec<(ObjectId, String)>, Error> {
        let scope = Scope::Application(application.clone());
        let names = self.store.names(&scope, Kind::Association).await.map_err(to_error)?;
        let ids = names.iter().map(|name| name.parse());
        let ids: Vec<ObjectId> = ids
            .collect::<Result<_, _>>()
            .map_err(|error| Error::Internal(format!("a stored association: {error}")))?;
        let users = self.store.places(&ids).await.map_err(to_error)?;
        // One that is deleted at this moment belongs to nothing.
        Ok(ids.into_iter().zip(users).filter_map(|(id, user)| Some((id, user?.name))).collect())
    }
}
