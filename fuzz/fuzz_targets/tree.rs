//! Trees of files, and pieces of their contents: whatever they say, nothing leads out of the folder that
//! they are written to, and no piece is longer than what came.
#![no_main]

use std::path::{Component, Path};

use libfuzzer_sys::fuzz_target;
use pantry_model::chef::RunTree;
use pantry_model::protocol::files::Pieces;
use pantry_model::tree::{Tree, TreePath, What};
use pantry_wire::files::split;

fn goes_down(path: &TreePath) -> bool {
    Path::new(path.as_str()).components().all(|part| matches!(part, Component::Normal(_)))
}

/// Where a link leads, by its text alone; `None` if above the top.
fn led_to(at: &TreePath, target: &str) -> Option<usize> {
    let mut depth = at.names().count() - 1;
    for part in Path::new(target).components() {
        match part {
            Component::Normal(_) => depth += 1,
            Component::ParentDir => depth = depth.checked_sub(1)?,
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(depth)
}

fuzz_target!(|input: &[u8]| {
    if let Ok(tree) = Tree::read(input) {
        for entry in &tree.entries {
            assert!(goes_down(&entry.path));
            if let What::Link { target } = &entry.what {
                assert!(led_to(&entry.path, target).is_some());
            }
        }
        assert_eq!(Tree::read(&tree.to_json()).as_ref(), Ok(&tree));
    }
    if let Ok(run) = serde_json::from_slice::<RunTree>(input) {
        assert!(run.cookbooks.iter().all(|cookbook| goes_down(&cookbook.folder)));
        assert!(run.documents.iter().all(|document| goes_down(&document.path)));
    }
    let Some(at) = input.iter().position(|byte| *byte == 0) else { return };
    let (head, bytes) = input.split_at(at);
    if let Ok(pieces) = serde_json::from_slice::<Pieces>(head)
        && let Some(split) = split(&pieces, &bytes[1..])
    {
        assert_eq!(split.iter().map(|(_, _, bytes)| bytes.len()).sum::<usize>(), bytes.len() - 1);
    }
});
