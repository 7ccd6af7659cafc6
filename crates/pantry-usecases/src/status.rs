//! The server's numbers, application by application, and whether it can do its work.

use pantry_model::commands::status::ApplicationStatus;
use pantry_model::{ApplicationName, Error, Principal};
use pantry_store::{Kind, Scope};

use crate::UseCases;
use crate::authorize::Action;
use crate::callers::Caller;
use crate::fault::to_error;

impl UseCases {
    /// The numbers of one application, or of all that the actor may see.
    pub async fn application_status(
        &self,
        actor: &Principal,
        only: Option<&ApplicationName>,
    ) -> Result<Vec<ApplicationStatus>, Error> {
        let names = match only {
            Some(name) => {
                self.authorize(actor, &Action::Read(name)).await?;
                vec![name.clone()]
            }
            None => {
                let all = self.list_applications(actor).await?;
                all.into_iter().map(|it| it.application).collect()
            }
        };
        let open = self.store.open_delivery_counts().await.map_err(to_error)?;
        let mut answer = Vec::with_capacity(names.len());
        for application in names {
            let scope = Scope::Application(application.clone());
            let clients = self.store.count(&scope, Kind::Machine).await.map_err(to_error)?;
            answer.push(ApplicationStatus {
                clients,
                online: self.fleet.online(&application),
                open_deliveries: open.get(&application).copied().unwrap_or(0),
                application,
            });
        }
        Ok(answer)
    }

    /// Whether the store answers. Anyone may know.
    pub async fn store_answers(&self) -> bool {
        match self.store.answers().await {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, "the store does not answer");
                false
            }
        }
    }

    /// How many nodes all applications have together that a user belongs to; for a superuser, all that
    /// there are. Nobody is to learn how many machines others have.
    pub async fn count_nodes(&self, caller: &Caller) -> Result<u64, Error> {
        let names = if caller.is_superuser() {
            let names = self.store.names(&Scope::Global, Kind::Application).await;
            let names = names.map_err(to_error)?.into_iter().map(|name| name.parse());
            let names: Result<Vec<ApplicationName>, _> = names.collect();
            names.map_err(|error| Error::Internal(format!("a stored name: {error}")))?
        } else {
            match caller.id() {
                Some(user) => self.belongs_to(user).await?,
                None => Vec::new(),
            }
        };
        let mut nodes = 0;
        for name in names {
            let scope = Scope::Application(name);
            nodes += self.store.count(&scope, Kind::Node).await.map_err(to_error)?;
        }
        Ok(nodes)
    }
}
