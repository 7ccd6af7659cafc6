//! The sentence about a problem without an answer, to the letter as the original writes it: which
//! cookbook cannot be had, and every way that leads to it from the run list.
//!
//! In the original that text can be a hundred kilobytes long, and take as many seconds as it likes:
//! the number of ways grows exponentially. Here it ends after so many steps or so many bytes, and then
//! says that there are more. Cookbooks from which no way leads there are not entered at all, which
//! changes no text.

use std::collections::{HashSet, VecDeque};
use std::fmt::Write as _;

use pantry_model::{Constraint, Version};

use crate::problem::Problem;
use crate::request::Request;
use crate::universe::Id;

/// How many bytes of ways are written.
pub const MAX_PATHS_BYTES: usize = 16 * 1024;

/// How many dependencies are followed.
const MAX_STEPS: usize = 100_000;

/// How many cookbooks stand on a way: nobody reads a longer one, and a thread's stack has to hold it.
const MAX_LENGTH: usize = 200;

/// What stands at the end if there are more ways than are written.
pub const MORE: &str = "[and more]";

/// The sentence: that the first of the culprits cannot be had because of an item.
pub(crate) fn sentence(
    problem: &Problem<'_>,
    request: &Request,
    item: usize,
    cookbook: Id,
) -> String {
    let name = problem.universe.name(cookbook);
    // An environment that leaves no version of a cookbook makes it one that does not exist, here.
    let missing =
        if problem.counting(cookbook).is_empty() { ", which does not exist," } else { "" };
    let item = request.run_list().get(item).map(ToString::to_string).unwrap_or_default();
    let ways = ways(problem, request, cookbook);
    format!(
        "Unable to satisfy constraints on package {name}{missing} due to solution constraint {item}. \
         Solution constraints that may result in a constraint on {name}: {ways}"
    )
}

/// A version on a way; several if ways differ in nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    cookbook: Id,
    versions: Vec<Version>,
}

/// A way: the versions on it, and what the last of them asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Way {
    steps: Vec<Step>,
    asks: (&'static str, Version),
}

struct Walk<'a> {
    problem: &'a Problem<'a>,
    target: Id,
    /// Of each cookbook, how many stand on the shortest way from it to there; none if no way leads there.
    distances: Vec<Option<usize>>,
    on_the_way: Vec<Step>,
    ways: Vec<Way>,
    steps: usize,
    bytes: usize,
    is_cut: bool,
    /// Whether there is a way that is too long.
    is_long: bool,
}

fn ways(problem: &Problem<'_>, request: &Request, target: Id) -> String {
    let mut walk = Walk {
        problem,
        target,
        distances: distances(problem, target),
        on_the_way: Vec::new(),
        ways: Vec::new(),
        steps: 0,
        bytes: 0,
        is_cut: false,
        is_long: false,
    };
    for (item, (id, _)) in request.run_list().iter().zip(problem.items()) {
        let any = (pantry_model::Comparison::AtLeast, Version::default());
        let pinned = item.version.map(|version| (pantry_model::Comparison::Equal, version));
        let (comparison, version) = pinned.unwrap_or(any);
        let constraint = Constraint { comparison, version };
        let allowed = problem.universe.allowed(*id, constraint);
        walk.enter(*id, &allowed, constraint);
    }
    let mut written = Vec::with_capacity(walk.ways.len() + 1);
    written.extend(walk.ways.iter().map(|way| print(problem, target, way)));
    if walk.is_cut || walk.is_long {
        written.push(MORE.to_owned());
    }
    written.join(", ")
}

impl Walk<'_> {
    fn enter(&mut self, id: Id, allowed: &crate::universe::Span, constraint: Constraint) {
        if id == self.target {
            self.arrive((constraint.comparison.as_str(), constraint.version));
            return;
        }
        let Some(distance) = self.distances.get(id as usize).copied().flatten() else { return };
        if self.on_the_way.iter().any(|step| step.cookbook == id) {
            return;
        }
        if self.on_the_way.len() + distance > MAX_LENGTH {
            self.is_long = true;
            return;
        }
        let problem = self.problem;
        let mut seen = HashSet::new();
        for release in crate::universe::both(allowed, &problem.counting(id)) {
            if self.is_cut {
                return;
            }
            let dependencies = problem.dependencies(id, release);
            // A version with the same dependencies as one before leads nowhere else.
            let same: Vec<_> = dependencies.iter().map(|dependency| dependency.key()).collect();
            let Some(version) = problem.universe.release(id, release).map(|it| it.version) else {
                continue;
            };
            if !seen.insert(same) {
                continue;
            }
            self.on_the_way.push(Step { cookbook: id, versions: vec![version] });
            for dependency in dependencies.iter().filter(|dependency| dependency.on != id) {
                self.steps += 1;
                self.is_cut |= self.steps > MAX_STEPS;
                if !self.is_cut {
                    self.enter(dependency.on, &dependency.allowed, dependency.constraint);
                }
            }
            self.on_the_way.pop();
        }
    }

    /// The end of a way, which becomes one with the way before if only one version is another.
    fn arrive(&mut self, asks: (&'static str, Version)) {
        let way = Way { steps: self.on_the_way.clone(), asks };
        if let Some(last) = self.ways.last_mut()
            && let Some(at) = only_difference(last, &way)
        {
            let more = way.steps.get(at).map_or(&[][..], |step| &step.versions);
            if let Some(step) = last.steps.get_mut(at) {
                step.versions.extend_from_slice(more);
                self.bytes += 8;
            }
        } else {
            self.bytes += print(self.problem, self.target, &way).len() + 2;
            if self.bytes > MAX_PATHS_BYTES && !self.ways.is_empty() {
                self.is_cut = true;
                return;
            }
            self.ways.push(way);
        }
        self.is_cut |= self.bytes > MAX_PATHS_BYTES;
    }
}

/// Where two ways differ, if that is in the versions of one cookbook and nowhere else.
fn only_difference(one: &Way, other: &Way) -> Option<usize> {
    if one.steps.len() != other.steps.len() || one.asks != other.asks {
        return None;
    }
    let mut pairs = (0..).zip(one.steps.iter().zip(&other.steps));
    let (at, (first, second)) = pairs.find(|(_, (one, other))| one != other)?;
    let is_only = pairs.all(|(_, (one, other))| one == other);
    (is_only && first.cookbook == second.cookbook).then_some(at)
}

/// From each cookbook, how many there are at least on a way to this one, with itself; none if no way
/// leads there.
fn distances(problem: &Problem<'_>, target: Id) -> Vec<Option<usize>> {
    let reachable = problem.reachable();
    let mut from: Vec<Vec<Id>> = vec![Vec::new(); problem.universe.len()];
    for id in &reachable {
        for release in problem.counting(*id) {
            for dependency in problem.dependencies(*id, release) {
                if let Some(from) = from.get_mut(dependency.on as usize)
                    && from.last() != Some(id)
                {
                    from.push(*id);
                }
            }
        }
    }
    let mut distances = vec![None; problem.universe.len()];
    let mut queue = VecDeque::from([(target, 0)]);
    while let Some((id, distance)) = queue.pop_front() {
        match distances.get_mut(id as usize) {
            Some(known @ None) => *known = Some(distance),
            _ => continue,
        }
        queue.extend(from.get(id as usize).into_iter().flatten().map(|id| (*id, distance + 1)));
    }
    distances
}

fn print(problem: &Problem<'_>, target: Id, way: &Way) -> String {
    let mut text = "[".to_owned();
    for step in &way.steps {
        let name = problem.universe.name(step.cookbook);
        let versions: Vec<String> = step.versions.iter().map(Version::to_string).collect();
        let _ = match &versions[..] {
            [version] => write!(text, "({name} = {version}) -> "),
            versions => write!(text, "({name} = {{{}}}) -> ", versions.join(",")),
        };
    }
    let (operator, version) = way.asks;
    let _ = write!(text, "({} {operator} {version})]", problem.universe.name(target));
    text
}
