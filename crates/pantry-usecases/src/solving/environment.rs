//! Solving a run list in an environment.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use pantry_model::refusals::solving;
use pantry_model::{Error, Permission, Version};
use pantry_solver::{Item, Request};
use pantry_store::{Holder, Kind, Object, Scope};

use super::solver::Question;
use crate::UseCases;
use crate::callers::Caller;
use crate::cookbooks::{CONTAINER, CookbookView, VisibleCookbooks, constraints, stored_name};
use crate::fault::to_error;
use crate::usecases::kept_changing;

/// A cookbook of an answer.
#[derive(Clone, Debug)]
pub struct SolvedCookbook {
    /// Its name.
    pub name: Arc<str>,
    /// The version that was chosen, and where its files are read.
    pub view: CookbookView,
}

/// What the solver has chosen for a run list.
pub(crate) struct ChosenCookbooks {
    /// From what.
    pub(crate) visible: VisibleCookbooks,
    /// Of which cookbook which version, in order.
    pub(crate) versions: Vec<(Arc<str>, Version)>,
}

/// How often the solver is asked again because a version that it chose was deleted meanwhile.
pub(crate) const ROUNDS: usize = 8;

impl UseCases {
    /// The cookbooks that a node with this run list gets in an environment, each in its best version:
    /// those of the run list and what they depend on, in that order. That there is no such environment
    /// is told before that the caller may not know. The caller needs *read* on the container of
    /// cookbooks, the environment, and each cookbook of the answer.
    pub async fn solve_in_environment(
        &self,
        caller: &Caller,
        environment: &str,
        run_list: &[Item],
        explain: bool,
    ) -> Result<Vec<SolvedCookbook>, Error> {
        let scope = self.scope_of(caller)?;
        let found = self.find(&scope, Kind::Environment, environment).await?;
        let found = found.ok_or_else(|| solving::environment_not_found(environment))?;
        self.container(caller, Permission::Read, &scope, CONTAINER).await?;
        caller.require(Permission::Read, &found)?;
        if run_list.is_empty() {
            return Ok(Vec::new());
        }
        for _ in 0..ROUNDS {
            let of = (&scope, &found);
            let Some(chosen) = self.choose_cookbooks(caller, of, run_list, explain).await? else {
                continue;
            };
            let Some(versions) = self.chosen_versions(&chosen).await? else { continue };
            let mut cookbooks = Vec::with_capacity(versions.len());
            for ((name, _), (document, contents)) in chosen.versions.into_iter().zip(versions) {
                let view = self.cookbook_view(caller, document.body, &contents).await?;
                cookbooks.push(SolvedCookbook { name, view });
            }
            return Ok(cookbooks);
        }
        Err(kept_changing())
    }

    /// Solves a run list in an environment that the caller may read, as it may the container of
    /// cookbooks. `None` if what was chosen was deleted meanwhile: then it is to be asked again.
    pub(crate) async fn choose_cookbooks(
        &self,
        caller: &Caller,
        (scope, environment): (&Scope, &Object),
        run_list: &[Item],
        explain: bool,
    ) -> Result<Option<ChosenCookbooks>, Error> {
        let visible = self.visible_cookbooks(scope).await?;
        let versions = self.solved(scope, (&visible, environment), run_list, explain).await?;
        let chosen = ChosenCookbooks { visible, versions };
        Ok(self.may_read_chosen(caller, scope, &chosen).await?.then_some(chosen))
    }

    async fn solved(
        &self,
        scope: &Scope,
        (visible, environment): (&VisibleCookbooks, &Object),
        run_list: &[Item],
        explain: bool,
    ) -> Result<Vec<(Arc<str>, Version)>, Error> {
        let request = Request::new(run_list.iter().cloned(), constraints(environment)?);
        let question = Question {
            scope: scope.clone(),
            cookbooks: visible.at(),
            environment: environment.document.hash,
            run_list: request.run_list().to_vec(),
            explain,
        };
        let answer = self.solver.answer(question, request, visible.clone()).await?;
        Ok(answer.0.clone()?)
    }

    /// Whether all of these cookbooks are there that are the application's own. If some may not be read,
    /// the refusal names them all.
    async fn may_read_chosen(
        &self,
        caller: &Caller,
        scope: &Scope,
        ChosenCookbooks { visible, versions }: &ChosenCookbooks,
    ) -> Result<bool, Error> {
        // That the caller may read what is on shelves has been asked: it is the same container.
        let own = versions.iter().filter(|(name, at)| visible.whose(name, *at) == Some(scope));
        let names: Vec<String> = own.map(|(name, _)| name.to_string()).collect();
        let found = self.store.objects(scope, Kind::Cookbook, &names).await.map_err(to_error)?;
        let mut unreadable = Vec::new();
        for (name, cookbook) in names.into_iter().zip(found) {
            match cookbook {
                None => return Ok(false),
                Some(cookbook) if caller.holds(Permission::Read, &cookbook.acl) => {}
                Some(_) => unreadable.push(name),
            }
        }
        if !unreadable.is_empty() {
            return Err(solving::not_readable(unreadable).into());
        }
        Ok(true)
    }

    /// What is stored of these versions, in their order; `None` if one is not there any more.
    pub(crate) async fn chosen_versions(
        &self,
        ChosenCookbooks { visible, versions }: &ChosenCookbooks,
    ) -> Result<Option<Vec<Holder>>, Error> {
        let mut by_scope: BTreeMap<&Scope, Vec<String>> = BTreeMap::new();
        for (name, version) in versions {
            let Some(whose) = visible.whose(name, *version) else { return Ok(None) };
            by_scope.entry(whose).or_default().push(stored_name(name, *version));
        }
        let mut found = HashMap::with_capacity(versions.len());
        for (scope, stored) in by_scope {
            let there = self.store.documents_with_contents(scope, Kind::CookbookVersion, &stored);
            for there in there.await.map_err(to_error)? {
                let Some((document, contents)) = there else { return Ok(None) };
                found.insert(document.name.clone(), (document, contents));
            }
        }
        let stored = versions.iter().map(|(name, version)| stored_name(name, *version));
        Ok(stored.map(|name| found.remove(&name)).collect())
    }
}
