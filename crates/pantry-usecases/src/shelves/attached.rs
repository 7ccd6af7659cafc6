//! Which shelves an application uses now: those on its list that are there and that it may use.
//!
//! Every reading of cookbooks asks this, so it is kept. What is kept rests on the generations of the
//! application and of its shelves, which are read with each use, in one statement, so that a grant that
//! is withdrawn ends with the next request on every server.

use std::sync::Arc;

use pantry_model::Error;
use pantry_store::{Family, Generations, Scope};
use quick_cache::sync::Cache;

use crate::UseCases;
use crate::fault::to_error;

/// Of how many applications it is kept; those least asked for go first.
const KEPT: usize = 4096;

/// What is kept, by application.
pub(crate) struct Attachments(Cache<Scope, Arc<Attached>>);

impl Default for Attachments {
    fn default() -> Self {
        Self(Cache::new(KEPT))
    }
}

/// What is known of an application's shelves.
struct Attached {
    /// The application and its shelves, in order.
    scopes: Vec<Scope>,
    /// Beside each: where its security stood when this was read.
    stood: Vec<Option<(i64, u64)>>,
    /// Beside each: whether its cookbooks are the application's to use.
    is_used: Vec<bool>,
}

impl Attached {
    fn stands(&self, now: &[Option<Generations>]) -> bool {
        self.stood.iter().copied().eq(now.iter().map(security))
    }

    fn layers(&self, now: &[Option<Generations>]) -> Vec<Layer> {
        let all = self.scopes.iter().zip(&self.is_used).zip(now);
        let used = all.filter(|((_, is_used), _)| **is_used);
        used.filter_map(|((scope, _), at)| Some(Layer { scope: scope.clone(), at: (*at)? }))
            .collect()
    }
}

/// An application whose cookbooks another one uses, or the one itself.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    pub(crate) scope: Scope,
    /// Where it stands.
    pub(crate) at: Generations,
}

fn security(at: &Option<Generations>) -> Option<(i64, u64)> {
    at.as_ref().map(|at| at.of(Family::Security))
}

impl UseCases {
    /// Whose cookbooks an application uses: first its own, then those of its shelves in order. Empty if
    /// there is no such application.
    pub(crate) async fn layers(&self, of: &Scope) -> Result<Vec<Layer>, Error> {
        if let Some(known) = self.attached.0.get(of) {
            let now = self.store.generations(&known.scopes).await.map_err(to_error)?;
            if known.stands(&now) {
                return Ok(known.layers(&now));
            }
        }
        // What is read stands at these generations, or is newer, and then is read again next time.
        let own = self.store.generations(std::slice::from_ref(of)).await.map_err(to_error)?;
        let Scope::Application(application) = of else { return Ok(Vec::new()) };
        let (attachments, _) = self.attachments(of).await?;
        let names = attachments.iter().map(|one| Scope::Application(one.name.clone()));
        let scopes: Vec<Scope> = std::iter::once(of.clone()).chain(names).collect();
        let mut now = own;
        if let Some(others) = scopes.get(1..).filter(|others| !others.is_empty()) {
            now.extend(self.store.generations(others).await.map_err(to_error)?);
        }
        let mut is_used = vec![true];
        for attachment in &attachments {
            is_used.push(self.may_use(attachment, application).await?);
        }
        let attached =
            Arc::new(Attached { stood: now.iter().map(security).collect(), scopes, is_used });
        let layers = attached.layers(&now);
        if !layers.is_empty() {
            self.attached.0.insert(of.clone(), attached);
        }
        Ok(layers)
    }

    /// The shelves that an application uses, in order.
    pub(crate) async fn used_shelves(&self, of: &Scope) -> Result<Vec<Layer>, Error> {
        Ok(self.layers(of).await?.into_iter().skip(1).collect())
    }
}
