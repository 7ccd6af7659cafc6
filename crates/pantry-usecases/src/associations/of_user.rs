//! Listing the applications that a user belongs to.

use pantry_model::{ApplicationName, Error, ObjectId, Permission};
use pantry_store::{Kind, Place, Scope};

use crate::UseCases;
use crate::applications::ApplicationView;
use crate::callers::Caller;
use crate::fault::to_error;

impl UseCases {
    /// The applications that a user belongs to, by name: all of them for itself and a superuser,
    /// and for others those that they belong to as well.
    pub async fn applications_of_user(
        &self,
        caller: &Caller,
        user: &str,
    ) -> Result<Vec<ApplicationView>, Error> {
        let user = self.known_user(user).await?;
        let is_self = caller.id() == Some(user.id);
        if !is_self {
            caller.require(Permission::Read, &user)?;
        }
        let mut names = self.belongs_to(user.id).await?;
        if !is_self && !caller.is_superuser() {
            names = self.shared_with(caller, names).await?;
        }
        let mut views = Vec::with_capacity(names.len());
        for name in names {
            // One that is deleted at this moment is none any more.
            if let Some(object) =
                self.find(&Scope::Global, Kind::Application, name.as_str()).await?
            {
                views.push(ApplicationView::of(&name, &object)?);
            }
        }
        Ok(views)
    }

    /// The applications that a user belongs to, by name.
    pub(crate) async fn belongs_to(&self, user: ObjectId) -> Result<Vec<ApplicationName>, Error> {
        let own = user.to_string();
        let member_of = self.store.member_of(user).await.map_err(to_error)?;
        let applications = member_of.into_iter().filter_map(|(_, place)| match place {
            Place { scope: Scope::Application(application), kind: Kind::Association, name } => {
                (name == own).then_some(application)
            }
            _ => None,
        });
        Ok(applications.collect())
    }

    /// Those of these applications that the caller belongs to.
    async fn shared_with(
        &self,
        caller: &Caller,
        names: Vec<ApplicationName>,
    ) -> Result<Vec<ApplicationName>, Error> {
        let own = caller.id().map(|id| id.to_string()).unwrap_or_default();
        let place = |application: &ApplicationName| Place {
            scope: Scope::Application(application.clone()),
            kind: Kind::Association,
            name: own.clone(),
        };
        let places: Vec<Place> = names.iter().map(place).collect();
        let ids = self.store.ids(&places).await.map_err(to_error)?;
        Ok(names.into_iter().zip(ids).filter_map(|(name, id)| id.map(|_| name)).collect())
    }
}
