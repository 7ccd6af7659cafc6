//! A server with applications, cookbooks for them, and machines that have a Chef.

use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use pantry_testkit::installation::Installation;
use pantry_testkit::process::Process;
use serde_json::Value;

use crate::whole::installation;

/// The longest that anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server with applications.
pub(super) struct Kitchen {
    pub(super) house: Installation,
    pub(super) server: Process,
}

/// How a command ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Kitchen {
    pub(super) fn open(applications: &[&str]) -> Result<Self> {
        let house = installation()?;
        let server = house.start_server()?;
        for application in applications {
            house.succeed(&["app", "create", application])?;
        }
        Ok(Self { house, server })
    }

    pub(super) fn write(&self, path: &str, text: &str) -> Result<()> {
        let path = self.house.path(path);
        std::fs::create_dir_all(path.parent().context("a folder")?)?;
        Ok(std::fs::write(path, text)?)
    }

    /// Writes and uploads the cookbooks `web` and `base`, which it depends on.
    pub(super) fn upload_cookbooks(&self, application: &str) -> Result<()> {
        for (path, text) in [
            ("web/metadata.rb", "name 'web'\nversion '1.0.0'\ndepends 'base', '~> 1.0'\n"),
            ("web/recipes/default.rb", "include_recipe 'base'\n"),
            ("web/attributes/default.rb", "default['web']['port'] = 80\n"),
            ("web/templates/default/site.erb", "<%= @port %>\n"),
            ("base/metadata.rb", "name 'base'\nversion '1.1.0'\n"),
            ("base/recipes/default.rb", "log 'base'\n"),
        ] {
            self.write(&format!("{application}-cookbooks/{path}"), text)?;
        }
        let path = format!("{application}-cookbooks");
        self.chef(application, &["cookbook", "upload", "web", "base", "--cookbook-path", &path])?;
        Ok(())
    }

    /// Enrols a machine that runs this program as Chef; it tells nothing of itself but what Chef does.
    pub(super) fn enrol(
        &self,
        application: &str,
        identity: &str,
        chef: &Path,
        more: &str,
    ) -> Result<()> {
        self.house.enrol(application, identity, &[])?;
        let file = self.house.path(&format!("{application}-{identity}.yml"));
        let text = std::fs::read_to_string(&file)?;
        let text = text.replace("client:\n", "client:\n  facts: off\n");
        let chef = chef.display();
        std::fs::write(&file, format!("{text}chef:\n  command: {chef}\n{more}"))?;
        Ok(())
    }

    /// A command about an application's objects that must succeed.
    pub(super) fn chef(&self, application: &str, arguments: &[&str]) -> Result<String> {
        self.house.succeed(&[&["-a", application, "chef"], arguments].concat())
    }

    /// A run of Chef.
    pub(super) fn converge(&self, application: &str, options: &[&str]) -> Result<Ended> {
        let arguments = [&["-a", application, "chef", "run"], options].concat();
        Ok(self.house.run(&arguments)?.into())
    }

    /// A run that must succeed.
    pub(super) fn converged(&self, application: &str, options: &[&str]) -> Result<Ended> {
        let ended = self.converge(application, options)?;
        ensure!(ended.code == Some(0), "chef run {options:?}: {ended:?}");
        Ok(ended)
    }

    /// Has a node ask the stand-in to behave so, from its next run on.
    pub(super) fn behave(&self, application: &str, node: &str, stand_in: &Value) -> Result<()> {
        let text = self.chef(application, &["node", "show", node, "--json"])?;
        let mut document: Value = serde_json::from_str(&text)?;
        document["normal"]["stand_in"] = stand_in.clone();
        let file = format!("{application}-{node}.json");
        self.write(&file, &document.to_string())?;
        self.chef(application, &["node", "upload", &file])?;
        Ok(())
    }

    /// What a search for nodes finds, once it finds this one.
    pub(super) fn find(&self, application: &str, query: &str, node: &str) -> Result<String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let found = self.house.run(&["-a", application, "chef", "search", "node", query])?;
            let found = String::from_utf8_lossy(&found.stdout).into_owned();
            if found.contains(node) {
                return Ok(found);
            }
            ensure!(Instant::now() < deadline, "a search for {query} does not find {node}");
        }
    }

    /// Waits until a file is there.
    pub(super) fn appears(&self, name: &str) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !self.house.path(name).exists() {
            ensure!(Instant::now() < deadline, "{name} does not appear");
            std::thread::yield_now();
        }
        Ok(())
    }

    /// The contents in a machine's cache.
    pub(super) fn cached(&self, machine: &str) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for folder in std::fs::read_dir(self.house.path(&format!("{machine}.data/contents")))? {
            for file in std::fs::read_dir(folder?.path())? {
                found.push(file?.file_name().to_string_lossy().into_owned());
            }
        }
        found.sort();
        Ok(found)
    }
}
