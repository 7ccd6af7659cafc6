//! A universe of cookbooks, and a real one from a file.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use pantry_model::{Constraint, CookbookName, Version};
use pantry_solver::Universe;
use serde::Deserialize;

/// Cookbooks with their versions.
pub(crate) struct Cookbooks(pub(crate) Vec<Cookbook>);

/// A cookbook.
#[derive(Clone)]
pub(crate) struct Cookbook {
    pub(crate) name: String,
    /// Oldest first.
    pub(crate) releases: Vec<Release>,
}

/// A version of a cookbook.
#[derive(Clone)]
pub(crate) struct Release {
    pub(crate) version: Version,
    /// Names and constraints as they are written in metadata.
    pub(crate) dependencies: Vec<(String, String)>,
}

impl Cookbooks {
    /// The cookbooks, by name if they come from a file, else the popular ones first.
    pub(crate) fn all(&self) -> &[Cookbook] {
        &self.0
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// How many versions there are of all of them.
    pub(super) fn versions(&self) -> usize {
        self.0.iter().map(|cookbook| cookbook.releases.len()).sum()
    }

    /// The same, as the solver reads it.
    pub(super) fn universe(&self) -> Universe {
        let mut builder = Universe::builder();
        for Cookbook { name, releases } in &self.0 {
            for Release { version, dependencies } in releases {
                let read = |(on, text): &(String, String)| {
                    Some((on.as_str().into(), text.parse::<Constraint>().ok()?))
                };
                builder.add::<std::sync::Arc<str>>(
                    name,
                    *version,
                    dependencies.iter().filter_map(read),
                );
            }
        }
        builder.build()
    }

    /// Those that a file tells of. What is no version is left out, and so is a dependency whose name or
    /// constraint is none: no server takes it.
    pub(super) fn read(path: &Path) -> Result<Self> {
        #[derive(Deserialize)]
        struct Row {
            #[serde(default)]
            dependencies: BTreeMap<String, String>,
        }
        let is_one = |(on, asked): &(String, String)| {
            on.split("::").all(|name| name.parse::<CookbookName>().is_ok())
                && asked.parse::<Constraint>().is_ok()
        };
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let all: BTreeMap<String, BTreeMap<String, Row>> = serde_json::from_str(&text)?;
        let cookbooks = all.into_iter().map(|(name, rows)| {
            let release = |(version, row): (String, Row)| {
                let dependencies = row.dependencies.into_iter().filter(is_one).collect();
                Some(Release { version: version.parse().ok()?, dependencies })
            };
            let mut releases: Vec<Release> = rows.into_iter().filter_map(release).collect();
            releases.sort_by_key(|release| release.version);
            // One version may be written in two ways.
            releases.dedup_by_key(|release| release.version);
            Cookbook { name, releases }
        });
        Ok(Self(cookbooks.collect()))
    }
}
