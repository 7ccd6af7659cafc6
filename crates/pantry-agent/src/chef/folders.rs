//! What a run has in the data directory: `DATA_DIR/chef`, for its owner only.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

/// `DATA_DIR/chef`.
#[derive(Clone, Debug)]
pub(crate) struct Folders(PathBuf);

impl Folders {
    /// That of an agent with this data directory.
    pub(crate) fn of(data_dir: &Path) -> Self {
        Self(data_dir.join("chef"))
    }

    /// Makes what is missing.
    pub(crate) fn make(&self) -> io::Result<()> {
        for folder in [self.0.clone(), self.cache()] {
            DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        Ok(())
    }

    /// The folder itself.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// What Chef is given: cookbooks, roles, nodes, data bags.
    pub(crate) fn repository(&self) -> PathBuf {
        self.0.join("repository")
    }

    /// What is known of the files there.
    pub(crate) fn index(&self) -> PathBuf {
        self.0.join("repository.index")
    }

    /// Where Chef keeps what it has fetched.
    pub(crate) fn cache(&self) -> PathBuf {
        self.0.join("cache")
    }

    /// Where Chef keeps files as they were before.
    pub(crate) fn backup(&self) -> PathBuf {
        self.0.join("backup")
    }

    /// Chef's own lock.
    pub(crate) fn chef_lock(&self) -> PathBuf {
        self.cache().join("chef-client-running.pid")
    }

    /// Which process was started last.
    pub(crate) fn running(&self) -> PathBuf {
        self.0.join("running")
    }

    /// Where Chef writes its messages for a data collector.
    pub(crate) fn messages(&self) -> PathBuf {
        self.0.join("messages.json")
    }

    /// The machine's RSA key.
    pub(crate) fn key(&self) -> PathBuf {
        self.0.join("client.pem")
    }

    /// `client.rb` or `solo.rb`.
    pub(crate) fn configuration(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The attributes that chef-solo is told.
    pub(crate) fn attributes(&self) -> PathBuf {
        self.0.join("solo.json")
    }
}
