//! The shelves of an application, in order: adding one, taking one away, putting them in another order.

use std::collections::BTreeSet;

use pantry_model::refusals::shelves;
use pantry_model::{ApplicationName, Error, ObjectId, Permission};
use pantry_store::{Kind, Scope};
use serde::{Deserialize, Serialize};

use super::MOST_SHELVES;
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::{to_error, to_json, unreadable};

pub(super) const KIND: Kind = Kind::Shelves;

/// The name of the one document.
pub(super) const NAME: &str = "shelves";

/// One of an application's shelves, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attachment {
    pub(super) name: ApplicationName,
    pub(super) id: ObjectId,
}

/// One of an application's shelves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachedShelf {
    /// Its name.
    pub name: ApplicationName,
    /// Whether it is there, and its admins let the application use it.
    pub is_usable: bool,
}

impl UseCases {
    /// The shelves of the application that the request is about, in order; needs *read* on it.
    pub async fn attached_shelves(&self, caller: &Caller) -> Result<Vec<AttachedShelf>, Error> {
        let application = self.own(caller, Permission::Read).await?;
        let (attachments, _) = self.attachments(&Scope::Application(application.clone())).await?;
        let mut shown = Vec::with_capacity(attachments.len());
        for attachment in attachments {
            let is_usable = self.may_use(&attachment, &application).await?;
            shown.push(AttachedShelf { name: attachment.name, is_usable });
        }
        Ok(shown)
    }

    /// Puts a shelf behind those that the application has, or at a place among them. It needs *update*
    /// on the application, and the shelf's leave.
    pub async fn attach_shelf(
        &self,
        caller: &Caller,
        shelf: &ApplicationName,
        at: Option<usize>,
    ) -> Result<(), Error> {
        self.reattach(caller, |application, mut attachments| async move {
            if application == *shelf {
                return Err(shelves::shelf_of_itself(shelf).into());
            }
            let found = self.shelf(shelf).await?;
            let attachment =
                found.map(|(record, _)| Attachment { name: shelf.clone(), id: record.id });
            let not_granted = || shelves::not_granted(shelf, &application);
            let attachment = attachment.ok_or_else(not_granted)?;
            if !self.may_use(&attachment, &application).await? {
                return Err(not_granted().into());
            }
            if attachments.contains(&attachment) {
                return Err(shelves::attached_already(shelf, &application).into());
            }
            // One of the same name is gone, and this is another.
            attachments.retain(|other| other.name != *shelf);
            if attachments.len() >= MOST_SHELVES {
                return Err(shelves::too_many(MOST_SHELVES).into());
            }
            if self.leads_to(&attachment, &application).await? {
                return Err(shelves::cycle(shelf, &application).into());
            }
            let at = at.unwrap_or(attachments.len()).min(attachments.len());
            attachments.insert(at, attachment);
            Ok(attachments)
        })
        .await
    }

    /// Takes a shelf away from the application, which needs *update* on it.
    pub async fn detach_shelf(&self, caller: &Caller, shelf: &str) -> Result<(), Error> {
        self.reattach(caller, |application, mut attachments| async move {
            let at = attachments.iter().position(|one| one.name.as_str() == shelf);
            let at = at.ok_or_else(|| shelves::not_attached(shelf, &application))?;
            attachments.remove(at);
            Ok(attachments)
        })
        .await
    }

    /// Puts the application's shelves in another order, which needs *update* on it.
    pub async fn order_shelves(
        &self,
        caller: &Caller,
        order: &[ApplicationName],
    ) -> Result<(), Error> {
        self.reattach(caller, |application, attachments| async move {
            let known: BTreeSet<_> = attachments.iter().map(|one| &one.name).collect();
            let named: BTreeSet<_> = order.iter().collect();
            if known != named || order.len() != attachments.len() {
                return Err(shelves::other_shelves(&application).into());
            }
            let of =
                |name: &ApplicationName| attachments.iter().find(|one| one.name == *name).cloned();
            Ok(order.iter().filter_map(of).collect())
        })
        .await
    }

    async fn reattach<F>(
        &self,
        caller: &Caller,
        change: impl Fn(ApplicationName, Vec<Attachment>) -> F + Send + Sync,
    ) -> Result<(), Error>
    where
        F: Future<Output = Result<Vec<Attachment>, Error>>,
    {
        let change = &change;
        self.decide_as(caller, |caller| async move {
            let application = self.own(&caller, Permission::Update).await?;
            let scope = Scope::Application(application.clone());
            let (attachments, read) = self.attachments(&scope).await?;
            let body = to_json(&change(application, attachments).await?);
            let mut write = self.write_as(&caller);
            match read {
                Some(read) => write.update(&scope, KIND, NAME, read, body),
                None => write.create(&scope, KIND, NAME, body),
            }
            Ok((write, ()))
        })
        .await
    }

    /// The application that the request is about, on which the caller holds a permission.
    async fn own(&self, caller: &Caller, permission: Permission) -> Result<ApplicationName, Error> {
        let none = || Error::Internal("a request about no application".to_owned());
        let application = caller.within().cloned().ok_or_else(none)?;
        self.permitted_application(caller, permission, &application).await?;
        Ok(application)
    }

    /// What is stored of an application's shelves, and the hash of what says it.
    pub(super) async fn attachments(
        &self,
        scope: &Scope,
    ) -> Result<(Vec<Attachment>, Option<pantry_store::ContentHash>), Error> {
        let stored = self.store.document(scope, KIND, NAME).await.map_err(to_error)?;
        let Some(stored) = stored else { return Ok((Vec::new(), None)) };
        let read = serde_json::from_slice(&stored.body);
        Ok((read.map_err(|error| unreadable("list of shelves", &error))?, Some(stored.hash)))
    }

    /// Whether a shelf is there, and its admins let the application use it.
    pub(super) async fn may_use(
        &self,
        shelf: &Attachment,
        application: &ApplicationName,
    ) -> Result<bool, Error> {
        let Some((record, _)) = self.shelf(&shelf.name).await? else { return Ok(false) };
        if record.id != shelf.id {
            return Ok(false);
        }
        if record.is_for_all {
            return Ok(true);
        }
        let own = Scope::Application(shelf.name.clone());
        let grant = self.store.document(&own, Kind::ShelfGrant, application.as_str()).await;
        Ok(grant.map_err(to_error)?.is_some())
    }

    /// Whether an application is among the shelves of a shelf, or of one of those.
    async fn leads_to(&self, from: &Attachment, to: &ApplicationName) -> Result<bool, Error> {
        let (mut seen, mut left) = (BTreeSet::new(), vec![from.name.clone()]);
        while let Some(next) = left.pop() {
            if next == *to {
                return Ok(true);
            }
            if seen.insert(next.clone()) {
                let (attachments, _) = self.attachments(&Scope::Application(next)).await?;
                left.extend(attachments.into_iter().map(|one| one.name));
            }
        }
        Ok(false)
    }
}
