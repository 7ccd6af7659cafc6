//! Whose public keys they are: what anyone may ask, without a signature, of anyone within an
//! application. Tools that encrypt for a node or a user look here.

use pantry_model::chef::ApiVersion;
use pantry_model::{ApplicationName, Error, ObjectId, Timestamp};

use crate::UseCases;
use crate::actor_keys::DEFAULT_KEY;
use crate::callers::{Candidate, KnownActors};

/// A user or API client with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrincipalView {
    /// Its name.
    pub name: String,
    /// Whether it is an API client, and not a user.
    pub is_client: bool,
    /// What it is known by.
    pub id: ObjectId,
    /// PEM, as it was sent. In version 0, an actor may be shown without one.
    pub public_key: Option<String>,
    /// Whether it belongs to the application.
    pub is_member: bool,
}

/// What is known under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principals {
    /// There is no such application.
    NoOrganization,
    /// There are these. If there are none, nobody with a key is called so.
    Known(Vec<PrincipalView>),
}

impl UseCases {
    /// The user and the API client of this name. Version 0 of the API knows one of them, the API
    /// client if there is one, and its key named `default`; since version 1 there is one for each
    /// key that has not ended.
    pub async fn principals(
        &self,
        organization: &str,
        name: &str,
        version: ApiVersion,
    ) -> Result<Principals, Error> {
        let Ok(application) = organization.parse::<ApplicationName>() else {
            return Ok(Principals::NoOrganization);
        };
        let known = self.known(Some(&application), name).await?;
        if !known.application_exists() {
            return Ok(Principals::NoOrganization);
        }
        let now = self.clock.now();
        Ok(Principals::Known(match version {
            ApiVersion::V0 => {
                let preferred = known.candidates().last();
                preferred.map(|candidate| with_default_key(&known, candidate)).into_iter().collect()
            }
            _ => {
                let each = known.candidates().iter();
                each.flat_map(|candidate| for_each_key(&known, candidate, now)).collect()
            }
        }))
    }
}

fn view(known: &KnownActors, candidate: &Candidate, public_key: Option<&str>) -> PrincipalView {
    PrincipalView {
        name: candidate.actor.document.name.clone(),
        is_client: candidate.is_client(),
        id: candidate.actor.id,
        public_key: public_key.map(str::to_owned),
        is_member: known.belongs(candidate),
    }
}

fn with_default_key(known: &KnownActors, candidate: &Candidate) -> PrincipalView {
    let key = candidate.actor.keys.iter().find(|key| key.name == DEFAULT_KEY);
    view(known, candidate, key.map(|key| key.public_key.as_str()))
}

fn for_each_key(
    known: &KnownActors,
    candidate: &Candidate,
    now: Timestamp,
) -> impl Iterator<Item = PrincipalView> {
    let keys = candidate.actor.keys.iter();
    keys.filter(move |key| key.expires_at.is_none_or(|end| now < end))
        .map(|key| view(known, candidate, Some(&key.public_key)))
}
