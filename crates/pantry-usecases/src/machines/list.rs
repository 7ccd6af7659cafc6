//! Listing and showing machines, and finding those that a target means.

use std::collections::HashSet;

use pantry_model::commands::client::ClientView;
use pantry_model::{ApplicationName, Error, Identity, MachineId, Principal, Target};
use pantry_store::{Document, Kind, Scope};

use super::MachineRecord;
use crate::UseCases;
use crate::authorize::Action;
use crate::fault::to_error;

impl UseCases {
    /// The machines of an application that a target means, by identity.
    pub async fn list_machines(
        &self,
        actor: &Principal,
        application: &ApplicationName,
        target: &Target,
    ) -> Result<Vec<ClientView>, Error> {
        self.authorize(actor, &Action::Read(application)).await?;
        let mut seen = self.store.sightings(application).await.map_err(to_error)?;
        let found = self.machines_meant(application, target).await?;
        Ok(found
            .into_iter()
            .map(|(machine, record)| {
                let sighting = seen.remove(&machine.identity);
                self.view(machine, record, sighting)
            })
            .collect())
    }

    /// One machine.
    pub async fn show_machine(
        &self,
        actor: &Principal,
        machine: &MachineId,
    ) -> Result<ClientView, Error> {
        let identity = machine.identity.to_string().try_into();
        let identities = vec![identity.map_err(|e| Error::Invalid(format!("{e}")))?];
        let target = Target { identities, ..Target::default() };
        let found = self.list_machines(actor, &machine.application, &target).await?;
        found.into_iter().next().ok_or_else(|| Error::UnknownClient(machine.clone()))
    }

    /// The machines that a target means. One that only names machines looks at those alone. A search
    /// is one over the application's nodes, whose permissions do not count: it tells who has the
    /// right to ask them all.
    pub(crate) async fn machines_meant(
        &self,
        application: &ApplicationName,
        target: &Target,
    ) -> Result<Vec<(MachineId, MachineRecord)>, Error> {
        let scope = Scope::Application(application.clone());
        let documents = match target.named() {
            Some(names) => self.machines_named(&scope, names).await?,
            None => self.store.documents(&scope, Kind::Machine).await.map_err(to_error)?,
        };
        let searched = match &target.search {
            Some(query) => {
                let names = self.names_found(&scope, Kind::Node, query).await?;
                Some(names.into_iter().collect::<HashSet<_>>())
            }
            None => None,
        };
        let mut meant = Vec::new();
        for document in documents {
            if searched.as_ref().is_some_and(|found| !found.contains(&document.name)) {
                continue;
            }
            let record = MachineRecord::read(&document)?;
            let identity: Identity = document
                .name
                .parse()
                .map_err(|error| Error::Internal(format!("a stored client: {error}")))?;
            if target.matches(&identity, &record.placement()) {
                meant.push((MachineId { application: application.clone(), identity }, record));
            }
        }
        Ok(meant)
    }

    async fn machines_named(
        &self,
        scope: &Scope,
        mut names: Vec<Identity>,
    ) -> Result<Vec<Document>, Error> {
        names.sort();
        names.dedup();
        let mut found = Vec::with_capacity(names.len());
        for name in names {
            let one = self.store.document(scope, Kind::Machine, name.as_str()).await;
            found.extend(one.map_err(to_error)?);
        }
        Ok(found)
    }
}
