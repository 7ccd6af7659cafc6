//! A folder of a test's own, with what is sent, what holds contents, and where they go.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use pantry_files::{
    FilesError, Held, Limits, Named, Order, Places, Plan, Scanned, Stop, Strictness, Writing,
    Written, scan,
};
use pantry_model::Sha256;
use tempfile::TempDir;

pub(crate) struct House {
    _folder: TempDir,
    pub(crate) top: PathBuf,
}

pub(crate) const LIMITS: Limits = Limits { entries: 1000, bytes: 1 << 30 };

impl House {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap();
        Self { _folder: folder, top }
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.top.join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str, mode: u32) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap()
    }

    pub(crate) fn mode(&self, path: &str) -> u32 {
        self.path(path).symlink_metadata().unwrap().permissions().mode() & 0o7777
    }

    /// The names in a folder.
    pub(crate) fn names(&self, path: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(path)).unwrap();
        let mut names: Vec<_> =
            entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub(crate) fn scan(&self, paths: &[&str], how: Strictness) -> Result<Scanned, FilesError> {
        let named: Vec<_> = paths
            .iter()
            .map(|path| {
                let path = self.path(path);
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                Named { name, path }
            })
            .collect();
        scan(&named, LIMITS, how, &Stop::default(), &|_| {})
    }

    /// Scans, and keeps all contents in a folder `contents`.
    pub(crate) fn send(&self, paths: &[&str]) -> Scanned {
        let scanned = self.scan(paths, Strictness::Refused).unwrap();
        fs::create_dir_all(self.path("contents")).unwrap();
        for ((sha256, _), origin) in scanned.contents.iter().zip(&scanned.origins) {
            fs::copy(origin.path(), self.content(sha256)).unwrap();
        }
        scanned
    }

    pub(crate) fn content(&self, of: &Sha256) -> PathBuf {
        self.path("contents").join(of.to_string())
    }

    pub(crate) fn order(&self, scanned: &Scanned, to: &str, into: bool) -> Order {
        Order {
            tree: scanned.tree.clone(),
            to: self.path(to),
            into,
            owner: None,
            group: None,
            mode: None,
            tag: "job".to_owned(),
            places: Places::default(),
        }
    }

    pub(crate) fn plan(&self, order: Order) -> Result<Plan, FilesError> {
        Plan::make(order, &Stop::default(), &|_| {})
    }

    pub(crate) fn carry_out(&self, order: Order) -> Result<Written, FilesError> {
        let plan = self.plan(order)?;
        let lacks = plan.lacks();
        let mut writing = Writing::begin(plan, Stop::default())?;
        for (content, _) in lacks {
            writing.put(&content, Held::Copy(&self.content(&content)))?;
        }
        writing.finish()
    }
}

pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// All that is below a folder, with what links and files say.
pub(crate) fn below(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            let shown = path.strip_prefix(folder).unwrap().display().to_string();
            let metadata = path.symlink_metadata().unwrap();
            if metadata.is_dir() {
                all.push(format!("{shown}/"));
                folders.push(path);
            } else if metadata.is_symlink() {
                all.push(format!("{shown} -> {}", fs::read_link(&path).unwrap().display()));
            } else {
                all.push(format!("{shown} {:?}", fs::read_to_string(&path).unwrap()));
            }
        }
    }
    all.sort();
    all
}
