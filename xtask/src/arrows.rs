//! The arrows of the architecture: which crate of ours may name which, and which crate alone may
//! name a driver, a web framework or a library with a C interface.
//!
//! Two columns stand on shared values and never name each other: the server's (transports, use
//! cases, store) and the machine's (agent, cookbooks, HTTP client). Only the edges name both, or a
//! storage backend. Dev-dependencies are free, since a test may put anything together.

use std::collections::BTreeSet;

use cargo_metadata::{DependencyKind, Metadata};

/// Crates without IO, async or clock. Every crate that is not one of them may name them.
const VALUES: &[&str] =
    &["pantry-model", "pantry-query", "pantry-ruby", "pantry-sign", "pantry-solver"];

/// May name every crate.
const ANY: &[&str] = &["*"];

/// Each crate and what it may name besides the values.
const ARROWS: &[(&str, &[&str])] = &[
    // Values: of each other only these.
    ("pantry-model", &[]),
    ("pantry-query", &["pantry-model"]),
    ("pantry-ruby", &["pantry-model"]),
    ("pantry-sign", &["pantry-model"]),
    ("pantry-solver", &["pantry-model"]),
    // Between the columns.
    ("pantry-wire", &[]),
    // The server's column.
    ("pantry-store", &[]),
    ("pantry-store-sqlite", &["pantry-store"]),
    ("pantry-store-postgres", &["pantry-store"]),
    ("pantry-blobs", &[]),
    ("pantry-usecases", &["pantry-store", "pantry-blobs"]),
    ("pantry-http", &["pantry-usecases"]),
    // What is nobody's decision (refusals, deliveries that are overdue) it writes down itself.
    ("pantry-broker", &["pantry-usecases", "pantry-store", "pantry-wire"]),
    // The machine's column.
    ("pantry-http-client", &[]),
    ("pantry-berks", &["pantry-http-client"]),
    ("pantry-murano", &["pantry-http-client"]),
    ("pantry-files", &["pantry-wire"]),
    (
        "pantry-agent",
        &["pantry-berks", "pantry-files", "pantry-murano", "pantry-http-client", "pantry-wire"],
    ),
    // Edges.
    ("pantry", ANY),
    ("pantry-testkit", ANY),
    (
        "pantry-bench",
        &[
            "pantry-store",
            "pantry-store-postgres",
            "pantry-store-sqlite",
            "pantry-testkit",
            "pantry-wire",
        ],
    ),
    ("xtask", &["pantry-testkit"]),
];

/// What only some crates may name, and what it is.
struct Reserved {
    what: &'static str,
    crates: &'static [&'static str],
    owners: &'static [&'static str],
}

const RESERVED: &[Reserved] = &[
    Reserved {
        what: "an SQL driver",
        crates: &[
            "rusqlite",
            "libsqlite3-sys",
            "sqlx",
            "postgres",
            "tokio-postgres",
            "tokio-postgres-rustls",
            "deadpool-postgres",
        ],
        // The bench asks PostgreSQL itself what it can do, to compare.
        owners: &["pantry-store-sqlite", "pantry-store-postgres", "pantry-bench"],
    },
    Reserved {
        what: "the web framework",
        crates: &["axum", "axum-extra", "matchit", "tower-http"],
        owners: &["pantry-http"],
    },
    Reserved {
        what: "HTTP",
        crates: &["hyper", "hyper-util", "reqwest", "ureq"],
        owners: &["pantry-http", "pantry-http-client"],
    },
    Reserved {
        what: "libzmq or libsodium",
        crates: &["zeromq-src", "zmq", "zmq-sys", "libsodium-sys", "libsodium-sys-stable"],
        owners: &["pantry-wire"],
    },
    Reserved { what: "RSA", crates: &["rsa", "aws-lc-sys"], owners: &["pantry-sign"] },
    Reserved { what: "an object store", crates: &["object_store"], owners: &["pantry-blobs"] },
];

/// Crates of C libraries that both we and our dependencies name. Every version of them gives its
/// symbols other names, so two copies would be built and linked without a word.
const ONCE: &[&str] = &["aws-lc-sys"];

/// Every arrow that must not be, as a sentence with what to do.
pub(crate) fn violations(metadata: &Metadata) -> Vec<String> {
    let mut found = arrows(metadata);
    found.extend(repeated(metadata.packages.iter().map(|package| package.name.as_str())));
    found
}

/// What is built in more than one version.
fn repeated<'a>(names: impl Iterator<Item = &'a str> + Clone) -> Vec<String> {
    let versions = |once: &str| names.clone().filter(|name| *name == once).count();
    let repeated = ONCE.iter().filter(|once| versions(once) > 1);
    let advice = "make its version in Cargo.toml the one that the others ask for";
    repeated.map(|once| format!("`{once}` is built in several versions: {advice}")).collect()
}

fn arrows(metadata: &Metadata) -> Vec<String> {
    let packages = metadata.workspace_packages();
    let ours: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let mut found = Vec::new();
    for package in &packages {
        let named = package.dependencies.iter().filter(|d| d.kind != DependencyKind::Development);
        let named: BTreeSet<&str> = named.map(|dependency| dependency.name.as_str()).collect();
        found.extend(check(package.name.as_str(), &named, &ours));
    }
    found
}

fn check(name: &str, named: &BTreeSet<&str>, ours: &BTreeSet<&str>) -> Vec<String> {
    let Some((_, may_name)) = ARROWS.iter().find(|(known, _)| *known == name) else {
        return vec![format!(
            "`{name}` is in no column: give it a line in ARROWS in xtask/src/arrows.rs, and one in ARCHITECTURE.md"
        )];
    };
    let mut found = Vec::new();
    for other in named {
        let is_value = VALUES.contains(other) && !VALUES.contains(&name);
        if ours.contains(other) && !is_value && *may_name != ANY && !may_name.contains(other) {
            found.push(format!("`{name}` names `{other}`"));
        }
        for reserved in RESERVED {
            if reserved.crates.contains(other) && !reserved.owners.contains(&name) {
                let owners = reserved.owners.join("`, `");
                found.push(format!(
                    "`{name}` names `{other}`: {} belongs to `{owners}` alone",
                    reserved.what
                ));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(name: &str, named: &[&str]) -> Vec<String> {
        let ours = ARROWS.iter().map(|(name, _)| *name).collect();
        check(name, &named.iter().copied().collect(), &ours)
    }

    #[test]
    fn each_column_names_what_is_below_it() {
        for (name, named) in [
            ("pantry-broker", &["pantry-usecases", "pantry-wire", "pantry-model", "tokio"][..]),
            ("pantry-agent", &["pantry-wire", "pantry-model", "pantry-berks"]),
            ("pantry-store-sqlite", &["pantry-store", "rusqlite"]),
            ("pantry-wire", &["pantry-model", "zeromq-src"]),
            ("pantry", &["pantry-agent", "pantry-broker", "pantry-store-sqlite"]),
        ] {
            assert_eq!(problems(name, named), Vec::<String>::new(), "{name}");
        }
    }

    #[test]
    fn what_crosses_is_found() {
        for (name, named) in [
            ("pantry-agent", "pantry-broker"),
            ("pantry-broker", "pantry-agent"),
            ("pantry-broker", "pantry-store-sqlite"),
            ("pantry-http", "pantry-store"),
            ("pantry-usecases", "pantry-broker"),
            ("pantry-model", "pantry-wire"),
            ("pantry-model", "pantry-query"),
            ("pantry-usecases", "rusqlite"),
            ("pantry", "axum"),
            ("pantry-agent", "libsodium-sys-stable"),
        ] {
            assert_eq!(problems(name, &[named]).len(), 1, "{name} -> {named}");
        }
    }

    #[test]
    fn a_second_copy_of_a_c_library_is_found() {
        let names = ["aws-lc-rs", "aws-lc-sys", "base64", "base64"];
        assert_eq!(repeated(names.into_iter()), Vec::<String>::new());
        assert_eq!(repeated(names.into_iter().chain(["aws-lc-sys"])).len(), 1);
    }

    #[test]
    fn a_crate_without_a_place_is_told_where_to_get_one() {
        assert!(problems("pantry-cellar", &[])[0].contains("xtask/src/arrows.rs"));
    }

    #[test]
    fn the_table_speaks_of_crates_that_it_knows() {
        let known: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
        let owners = RESERVED.iter().flat_map(|reserved| reserved.owners);
        let targets = ARROWS.iter().flat_map(|(_, named)| *named).filter(|name| **name != "*");
        for name in owners.chain(targets).chain(VALUES) {
            assert!(known.contains(name), "{name}");
        }
    }
}
