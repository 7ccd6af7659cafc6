//! Listing runs: of one node, or of all nodes that the caller may read.

use std::collections::BTreeMap;

use pantry_model::chef::runs::{RunId, RunStatus, RunSummary};
use pantry_model::refusals::{nodes, request};
use pantry_model::{Error, NodeName, Permission, Timestamp};
use pantry_store::{Kind, RunsWanted, Scope};

use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

/// How many runs are read at once, where some of them may not be seen.
const PAGE: u32 = 500;

/// How many are read in all for one list, so that nobody who may see none makes the server read all.
const MOST_READ: u32 = 20_000;

/// Which runs are asked for.
#[derive(Clone, Debug, Default)]
pub struct RunsAsked {
    /// Only those that went so.
    pub status: Option<RunStatus>,
    /// Only those that were recorded then or later.
    pub since: Option<Timestamp>,
    /// Only those that come after this one in the list: when it was recorded, and its id.
    pub before: Option<(Timestamp, RunId)>,
    /// At most so many.
    pub limit: u32,
}

impl RunsAsked {
    fn wanted(&self, node: Option<&NodeName>, limit: u32) -> RunsWanted {
        let (status, before) = (self.status, self.before);
        RunsWanted { node: node.cloned(), status, before, limit }
    }

    /// Those that are new enough, of some that come newest first; and whether older ones may follow.
    fn new_enough(&self, mut runs: Vec<RunSummary>) -> (Vec<RunSummary>, bool) {
        let number = runs.len();
        runs.retain(|run| self.since.is_none_or(|since| run.recorded_at >= since));
        let all_are = runs.len() == number;
        (runs, all_are)
    }
}

impl UseCases {
    /// The runs of a node, newest first.
    pub async fn list_runs_of(
        &self,
        caller: &Caller,
        name: &NodeName,
        asked: &RunsAsked,
    ) -> Result<Vec<RunSummary>, Error> {
        let scope = self.scope_of(caller)?;
        let node = self.find(&scope, Kind::Node, name.as_str()).await?;
        let missing = || nodes::not_found(name.as_str());
        if !self.may_read_runs(caller, &scope, name, node.as_ref()).await? {
            return Err(match node {
                Some(_) => request::missing_permission(Permission::Read).into(),
                None => missing().into(),
            });
        }
        let wanted = asked.wanted(Some(name), asked.limit);
        let runs = self.store.runs(&scope, &wanted).await.map_err(to_error)?;
        if node.is_none() && runs.is_empty() {
            return Err(missing().into());
        }
        Ok(asked.new_enough(runs).0)
    }

    /// The runs of all nodes that the caller may read, newest first.
    pub async fn list_runs(
        &self,
        caller: &Caller,
        asked: &RunsAsked,
    ) -> Result<Vec<RunSummary>, Error> {
        let scope = self.scope_of(caller)?;
        let limit = usize::try_from(asked.limit).unwrap_or(usize::MAX);
        let (mut readable, mut found) = (BTreeMap::new(), Vec::new());
        let (mut page, mut read) = (asked.clone(), 0);
        while found.len() < limit && read < MOST_READ {
            let runs = self.store.runs(&scope, &page.wanted(None, PAGE)).await.map_err(to_error)?;
            let Some(last) = runs.last() else { break };
            page.before = Some((last.recorded_at, last.id));
            let is_last = runs.len() < usize::try_from(PAGE).unwrap_or(usize::MAX);
            read += PAGE;
            self.look_at(caller, &scope, &runs, &mut readable).await?;
            let (runs, older) = asked.new_enough(runs);
            found.extend(runs.into_iter().filter(|run| readable.get(&run.node) == Some(&true)));
            if is_last || !older {
                break;
            }
        }
        found.truncate(limit);
        Ok(found)
    }

    /// Adds of the nodes of these runs, whether the caller may read each.
    async fn look_at(
        &self,
        caller: &Caller,
        scope: &Scope,
        runs: &[RunSummary],
        readable: &mut BTreeMap<NodeName, bool>,
    ) -> Result<(), Error> {
        let mut names: Vec<&NodeName> = runs.iter().map(|run| &run.node).collect();
        names.sort_unstable();
        names.dedup();
        names.retain(|name| !readable.contains_key(*name));
        let texts: Vec<String> = names.iter().map(|name| name.to_string()).collect();
        let nodes = self.store.objects(scope, Kind::Node, &texts).await.map_err(to_error)?;
        for (name, node) in names.into_iter().zip(nodes) {
            let may = self.may_read_runs(caller, scope, name, node.as_ref()).await?;
            readable.insert(name.clone(), may);
        }
        Ok(())
    }
}
