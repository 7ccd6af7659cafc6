//! What files are called that wait beside their places, and a note of where they do: whoever comes after
//! a process that was killed finds them by it.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use crate::error::FilesError;
use crate::folder::{Folder, split};
use crate::plan::{Plan, Todo};

/// The longest part of a file's own name, in bytes: a name has 255 of them.
const MOST_OF_NAME: usize = 180;

/// The name of a file that waits beside its place.
pub(crate) fn beside(tag: &str, at: usize, name: &str) -> String {
    let most =
        (0..=name.len().min(MOST_OF_NAME)).rev().find(|length| name.is_char_boundary(*length));
    let short = name.get(..most.unwrap_or(0)).unwrap_or("");
    format!(".{short}.pantry-{tag}-{at:x}")
}

/// Whether a file of this name waits beside its place.
fn waits(tag: &str, name: &[u8]) -> bool {
    let Ok(name) = std::str::from_utf8(name) else { return false };
    let end = name.strip_prefix('.').and_then(|name| name.rsplit_once(".pantry-"));
    end.and_then(|(_, end)| end.strip_prefix(tag)?.strip_prefix('-'))
        .is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Writes down where files will wait: the tag, then the folders, with a NUL after each.
pub(crate) fn write(note: &Path, plan: &Plan) -> Result<(), FilesError> {
    let is_written = |todo: &Todo| matches!(todo, Todo::Write(..) | Todo::Link(_));
    let folders: BTreeSet<PathBuf> = plan
        .steps
        .iter()
        .filter(|step| is_written(&step.todo))
        .map(|step| plan.root.at(split(&step.path).0))
        .collect();
    let mut text = plan.order.tag.clone().into_bytes();
    text.push(0);
    for folder in folders {
        text.extend(folder.as_os_str().as_bytes());
        text.push(0);
    }
    fs::write(note, text).map_err(FilesError::io("write", note))
}

/// Takes away what waits where a note says, as far as that is possible. A note that is not there says
/// nothing.
pub fn clean_up(note: &Path) {
    let Ok(text) = fs::read(note) else { return };
    let mut parts = text.split(|byte| *byte == 0);
    let Some(Ok(tag)) = parts.next().map(std::str::from_utf8) else { return };
    for path in parts.filter(|path| !path.is_empty()) {
        let Ok(folder) = Folder::open(Path::new(OsStr::from_bytes(path))) else { continue };
        for name in folder.names().unwrap_or_default() {
            if waits(tag, &name)
                && let Ok(name) = std::str::from_utf8(&name)
            {
                // One that stays is only in the way.
                let _ = folder.remove(name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_process_has_left_is_taken_away() {
        use pantry_model::tree::{Entry, Tree, What};

        use crate::{Held, Order, Places, Stop, Writing};

        let home = tempfile::tempdir().unwrap();
        let top = home.path().canonicalize().unwrap();
        fs::write(top.join("empty"), "").unwrap();
        let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let sha256 = nothing.parse().unwrap();
        let entry = |path: &str| Entry {
            path: path.parse().unwrap(),
            mode: 0o644,
            what: What::File { sha256, size: 0 },
        };
        let order = Order {
            tree: Tree { entries: vec![entry("a/x"), entry("y")] },
            to: top.join("to"),
            into: true,
            owner: None,
            group: None,
            mode: None,
            tag: "job1".to_owned(),
            places: Places::default(),
        };
        let plan = Plan::make(order, &Stop::default(), &|_| {}).unwrap();
        let note = top.join("note");
        write(&note, &plan).unwrap();
        let mut writing = Writing::begin(plan, Stop::default()).unwrap();
        writing.put(&sha256, Held::Copy(&top.join("empty"))).unwrap();
        // As one that is killed: nothing is undone.
        std::mem::forget(writing);
        fs::write(top.join("to/a/.x.pantry-job2-0"), "another's").unwrap();
        clean_up(&note);
        let names = |path| {
            let entries = fs::read_dir(top.join(path)).unwrap();
            let mut names: Vec<_> = entries.map(|it| it.unwrap().file_name()).collect();
            names.sort();
            names
        };
        assert_eq!(names("to"), ["a"]);
        assert_eq!(names("to/a"), [".x.pantry-job2-0"]);
        clean_up(&top.join("no note"));
    }

    #[test]
    fn a_file_that_waits_is_known_by_its_name() {
        for name in ["a", "index.html", &"é".repeat(127), ".hidden"] {
            let beside = beside("job1", 31, name);
            assert!(beside.len() < 255 && beside.starts_with('.'), "{beside}");
            assert!(waits("job1", beside.as_bytes()));
            assert!(!waits("job2", beside.as_bytes()));
        }
        for other in ["", ".a.pantry-job1", ".a.pantry-job1-xyz", "a.pantry-job1-1", ".a"] {
            assert!(!waits("job1", other.as_bytes()), "{other}");
        }
    }
}
