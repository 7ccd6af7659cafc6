//! The files that a cookbook's metadata may read: those of its own folder, by whoever has them.
//!
//! Nothing here reads anything. Paths are worked out as Ruby does, on texts alone, and what they come
//! to is asked of a [`Files`] only if it lies in the folder.

use crate::error::Problem;
use crate::value::Eval;

/// The files of a cookbook.
///
/// Paths are relative to the cookbook's folder, with `/` between names and no `.` and `..` in them;
/// the folder itself is the empty path. Whoever answers sees to it that no link leads out of it.
pub trait Files: Sync {
    /// The content of a file that may have this many bytes, or why there is none.
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, String>;

    /// What is there, if anything.
    fn kind(&self, path: &str) -> Option<FileKind>;
}

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A file.
    File,
    /// A folder.
    Folder,
}

/// `path` seen from `from`, an absolute path: absolute, without `.`, `..` and double slashes.
pub(crate) fn expand(path: &str, from: &str) -> Eval<String> {
    if path.starts_with('~') {
        return Err(outside("a home folder").into());
    }
    let whole = if path.starts_with('/') { path.to_owned() } else { format!("{from}/{path}") };
    let mut names = Vec::new();
    for name in whole.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop();
            }
            name => names.push(name),
        }
    }
    Ok(format!("/{}", names.join("/")))
}

/// The path of a file in the folder `root`, as a [`Files`] takes it.
pub(crate) fn within(path: &str, root: &str) -> Eval<String> {
    let whole = expand(path, root)?;
    let root = root.trim_end_matches('/');
    if whole == root {
        return Ok(String::new());
    }
    let inside = whole.strip_prefix(root).and_then(|rest| rest.strip_prefix('/'));
    inside.map(str::to_owned).ok_or_else(|| outside(&format!("`{path}`")).into())
}

fn outside(what: &str) -> Problem {
    Problem::Outside {
        what: what.to_owned(),
        why: "only files in the cookbook's own folder are read",
    }
}

/// Ruby's `File.join`.
pub(crate) fn join(parts: &[String]) -> String {
    let mut parts = parts.iter();
    let mut joined = parts.next().cloned().unwrap_or_default();
    for part in parts {
        match (joined.ends_with('/'), part.starts_with('/')) {
            (true, true) => joined.truncate(joined.trim_end_matches('/').len()),
            (false, false) => joined.push('/'),
            _ => {}
        }
        joined.push_str(part);
    }
    joined
}

/// Ruby's `File.dirname`.
pub(crate) fn dirname(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    match trimmed.rsplit_once('/') {
        Some((before, _)) => match before.trim_end_matches('/') {
            "" => "/",
            before => before,
        },
        None if trimmed.is_empty() && !path.is_empty() => "/",
        None => ".",
    }
}

/// Ruby's `File.basename`, without a suffix to leave out.
pub(crate) fn basename(path: &str) -> &str {
    let trimmed = path.trim_end_matches('/');
    if trimmed.is_empty() && !path.is_empty() {
        return "/";
    }
    trimmed.rsplit('/').next().unwrap_or_default()
}

/// Ruby's `File.extname`.
pub(crate) fn extname(path: &str) -> &str {
    let name = basename(path);
    let stem = name.trim_start_matches('.');
    match stem.rfind('.') {
        Some(at) if at > 0 && at + 1 < stem.len() => stem.get(at..).unwrap_or_default(),
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_worked_out_as_ruby_does() {
        let joined =
            |parts: &[&str]| join(&parts.iter().map(|it| it.to_string()).collect::<Vec<_>>());
        assert_eq!(joined(&["a", "b"]), "a/b");
        assert_eq!(joined(&["a/", "/b"]), "a/b");
        assert_eq!(joined(&["a//", "b"]), "a//b");
        assert_eq!(joined(&["", "b"]), "/b");
        assert_eq!(joined(&["a", ""]), "a/");
        assert_eq!(joined(&[]), "");
        for (path, folder, name) in [
            ("/a/b.rb", "/a", "b.rb"),
            ("/a", "/", "a"),
            ("a", ".", "a"),
            ("a/b/", "a", "b"),
            ("/", "/", "/"),
            ("", ".", ""),
            ("a//b", "a", "b"),
        ] {
            assert_eq!((dirname(path), basename(path)), (folder, name), "{path}");
        }
        assert_eq!((extname("a/b.c.rb"), extname(".x"), extname("a.")), (".rb", "", ""));
        assert_eq!(expand("../README.md", "/c/metadata.rb").unwrap(), "/c/README.md");
        assert_eq!(expand("/x/./y/../z", "/c").unwrap(), "/x/z");
        assert_eq!(expand("../../..", "/c").unwrap(), "/");
    }

    #[test]
    fn nothing_outside_has_a_path() {
        for (path, inside) in [
            ("README.md", Some("README.md")),
            ("/c/k/a/../b", Some("b")),
            ("/c/k", Some("")),
            ("./x//y", Some("x/y")),
            ("../k/x", Some("x")),
            ("..", None),
            ("../kk/x", None),
            ("/c/kk", None),
            ("/etc/passwd", None),
            ("a/../../x", None),
            ("~/x", None),
        ] {
            assert_eq!(within(path, "/c/k").ok().as_deref(), inside, "{path}");
        }
    }
}
