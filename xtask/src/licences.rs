//! Whether every dependency's licence is one that we accept.
//!
//! The list stands once, in `deny.toml`, where `cargo xtask audit` reads it too; this check needs
//! neither cargo-deny nor a network.

use anyhow::{Context as _, Result};
use cargo_metadata::Metadata;
use spdx::{Expression, Licensee, ParseMode};

use crate::workspace;

/// What `deny.toml` accepts.
struct Accepted {
    everywhere: Vec<Licensee>,
    /// For one crate each.
    exceptions: Vec<(String, Vec<Licensee>)>,
}

/// Every dependency whose licence is not accepted; and how many were looked at.
pub(crate) fn violations(metadata: &Metadata) -> Result<(usize, Vec<String>)> {
    let path = workspace::root().join("deny.toml");
    let text = std::fs::read_to_string(&path).context("deny.toml could not be read")?;
    let accepted = Accepted::parse(&text)?;
    let dependencies = metadata.packages.iter().filter(|package| package.source.is_some());
    let (mut count, mut found) = (0, Vec::new());
    for package in dependencies {
        count += 1;
        if let Some(problem) = accepted.problem(&package.name, package.license.as_deref()) {
            found.push(problem);
        }
    }
    Ok((count, found))
}

impl Accepted {
    fn parse(deny: &str) -> Result<Self> {
        let table: toml::Table = deny.parse().context("deny.toml")?;
        let licences = table.get("licenses").context("deny.toml has no [licenses]")?;
        let everywhere = licensees(licences).context("deny.toml: [licenses] allow")?;
        let exceptions = licences.get("exceptions").and_then(toml::Value::as_array);
        let exceptions = exceptions.map_or(&[][..], Vec::as_slice).iter().map(|exception| {
            let name = exception.get("crate").and_then(toml::Value::as_str);
            let name = name.context("an exception names no crate")?.to_owned();
            Ok((name, licensees(exception)?))
        });
        let exceptions = exceptions.collect::<Result<_>>().context("deny.toml: exceptions")?;
        Ok(Self { everywhere, exceptions })
    }

    fn problem(&self, name: &str, licence: Option<&str>) -> Option<String> {
        let Some(text) = licence else {
            return Some(format!("`{name}` names no licence"));
        };
        // Old manifests write `MIT/Apache-2.0`.
        let Ok(expression) = Expression::parse_mode(text, ParseMode::LAX) else {
            return Some(format!("`{name}` has `{text}`, which is no licence expression"));
        };
        let own = self.exceptions.iter().filter(|(krate, _)| krate == name);
        let accepted: Vec<&Licensee> =
            self.everywhere.iter().chain(own.flat_map(|(_, licensees)| licensees)).collect();
        let fits = expression.evaluate(|wanted| accepted.iter().any(|have| have.satisfies(wanted)));
        (!fits).then(|| format!("`{name}` is under `{text}`, which deny.toml does not accept"))
    }
}

fn licensees(table: &toml::Value) -> Result<Vec<Licensee>> {
    let allow = table.get("allow").and_then(toml::Value::as_array).context("there is no list")?;
    let parse = |name: &toml::Value| {
        let name = name.as_str().context("a licence is not a text")?;
        Licensee::parse(name).with_context(|| format!("`{name}` is not an SPDX licence"))
    };
    allow.iter().map(parse).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted() -> Accepted {
        let deny = r#"
            [licenses]
            allow = ["MIT", "Apache-2.0", "Unicode-3.0", "Apache-2.0 WITH LLVM-exception"]
            exceptions = [{ crate = "pubgrub", allow = ["MPL-2.0"] }]
        "#;
        Accepted::parse(deny).unwrap()
    }

    #[test]
    fn expressions_are_evaluated_and_not_compared() {
        for good in [
            "MIT",
            "MIT OR GPL-3.0-only",
            "MIT OR Apache-2.0 AND Unicode-3.0",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR Zlib",
            "MIT/Apache-2.0",
        ] {
            assert_eq!(accepted().problem("x", Some(good)), None, "{good}");
        }
        for bad in ["GPL-3.0-only", "MIT AND Zlib", "GPL-3.0-only OR BSD-2-Clause", "My licence"] {
            assert!(accepted().problem("x", Some(bad)).is_some(), "{bad}");
        }
        assert!(accepted().problem("x", None).is_some());
    }

    #[test]
    fn an_exception_is_for_its_crate_alone() {
        assert_eq!(accepted().problem("pubgrub", Some("MPL-2.0")), None);
        assert!(accepted().problem("other", Some("MPL-2.0")).is_some());
    }

    #[test]
    fn a_list_that_cannot_be_read_is_an_error() {
        for bad in ["", "[licenses]", "[licenses]\nallow = [\"MITT\"]", "[licenses]\nallow = [1]"] {
            assert!(Accepted::parse(bad).is_err(), "{bad}");
        }
    }
}
