//! Whether what an object refers to is there: which kinds refer to which, and by what part of their
//! names.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use pantry_model::commands::check::Problem;
use pantry_store::{Kind, Scope, Store, StoreError};
use serde::Deserialize;

use super::shelves;

/// How often it is looked before something is called broken: names are read one kind after the other,
/// while others are made and deleted.
const LOOKS: usize = 3;

/// What of a name the other one has.
#[derive(Clone, Copy)]
enum Part {
    All,
    BeforeSlash,
    AfterSlash,
}

impl Part {
    fn of(self, name: &str) -> &str {
        let parts = name.split_once('/').unwrap_or((name, name));
        match self {
            Self::All => name,
            Self::BeforeSlash => parts.0,
            Self::AfterSlash => parts.1,
        }
    }
}

/// That for each object of a kind there is one of another.
struct Rule {
    of: (Kind, Part),
    needs: (Kind, Part),
    /// What is said of one for which there is none.
    broken: &'static str,
}

const fn rule(of: (Kind, Part), needs: (Kind, Part), broken: &'static str) -> Rule {
    Rule { of, needs, broken }
}

const RULES: &[Rule] = &[
    rule(
        (Kind::CookbookVersion, Part::BeforeSlash),
        (Kind::Cookbook, Part::All),
        "its cookbook is missing",
    ),
    rule(
        (Kind::CookbookVersion, Part::All),
        (Kind::CookbookSummary, Part::All),
        "its summary is missing",
    ),
    rule(
        (Kind::CookbookSummary, Part::All),
        (Kind::CookbookVersion, Part::All),
        "its version is missing",
    ),
    rule(
        (Kind::CookbookArchive, Part::All),
        (Kind::CookbookVersion, Part::All),
        "its version is missing",
    ),
    rule(
        (Kind::CookbookArtifactVersion, Part::BeforeSlash),
        (Kind::CookbookArtifact, Part::All),
        "its cookbook artifact is missing",
    ),
    rule(
        (Kind::PolicyRevision, Part::BeforeSlash),
        (Kind::Policy, Part::All),
        "its policy is missing",
    ),
    rule(
        (Kind::PolicyInGroup, Part::BeforeSlash),
        (Kind::PolicyGroup, Part::All),
        "its policy group is missing",
    ),
    rule(
        (Kind::DataBagItem, Part::BeforeSlash),
        (Kind::DataBag, Part::All),
        "its data bag is missing",
    ),
    rule(
        (Kind::NodeInEnvironment, Part::AfterSlash),
        (Kind::Node, Part::All),
        "its node is missing",
    ),
];

/// What counts its versions, and those: it is there as long as it has any.
const COUNTED: [(Kind, Kind); 2] = [
    (Kind::Cookbook, Kind::CookbookVersion),
    (Kind::CookbookArtifact, Kind::CookbookArtifactVersion),
];

/// What is broken in an application, and how many objects were looked at.
pub(super) async fn look(
    store: &dyn Store,
    scope: &Scope,
) -> Result<(BTreeSet<Problem>, u64), StoreError> {
    let (mut problems, objects) = look_once(store, scope).await?;
    for _ in 1..LOOKS {
        if problems.is_empty() {
            break;
        }
        let (still, _) = look_once(store, scope).await?;
        problems.retain(|problem| still.contains(problem));
    }
    Ok((problems, objects))
}

async fn look_once(
    store: &dyn Store,
    scope: &Scope,
) -> Result<(BTreeSet<Problem>, u64), StoreError> {
    let mut names: BTreeMap<Kind, Vec<String>> = BTreeMap::new();
    for kind in RULES.iter().flat_map(|rule| [rule.of.0, rule.needs.0]) {
        if let Entry::Vacant(unread) = names.entry(kind) {
            unread.insert(store.names(scope, kind).await?);
        }
    }
    let of = |kind: Kind| names.get(&kind).map(Vec::as_slice).unwrap_or_default();
    let mut problems = BTreeSet::new();
    for rule in RULES {
        let there: BTreeSet<&str> =
            of(rule.needs.0).iter().map(|name| rule.needs.1.of(name)).collect();
        let missing = of(rule.of.0).iter().filter(|name| !there.contains(rule.of.1.of(name)));
        problems.extend(missing.map(|name| problem(scope, rule.of.0, name, rule.broken)));
    }
    for (kind, versions) in COUNTED {
        problems.extend(miscounted(store, scope, kind, of(versions)).await?);
    }
    problems.extend(unfollowable(store, scope).await?);
    problems.extend(shelves::look(store, scope).await?);
    let objects = names.values().map(Vec::len).sum::<usize>();
    Ok((problems, u64::try_from(objects).unwrap_or(u64::MAX)))
}

/// What is stored of what has versions, as far as it matters here.
#[derive(Deserialize)]
struct Counting {
    versions: u64,
}

/// The objects of a kind that do not have as many versions as they say.
async fn miscounted(
    store: &dyn Store,
    scope: &Scope,
    kind: Kind,
    versions: &[String],
) -> Result<Vec<Problem>, StoreError> {
    let mut there: BTreeMap<&str, u64> = BTreeMap::new();
    for name in versions {
        *there.entry(Part::BeforeSlash.of(name)).or_default() += 1;
    }
    let broken = store.documents(scope, kind).await?.into_iter().filter_map(|document| {
        let name = document.name.as_str();
        let has = there.get(name).copied().unwrap_or_default();
        match serde_json::from_slice(&document.body) {
            Ok(Counting { versions }) if versions == has => None,
            Ok(Counting { versions }) => {
                let what = format!("its versions should be {versions}, and are {has}");
                Some(problem(scope, kind, name, &what))
            }
            Err(_) => Some(problem(scope, kind, name, "it cannot be read")),
        }
    });
    Ok(broken.collect())
}

/// What a policy group follows, as far as it matters here.
#[derive(Deserialize)]
struct Followed {
    revision: String,
}

/// The policy groups that follow a revision which is not there.
async fn unfollowable(store: &dyn Store, scope: &Scope) -> Result<Vec<Problem>, StoreError> {
    let followed = store.documents(scope, Kind::PolicyInGroup).await?;
    let revisions = store.names(scope, Kind::PolicyRevision).await?;
    let revisions: BTreeSet<String> = revisions.into_iter().collect();
    let broken = followed.iter().filter_map(|document| {
        let problem = |what: &str| Some(problem(scope, Kind::PolicyInGroup, &document.name, what));
        let Ok(Followed { revision }) = serde_json::from_slice(&document.body) else {
            return problem("it cannot be read");
        };
        let policy = Part::AfterSlash.of(&document.name);
        let is_there = revisions.contains(&format!("{policy}/{revision}"));
        if is_there { None } else { problem(&format!("its revision {revision} is missing")) }
    });
    Ok(broken.collect())
}

/// Something that is broken.
pub(super) fn problem(scope: &Scope, kind: Kind, name: &str, what: &str) -> Problem {
    let application = scope.as_str().to_owned();
    let (kind, name) = (kind.as_str().to_owned(), name.to_owned());
    Problem { application, kind, name, what: what.to_owned() }
}
