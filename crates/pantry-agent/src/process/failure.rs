//! Why a program could not be started, as a sentence.
//!
//! The operating system says "no such file" of a program that is not there, of a script whose
//! interpreter is not, and nothing about where it looked; people need to know which it was.

use std::env;
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The sentence for this error of starting `program` on `machine`.
pub(super) fn sentence(program: &str, machine: &str, error: &io::Error) -> String {
    let found = find(program);
    match (error.kind(), &found) {
        (ErrorKind::NotFound | ErrorKind::PermissionDenied, None) if program.contains('/') => {
            format!("{machine} has no program `{program}`")
        }
        (ErrorKind::NotFound | ErrorKind::PermissionDenied, None) => {
            format!("{machine} has no program `{program}` in its PATH")
        }
        (ErrorKind::NotFound, Some(path)) => format!(
            "{machine} cannot run `{}`: the interpreter that it names is not there",
            path.display()
        ),
        (ErrorKind::PermissionDenied, Some(path)) if path.is_dir() => {
            format!("{machine} cannot run `{}`: it is a directory", path.display())
        }
        (ErrorKind::PermissionDenied, Some(path)) if !is_executable(path) => {
            format!("{machine} cannot run `{}`: the file is not executable", path.display())
        }
        (ErrorKind::PermissionDenied, Some(path)) => {
            format!("{machine}'s agent is not permitted to run `{}`", path.display())
        }
        _ => format!("{machine} cannot start `{program}`: {error}"),
    }
}

/// The file that was meant: the first executable one in PATH, else the first of that name.
fn find(program: &str) -> Option<PathBuf> {
    if program.contains('/') {
        return Some(PathBuf::from(program)).filter(|path| path.exists());
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let mut places = env::split_paths(&path).map(|place| place.join(program));
    let candidates: Vec<PathBuf> = places.by_ref().filter(|path| path.is_file()).collect();
    candidates.iter().find(|path| is_executable(path)).or(candidates.first()).cloned()
}

fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
}
