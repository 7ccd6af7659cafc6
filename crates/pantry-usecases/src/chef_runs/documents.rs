//! The documents of a run, laid out as a Chef repository is.

use std::collections::BTreeMap;

use pantry_model::chef::Environment;
use pantry_model::refusals::{chef_runs, data_bags};
use pantry_model::{DataBagName, Error, MachineId};
use pantry_store::{Document as StoredDocument, Kind, Scope};

use super::contents::{Document, Made};
use super::cookbooks::path;
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

impl UseCases {
    /// All that a machine may read but its own node, which a run has changed.
    pub(super) async fn documents_to_read(
        &self,
        caller: &Caller,
        machine: &MachineId,
    ) -> Result<Vec<Document>, Error> {
        let scope = Scope::of(machine);
        let snapshot = self.readable_snapshot(caller, &scope).await?;
        let limit = self.runs.max_documents;
        let snapshot = snapshot.ok_or_else(|| chef_runs::too_many_documents(limit))?;
        let own = machine.identity.as_str();
        let others = snapshot
            .readable(caller)
            .filter(|(kind, name, ..)| *kind != Kind::Node || *name != own);
        let document = |(kind, name, item, content): (Kind, &str, &str, &Made)| {
            let path = match kind {
                Kind::Node => format!("nodes/{name}.json"),
                Kind::Role => format!("roles/{name}.json"),
                Kind::Environment => format!("environments/{name}.json"),
                _ => format!("data_bags/{name}/{item}.json"),
            };
            // What has a name that no file can have is not to be had in local mode.
            Some(Document { path: path.parse().ok()?, content: content.clone() })
        };
        Ok(others.filter_map(document).collect())
    }

    /// What `chef-solo` is given: the environment, the roles of the run list, and these data bags.
    pub(super) async fn documents_for_solo(
        &self,
        caller: &Caller,
        scope: &Scope,
        environment: StoredDocument,
        roles: BTreeMap<String, StoredDocument>,
        bags: &[DataBagName],
    ) -> Result<Vec<Document>, Error> {
        let mut documents = Vec::new();
        let name = format!("environments/{}.json", environment.name);
        documents.push(Document { path: path(&name)?, content: Made::stored(environment) });
        for (name, role) in roles {
            let path = path(&format!("roles/{name}.json"))?;
            documents.push(Document { path, content: Made::stored(role) });
        }
        for bag in bags {
            let bag = bag.as_str();
            let found = self.needed(caller, (scope, Kind::DataBag, bag), "data bag").await?;
            found.ok_or_else(|| data_bags::bag_not_found(bag))?;
            let items = self.store.documents_under(scope, Kind::DataBagItem, bag).await;
            for item in items.map_err(to_error)? {
                let path = path(&format!("data_bags/{}.json", item.name))?;
                documents.push(Document { path, content: Made::stored(item) });
            }
        }
        let bytes: u64 = documents.iter().map(|document| document.content.size()).sum();
        let limit = self.runs.max_documents;
        if bytes > limit {
            return Err(chef_runs::too_many_documents(limit).into());
        }
        Ok(documents)
    }
}

/// A run with artifacts has just those: the environment constrains nothing there, and Chef's local
/// mode, which solves once more, must not find that it does.
pub(super) fn unconstrained(environment: &StoredDocument) -> Result<Document, Error> {
    let broken = || Error::Internal(format!("the environment `{}`", environment.name));
    let body = Environment::without_constraints(&environment.body).ok_or_else(broken)?;
    let path = path(&format!("environments/{}.json", environment.name))?;
    Ok(Document { path, content: Made::new(body) })
}
