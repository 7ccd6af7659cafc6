//! Reading the ledger of a scope, and the log of refusals.

use pantry_model::commands::admin::{LedgerLine, Refusal};
use pantry_model::{ApplicationName, Error, Principal};
use pantry_store::{LedgerEntry, Scope};

use crate::UseCases;
use crate::authorize::Action;
use crate::fault::to_error;

impl UseCases {
    /// Entries of an application's ledger, or of `_global`'s, oldest first: those after a position,
    /// or the newest.
    pub async fn read_ledger(
        &self,
        actor: &Principal,
        application: Option<&ApplicationName>,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Vec<LedgerLine>, Error> {
        let scope = match application {
            Some(name) => {
                self.authorize(actor, &Action::Read(name)).await?;
                Scope::Application(name.clone())
            }
            None => {
                self.authorize(actor, &Action::ReadServer).await?;
                Scope::Global
            }
        };
        let after = match after {
            Some(after) => after,
            None => {
                let last = self.store.ledger_position(&scope).await.map_err(to_error)?;
                last.saturating_sub(u64::from(limit))
            }
        };
        let entries = self.store.ledger(&scope, after, limit).await.map_err(to_error)?;
        Ok(entries.into_iter().map(line).collect())
    }

    /// Who was turned away lately, oldest first.
    pub async fn read_refusals(
        &self,
        actor: &Principal,
        limit: u32,
    ) -> Result<Vec<Refusal>, Error> {
        self.authorize(actor, &Action::ReadServer).await?;
        self.store.refusals(limit).await.map_err(to_error)
    }
}

fn line(entry: LedgerEntry) -> LedgerLine {
    LedgerLine {
        position: entry.position,
        at: entry.at,
        actor: entry.actor.map_or_else(|| "server".to_owned(), |actor| actor.to_string()),
        verb: entry.verb.as_str().to_owned(),
        kind: entry.kind.as_str().to_owned(),
        name: entry.name,
        hash: entry.hash.map(|hash| hash.to_string()),
    }
}
