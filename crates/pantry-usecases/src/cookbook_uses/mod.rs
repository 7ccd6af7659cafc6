//! Which applications use a cookbook, and where: what an operator looks at before a version is changed
//! or taken away.
//!
//! It is about all applications at once, so it is for superusers alone. They are looked at one after the
//! other, each in batches, and whoever asks writes down what one has before the next one is read: so
//! much is held as one application has. What is told is what may be affected: who would in fact get
//! another version is the solver's to say.

mod dependents;
mod environments;
mod nodes;
mod policies;
mod roles;

use std::collections::BTreeSet;
use std::sync::Arc;

use pantry_model::{ApplicationName, CookbookName, Error, Permission, Version};
use pantry_store::{Document, DocumentNumber, Index, Kind, Scope};

use crate::UseCases;
use crate::callers::Caller;
use crate::cookbooks::VisibleCookbooks;
use crate::fault::to_error;
use dependents::Dependents;

pub use nodes::NodeUse;
pub use policies::PolicyUse;

/// How many documents are read at once.
const BATCH: usize = 64;

/// How many names are read at once.
const NAMES: usize = 1000;

/// What one application has to do with a cookbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationUses {
    /// Which application.
    pub application: ApplicationName,
    /// The versions that it sees, of those that are asked about, the newest first.
    pub versions: Vec<SeenVersion>,
    /// The environments that let their nodes use one of these versions.
    pub environments: Vec<String>,
    /// The nodes that may get one of these versions, or that have one, by name.
    pub nodes: Vec<NodeUse>,
    /// The revisions of policies that lock one of the versions that are asked about.
    pub policies: Vec<PolicyUse>,
}

/// A version of a cookbook that an application sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenVersion {
    /// Which.
    pub version: Version,
    /// The shelf that it is on; `None` for the application's own.
    pub shelf: Option<ApplicationName>,
}

/// What is asked.
struct Asked {
    name: CookbookName,
    /// Only this version of it.
    version: Option<Version>,
}

impl Asked {
    fn is_about(&self, version: Version) -> bool {
        self.version.is_none_or(|asked| asked == version)
    }
}

/// Looks at one application after the other.
pub struct CookbookUses {
    usecases: UseCases,
    asked: Asked,
    left: std::vec::IntoIter<String>,
    dependents: Dependents,
}

impl UseCases {
    /// Which applications use a cookbook, or one version of it; for superusers.
    pub async fn cookbook_uses(
        &self,
        caller: &Caller,
        name: CookbookName,
        version: Option<Version>,
    ) -> Result<CookbookUses, Error> {
        caller.require_superuser(Permission::Read)?;
        let all = self.store.names(&Scope::Global, Kind::Application).await.map_err(to_error)?;
        let (asked, left) = (Asked { name, version }, all.into_iter());
        Ok(CookbookUses { usecases: self.clone(), asked, left, dependents: Dependents::default() })
    }
}

impl CookbookUses {
    /// The next application that has to do with it, by name; `None` if that was all.
    pub async fn next(&mut self) -> Result<Option<ApplicationUses>, Error> {
        while let Some(name) = self.left.next() {
            let Ok(application) = name.parse() else { continue };
            if let Some(uses) = self.of(application).await? {
                return Ok(Some(uses));
            }
        }
        Ok(None)
    }

    async fn of(&mut self, application: ApplicationName) -> Result<Option<ApplicationUses>, Error> {
        let scope = Scope::Application(application.clone());
        let (it, asked) = (&self.usecases, &self.asked);
        let visible = match it.visible_cookbooks(&scope).await {
            // It was deleted a moment ago.
            Err(Error::UnknownApplication(_)) => return Ok(None),
            visible => visible?,
        };
        let versions = seen(asked, &scope, &visible);
        let numbers: Vec<_> = versions.iter().map(|seen| seen.version).collect();
        let environments = it.environments_with(&scope, asked, &numbers).await?;
        let policies = it.policies_with(&scope, asked).await?;
        let needing = if numbers.is_empty() {
            BTreeSet::new()
        } else {
            self.dependents.of(&visible, asked.name.as_str(), &numbers)
        };
        let roles = it.roles_with(&scope, asked, &needing).await?;
        let found =
            nodes::Sought { needing, roles, environments: &environments, policies: &policies };
        let nodes = it.nodes_with(&scope, asked, &found).await?;
        let is_empty = versions.is_empty() && nodes.is_empty() && policies.is_empty();
        let uses = ApplicationUses { application, versions, environments, nodes, policies };
        Ok((!is_empty).then_some(uses))
    }
}

/// The versions that an application sees, of those that are asked about.
fn seen(asked: &Asked, scope: &Scope, visible: &VisibleCookbooks) -> Vec<SeenVersion> {
    let Some(cookbook) = visible.cookbook(asked.name.as_str()) else { return Vec::new() };
    let versions = cookbook.versions.iter().map(|one| one.version);
    let seen = versions.filter(|version| asked.is_about(*version)).map(|version| {
        let whose = visible.whose(asked.name.as_str(), version).filter(|whose| *whose != scope);
        let shelf = whose.and_then(|whose| match whose {
            Scope::Application(name) => Some(name.clone()),
            Scope::Global => None,
        });
        SeenVersion { version, shelf }
    });
    seen.collect()
}

impl UseCases {
    /// Looks at all documents of a kind that is searched, some at a time.
    async fn each_document(
        &self,
        scope: &Scope,
        kind: Kind,
        mut look: impl FnMut(&Document) -> Result<(), Error> + Send,
    ) -> Result<(), Error> {
        let index = Index::of(scope, kind);
        let all = pantry_query::Plan::new(Vec::new(), pantry_query::Formula::All);
        let numbers: Vec<DocumentNumber> =
            self.store.search(&index, &all).await.map_err(to_error)?;
        for batch in numbers.chunks(BATCH) {
            let documents = self.store.found(&index, batch).await.map_err(to_error)?;
            documents.iter().try_for_each(&mut look)?;
        }
        Ok(())
    }
}

/// A set of names of cookbooks.
type Names = BTreeSet<Arc<str>>;
