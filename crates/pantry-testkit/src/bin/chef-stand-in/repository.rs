//! The repository: what is in it, and whether that is enough for the run.

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::configuration::Configuration;

/// The folder of `chef_repo_path`.
pub(crate) struct Repository {
    path: PathBuf,
    /// Where nodes are saved.
    nodes: PathBuf,
    /// The folder of each cookbook: by its name, or where a policy is followed by name and identifier.
    artifacts: Vec<(String, String)>,
}

/// What a run list comes to.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// As `COOKBOOK::RECIPE`.
    pub(crate) recipes: Vec<String>,
    pub(crate) roles: Vec<String>,
}

/// A node's own run list.
pub(crate) fn run_list(node: &Value) -> Vec<String> {
    let items = node.get("run_list").and_then(Value::as_array);
    items.into_iter().flatten().filter_map(|item| Some(item.as_str()?.to_owned())).collect()
}

impl Repository {
    pub(crate) fn open(configuration: &Configuration) -> Result<Self> {
        let path = PathBuf::from(configuration.text("chef_repo_path")?);
        ensure!(path.is_dir(), "there is no repository {}", path.display());
        let nodes =
            configuration.get("node_path").map_or_else(|| path.join("nodes"), PathBuf::from);
        Ok(Self { path, nodes, artifacts: Vec::new() })
    }

    fn json(&self, path: &str) -> Result<Value> {
        let text = fs::read(self.path.join(path)).with_context(|| format!("{path} is missing"))?;
        serde_json::from_slice(&text).with_context(|| format!("{path} is no JSON"))
    }

    pub(crate) fn node(&self, name: &str) -> Result<Value> {
        let node = self.json(&format!("nodes/{name}.json"))?;
        ensure!(node["name"] == name, "the node's document is for {}", node["name"]);
        Ok(node)
    }

    pub(crate) fn save(&self, name: &str, node: &Value) -> Result<()> {
        let text = serde_json::to_vec_pretty(node)?;
        fs::create_dir_all(&self.nodes)?;
        Ok(fs::write(self.nodes.join(format!("{name}.json")), text)?)
    }

    pub(crate) fn spoil(&self, path: &str) -> Result<()> {
        fs::write(self.path.join(path), "spoilt").with_context(|| path.to_owned())
    }

    /// The names in a folder, without `.json`; none if there is no such folder.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path.join(folder)).into_iter().flatten().flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> =
            names.map(|name| name.trim_end_matches(".json").to_owned()).collect();
        names.sort();
        names
    }

    /// Expands a run list by the roles that are here.
    pub(crate) fn expand(&self, items: &[String], environment: &str) -> Result<Found> {
        if environment != "_default" {
            let document = self.json(&format!("environments/{environment}.json"))?;
            ensure!(document["name"] == environment, "the environment is another one");
        }
        let mut found = Found::default();
        let mut left: VecDeque<String> = items.iter().cloned().collect();
        while let Some(item) = left.pop_front() {
            let inner = |kind: &str| item.strip_prefix(kind)?.strip_prefix('[')?.strip_suffix(']');
            if let Some(role) = inner("role") {
                if found.roles.iter().any(|known| known == role) {
                    continue;
                }
                found.roles.push(role.to_owned());
                let document = self.json(&format!("roles/{role}.json"))?;
                let own = document.pointer(&format!("/env_run_lists/{environment}"));
                let list = own.or(document.get("run_list")).and_then(Value::as_array);
                let items = list.into_iter().flatten().filter_map(Value::as_str);
                for item in items.rev() {
                    left.push_front(item.to_owned());
                }
            } else {
                let recipe = inner("recipe").unwrap_or(&item);
                let recipe = recipe.split('@').next().unwrap_or_default();
                let full = match recipe.contains("::") {
                    true => recipe.to_owned(),
                    false => format!("{recipe}::default"),
                };
                if !found.recipes.contains(&full) {
                    found.recipes.push(full);
                }
            }
        }
        Ok(found)
    }

    /// What a policy comes to, as `chef export` lays it out.
    pub(crate) fn policy(&mut self, name: &str, group: &str) -> Result<Found> {
        let document = self.json(&format!("policy_groups/{group}.json"))?;
        let revision = document.pointer(&format!("/policies/{name}/revision_id"));
        let revision = revision.and_then(Value::as_str).context("the group has no such policy")?;
        let policy = self.json(&format!("policies/{name}-{revision}.json"))?;
        let locks = policy["cookbook_locks"].as_object().context("the policy locks nothing")?;
        for (cookbook, lock) in locks {
            let identifier = lock["identifier"].as_str().context("a lock without identifier")?;
            self.artifacts.push((cookbook.clone(), format!("{cookbook}-{identifier}")));
        }
        let items = run_list(&policy);
        self.expand(&items, "_default")
    }

    fn folder(&self, cookbook: &str) -> PathBuf {
        let artifact = self.artifacts.iter().find(|(name, _)| name == cookbook);
        match artifact {
            Some((_, folder)) => self.path.join("cookbook_artifacts").join(folder),
            None => self.path.join("cookbooks").join(cookbook),
        }
    }

    /// Whether everything is there that these recipes need. Answers the cookbooks.
    pub(crate) fn check(&self, found: &Found) -> Result<BTreeSet<String>> {
        let mut left: Vec<String> = Vec::new();
        for recipe in &found.recipes {
            let (cookbook, name) = recipe.split_once("::").unwrap_or((recipe, "default"));
            let file = self.folder(cookbook).join("recipes").join(format!("{name}.rb"));
            ensure!(file.is_file(), "the recipe {recipe} is missing");
            left.push(cookbook.to_owned());
        }
        let mut seen = BTreeSet::new();
        while let Some(cookbook) = left.pop() {
            if !seen.insert(cookbook.clone()) {
                continue;
            }
            let folder = self.folder(&cookbook);
            let metadata = folder.join("metadata.json");
            let Ok(text) = fs::read(&metadata) else {
                ensure!(folder.join("metadata.rb").is_file(), "{cookbook} has no metadata");
                continue;
            };
            let metadata: Value = serde_json::from_slice(&text).context("metadata.json")?;
            ensure!(metadata["name"] == cookbook.as_str(), "{cookbook} is {}", metadata["name"]);
            let needed = metadata["dependencies"].as_object();
            left.extend(needed.into_iter().flatten().map(|(name, _)| name.clone()));
            for folder in [folder.join("attributes"), folder.join("templates")] {
                for entry in fs::read_dir(&folder).into_iter().flatten() {
                    let path = entry?.path();
                    if path.is_file() && fs::read(&path).is_err() {
                        bail!("{} cannot be read", path.display());
                    }
                }
            }
        }
        Ok(seen)
    }
}
