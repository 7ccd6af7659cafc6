//! What is asked to find a trace of another application: every route there is, with names of what one
//! has oneself, of what both have, of what is on the shelf, of what only the other has, and of what
//! nobody has.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use pantry_model::Content;
use serde_json::{Value, json};

use crate::contents::{read_link, upload_link};
use crate::cookbooks::cookbook;
use crate::isolation_houses::{
    ADMIN, COMMON_RUN, Contents, OUR_RUN, OURS, SHELF, THEIR_RUN, THEIRS, THINGS, new, revision,
};

/// Stands for a sandbox of the other's, and for its id.
pub(crate) const THEIR_SANDBOX: &str = "THEIR-SANDBOX";
pub(crate) const THEIR_ID: &str = "THEIR-ID";
/// An id of nothing.
const MADE_UP: &str = "0123456789abcdef0123456789abcdef";

const MADE_UP_RUN: &str = "01234567-89ab-4def-8123-456789abcdef";

/// A request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Probe {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) body: String,
}

impl Probe {
    fn new(method: &'static str, path: String, body: &Value) -> Self {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        Self { method, path, body }
    }

    /// Whether it is about the other application: names of such are the whole installation's, as in
    /// the original, and whoever knows one hears whether there is one.
    pub(crate) fn is_about_others(&self) -> bool {
        self.path.starts_with("/organizations/theirs")
    }
}

/// Every route of these methods, in all ways.
pub(crate) fn probes(methods: &[&str], contents: &Contents) -> Vec<Probe> {
    let routes = pantry_http::routes().filter(|(method, _)| methods.contains(method));
    let mut all: Vec<Probe> =
        routes.flat_map(|(method, form)| of(method, form, contents)).collect();
    let mut seen = BTreeSet::new();
    all.retain(|probe| seen.insert(probe.clone()));
    // What goes with everything in it goes last.
    all.sort_by_key(|probe| Reverse(probe.path.matches('/').count()));
    all
}

/// All ways to ask a route.
fn of(method: &'static str, form: &'static str, contents: &Contents) -> Vec<Probe> {
    let organizations: &[(&str, &[&str])] = if form.contains("{organization}") {
        &[
            (OURS, &THINGS),
            (SHELF, &["base-thing", "zeta-thing"]),
            (THEIRS, &["ours-thing", "zeta-thing"]),
            ("made-up", &["zeta-thing"]),
        ]
    } else {
        &[("", &THINGS)]
    };
    let mut all = Vec::new();
    for (organization, things) in organizations {
        let mut names: Vec<(&str, &str)> = things.iter().map(|thing| (*thing, *thing)).collect();
        if *organization == OURS && form.matches('{').count() > 2 {
            names.extend([("common-thing", "zeta-thing"), ("common-thing", "made-up-thing")]);
        }
        for (first, second) in names {
            for path in paths(form, organization, (first, second), contents) {
                let body = body(method, form, &path, second, contents);
                all.extend(body.iter().map(|body| Probe::new(method, path.clone(), body)));
            }
        }
    }
    all
}

/// The paths of a route: the first parameter is called so, and those after it.
fn paths(
    form: &str,
    organization: &str,
    (first, second): (&str, &str),
    contents: &Contents,
) -> Vec<String> {
    if let Some(linked) = linked(form, organization, contents) {
        return linked;
    }
    let mut paths = vec![String::new()];
    let mut next = first;
    for segment in form.split('/').skip(1) {
        let values: Vec<&str> = match segment {
            "{organization}" => vec![organization],
            "{permission}" => vec!["read"],
            "{kind}" => vec!["nodes", "cookbooks"],
            "{index}" => vec!["node", "client", "role", next],
            "{*path}" => vec!["organizations/ours/nodes"],
            "{version}" => vec!["1.0.0", "2.0.0", "_latest"],
            "{identifier}" => vec!["7a100", "facade5a100", "1a300"],
            "{key}" => vec!["default", next],
            "{application}" => vec![OURS, THEIRS, "made-up"],
            "{shelf}" => vec![SHELF, THEIRS, OURS, "made-up"],
            "{id}" => vec![THEIR_SANDBOX, THEIR_ID, MADE_UP],
            "{run}" => vec![OUR_RUN, COMMON_RUN, THEIR_RUN, MADE_UP_RUN, MADE_UP],
            "{name}" | "{user}" | "{client}" | "{role}" | "{environment}" | "{bag}" | "{item}"
            | "{policy}" | "{group}" | "{revision}" | "{cookbook}" | "{artifact}" => {
                let name = next;
                next = second;
                vec![name]
            }
            literal => {
                assert!(!literal.starts_with('{'), "what stands for {literal} in {form}?");
                vec![literal]
            }
        };
        let longer =
            paths.iter().flat_map(|path| values.iter().map(move |it| format!("{path}/{it}")));
        paths = longer.collect();
    }
    if form.ends_with("/cookbooks") || form.ends_with("/{cookbook}") || form.ends_with("/users") {
        let with_query = |path: &String| format!("{path}?num_versions=all&email=zelda@example.com");
        paths.extend(paths.iter().map(with_query).collect::<Vec<_>>());
    }
    if form.ends_with("/search/{index}") {
        let with_query = |path: &String| format!("{path}?q=*:*zz*%20OR%20name:*");
        paths.extend(paths.iter().map(with_query).collect::<Vec<_>>());
    }
    paths
}

/// Links to what anybody has, made for this organization or another, with this one in the path. What
/// has been made for another and is used there is that other's link, which works for whoever has it.
fn linked(form: &str, organization: &str, contents: &Contents) -> Option<Vec<String>> {
    let link = |of: &str, content: &Content| match form.rsplit('/').next() {
        Some("{sha256}") => Some(read_link(of, &content.sha256)),
        Some("{md5}") => Some(upload_link(of, MADE_UP, &content.md5)),
        _ => None,
    };
    let Contents { ours, both, shelf, theirs, nobodys, colliding } = contents;
    let mut links = Vec::new();
    for content in [ours, both, shelf, theirs, nobodys, &colliding[0], &colliding[1]] {
        for of in [OURS, SHELF, THEIRS] {
            if of == OURS || of != organization {
                let organizations = ["/organizations/", of, "/"].concat();
                let here = ["/organizations/", organization, "/"].concat();
                links.push(link(of, content)?.replace(&organizations, &here));
            }
        }
    }
    Some(links)
}

/// What is sent there; each of several.
fn body(
    method: &str,
    form: &'static str,
    path: &str,
    name: &str,
    contents: &Contents,
) -> Vec<Value> {
    if !matches!(method, "POST" | "PUT") {
        return vec![Value::Null];
    }
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let organization = form.contains("{organization}");
    let collection = if organization { segments.get(2) } else { segments.first() };
    let collection = collection.copied().unwrap_or_default();
    let is_acl = form.contains("/_acl/");
    let one = match (method, collection) {
        _ if is_acl => {
            let list = |more: &[&str], groups: &[&str]| {
                let actors: Vec<&str> = ["pivotal", ADMIN].iter().chain(more).copied().collect();
                json!({ "read": { "actors": actors, "groups": groups } })
            };
            return vec![list(&[], &[]), list(&[name], &[]), list(&[], &[name])];
        }
        ("POST", _) if form.ends_with("/keys") => new("keys", name, ""),
        ("PUT", _) if form.ends_with("/{key}") => json!({ "expiration_date": "infinity" }),
        ("POST", "users") if organization => json!({ "username": name }),
        ("POST", "association_requests") => json!({ "user": name }),
        ("PUT", _) if form.contains("association_requests") => json!({ "response": "reject" }),
        ("POST", "sandboxes") => return sandboxes(contents),
        ("PUT", "sandboxes") => json!({ "is_completed": true }),
        ("POST", "cookbook_artifacts") => {
            return THINGS.map(|thing| json!({ thing: ["7a100", "facade5a100"] })).to_vec();
        }
        ("POST", "environments") if form.ends_with("cookbook_versions") => {
            return [vec![name.to_owned()], vec![format!("{name}@2.0.0")]]
                .map(|run_list| json!({ "run_list": run_list }))
                .to_vec();
        }
        ("PUT", "cookbooks" | "cookbook_artifacts") => {
            let (named, version) = (segments.get(3).copied(), segments.get(4).copied());
            return cookbooks(collection, named.unwrap_or(name), version.unwrap_or("1"), contents);
        }
        ("POST" | "PUT", "policies") if form.contains("revisions") => {
            revision(segments.get(3).copied().unwrap_or(name), name, "ours")
        }
        ("PUT", "policy_groups") => revision(name, name, "ours"),
        ("POST", "reports" | "data-collector") => return runs(path, name),
        ("POST", "search") => json!({ "says": ["normal", "says"], "name": ["name"] }),
        ("POST", "data") if form.ends_with("{bag}") => json!({ "id": name, "says": "ours" }),
        ("PUT", "data") => json!({ "id": name, "says": "ours" }),
        ("POST", "shelves") => {
            return [SHELF, THEIRS, "made-up", OURS].map(|shelf| json!({ "name": shelf })).to_vec();
        }
        ("PUT", "shelves") => {
            return [vec![SHELF], vec![SHELF, THEIRS], vec!["made-up"]]
                .map(|shelves| json!({ "shelves": shelves }))
                .to_vec();
        }
        ("POST", "shelf") if form.ends_with("promotions") => {
            return [SHELF, THEIRS, OURS, "made-up"]
                .map(|from| json!({ "from": from, "cookbooks": { name: ["1.0.0"] } }))
                .to_vec();
        }
        ("POST", "shelf") => {
            return [vec![OURS, THEIRS], vec![OURS, SHELF], vec![OURS, "made-up"]]
                .map(|applications| json!({ "applications": applications }))
                .to_vec();
        }
        ("PUT", "shelf") => {
            return [json!({}), json!({ "published": true }), json!({ "granted_to_all": true })]
                .to_vec();
        }
        ("POST", "authenticate_user" | "system_recovery") => {
            json!({ "username": name, "password": "a guess" })
        }
        ("POST" | "PUT", "organizations") => {
            let name = if name == "zeta-thing" { THEIRS } else { name };
            json!({ "name": name, "full_name": name })
        }
        ("PUT", _) if path == format!("/organizations/{OURS}") => {
            json!({ "name": OURS, "full_name": OURS })
        }
        (_, collection) => new(collection, name, "ours"),
    };
    vec![one]
}

/// What is told of a run.
fn runs(path: &str, name: &str) -> Vec<Value> {
    let told = |id: &str| {
        if path.ends_with("/data-collector") {
            json!({ "message_type": "run_start", "run_id": id, "node_name": name })
        } else if path.ends_with("/runs") {
            json!({ "action": "start", "run_id": id })
        } else {
            json!({ "action": "end", "status": "success" })
        }
    };
    [OUR_RUN, COMMON_RUN, THEIR_RUN, MADE_UP_RUN].map(told).to_vec()
}

/// Sandboxes for contents of each kind.
fn sandboxes(contents: &Contents) -> Vec<Value> {
    let Contents { ours, both, shelf, theirs, nobodys, colliding } = contents;
    let all = [ours, both, shelf, theirs, nobodys, &colliding[0]];
    let one = |content: &&Content| json!({ content.md5.to_string(): null });
    let mut all: Vec<Value> =
        all.iter().map(one).map(|sums| json!({ "checksums": sums })).collect();
    all.push(json!({ "checksums": { theirs.md5.to_string(): null, ours.md5.to_string(): null } }));
    all
}

/// Cookbooks or artifacts with files of each kind.
fn cookbooks(collection: &str, name: &str, version: &str, contents: &Contents) -> Vec<Value> {
    let Contents { ours, both, shelf, theirs, nobodys, colliding } = contents;
    let with = |content: &Content| {
        let mut one = match collection {
            "cookbooks" => cookbook(name, version),
            _ => json!({ "name": name, "identifier": version, "metadata": {} }),
        };
        one["recipes"] = json!([{
            "name": "default.rb", "path": "recipes/default.rb",
            "checksum": content.md5.to_string(), "specificity": "default",
        }]);
        one
    };
    // What can be saved comes last, so that all others find nothing there.
    [nobodys, theirs, shelf, &colliding[0], both, ours].map(with).to_vec()
}
