//! Solving a run list in an environment.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use pantry_model::refusals::solving;
use pantry_model::{Error, Permission, Version};
use pantry_solver::{Item, Request};
use pantry_store::{Kind, Object, Scope};

use super::solver::Question;
use crate::UseCases;
use crate::callers::Caller;
use crate::cookbooks::{CONTAINER, CookbookView, VisibleCookbooks, constraints, stored_name};
use crate::fault::to_error;

/// A cookbook of an answer.
#[derive(Clone, Debug)]
pub struct SolvedCookbook {
    /// Its name.
    pub name: Arc<str>,
    /// The version that was chosen, and where its files are read.
    pub view: CookbookView,
}

/// How often the solver is asked again because a version that it chose was deleted meanwhile.
const ROUNDS: usize = 8;

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
            let visible = self.visible_cookbooks(&scope).await?;
            let chosen = self.solved(&scope, (&visible, &found), run_list, explain).await?;
            if let Some(cookbooks) = self.readable(caller, &scope, (&visible, &chosen)).await? {
                return Ok(cookbooks);
            }
        }
        Err(Error::Unavailable("others kept changing what this request relies on".to_owned()))
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

    /// These versions with their files; `None` if one is not there any more. If some may not be read,
    /// the refusal names them all.
    async fn readable(
        &self,
        caller: &Caller,
        scope: &Scope,
        (visible, chosen): (&VisibleCookbooks, &[(Arc<str>, Version)]),
    ) -> Result<Option<Vec<SolvedCookbook>>, Error> {
        // That the caller may read what is on shelves has been asked: it is the same container.
        let own = chosen.iter().filter(|(name, at)| visible.whose(name, *at) == Some(scope));
        let names: Vec<String> = own.map(|(name, _)| name.to_string()).collect();
        let found = self.store.objects(scope, Kind::Cookbook, &names).await.map_err(to_error)?;
        let mut unreadable = Vec::new();
        for (name, cookbook) in names.into_iter().zip(found) {
            match cookbook {
                None => return Ok(None),
                Some(cookbook) if caller.holds(Permission::Read, &cookbook.acl) => {}
                Some(_) => unreadable.push(name),
            }
        }
        if !unreadable.is_empty() {
            return Err(solving::not_readable(unreadable).into());
        }
        let mut by_scope: BTreeMap<&Scope, Vec<String>> = BTreeMap::new();
        for (name, version) in chosen {
            let Some(whose) = visible.whose(name, *version) else { return Ok(None) };
            by_scope.entry(whose).or_default().push(stored_name(name, *version));
        }
        let mut found = HashMap::with_capacity(chosen.len());
        for (scope, stored) in by_scope {
            let there = self.store.documents_with_contents(scope, Kind::CookbookVersion, &stored);
            for there in there.await.map_err(to_error)? {
                let Some((document, contents)) = there else { return Ok(None) };
                found.insert(document.name.clone(), (document, contents));
            }
        }
        let mut cookbooks = Vec::with_capacity(chosen.len());
        for (name, version) in chosen {
            let version = found.remove(&stored_name(name, *version));
            let Some((document, contents)) = version else { return Ok(None) };
            let view = self.cookbook_view(caller, document.body, &contents).await?;
            cookbooks.push(SolvedCookbook { name: Arc::clone(name), view });
        }
        Ok(Some(cookbooks))
    }
}
