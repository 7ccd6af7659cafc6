//! What `client.rb` or `solo.rb` says, as far as it is settings with a literal, a line each.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

/// The settings.
#[derive(Debug)]
pub(crate) struct Configuration(BTreeMap<String, String>);

impl Configuration {
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let mut settings = BTreeMap::new();
        for line in text.lines().map(str::trim) {
            if let Some(rest) = line.strip_prefix("data_collector.output_locations({ files: [") {
                let file = rest.strip_suffix("] })").context("output_locations")?;
                settings.insert("messages".to_owned(), literal(file)?);
            } else if let Some((name, value)) = line.split_once(' ')
                && (value.starts_with('\'') || matches!(value, "true" | "false"))
                && !line.starts_with('#')
            {
                settings.insert(name.to_owned(), literal(value)?);
            }
        }
        Ok(Self(settings))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(crate) fn text(&self, name: &str) -> Result<&str> {
        self.get(name).with_context(|| format!("the configuration does not say {name}"))
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }

    /// A run depends on nothing that the agent happened to have in its environment.
    pub(crate) fn check_environment(&self) -> Result<()> {
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            let is_ruby = ["GEM_", "BUNDLE_", "RUBY"].iter().any(|it| name.starts_with(it));
            ensure!(!is_ruby, "the environment has {name}");
        }
        if is_plain() {
            return Ok(());
        }
        for name in ["PATH", "PANTRY_JOB", "PANTRY_IDENTITY", "PANTRY_APPLICATION"] {
            ensure!(std::env::var_os(name).is_some(), "the environment has no {name}");
        }
        for name in ["file_cache_path", "file_backup_path", "lockfile", "node_name"] {
            self.text(name)?;
        }
        Ok(())
    }
}

/// Whether somebody has started it without Pantry, with what a conversion has left.
pub(crate) fn is_plain() -> bool {
    std::env::var_os("PANTRY_JOB").is_none()
}

fn literal(text: &str) -> Result<String> {
    if matches!(text, "true" | "false") {
        return Ok(text.to_owned());
    }
    let inner = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
    let inner = inner.with_context(|| format!("{text} is no text"))?;
    Ok(inner.replace("\\'", "'").replace("\\\\", "\\"))
}
