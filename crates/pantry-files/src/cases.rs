//! Names that differ only in case: most disks tell them apart, some do not.

use std::collections::HashMap;

use pantry_model::tree::Tree;

/// Pairs of paths in the same folder whose last names differ only in case.
pub(crate) fn alike(tree: &Tree) -> Vec<(String, String)> {
    let mut seen: HashMap<String, &str> = HashMap::with_capacity(tree.entries.len());
    let mut pairs = Vec::new();
    for entry in &tree.entries {
        let path = entry.path.as_str();
        let folder = entry.path.parent().unwrap_or("");
        let name = path.get(folder.len()..).unwrap_or(path);
        let folded = format!("{folder}{}", name.to_lowercase());
        match seen.get(&folded) {
            Some(other) => pairs.push(((*other).to_owned(), path.to_owned())),
            None => {
                seen.insert(folded, path);
            }
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use pantry_model::tree::{Entry, What};

    use super::*;

    #[test]
    fn only_names_in_one_folder_are_alike() {
        let entries = ["A", "a", "B/x", "b/X", "c/Readme", "c/README"].map(|path| Entry {
            path: path.parse().unwrap(),
            mode: 0o644,
            what: What::Folder,
        });
        let pairs = alike(&Tree { entries: entries.into() });
        let pairs: Vec<_> = pairs.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(pairs, [("A", "a"), ("c/Readme", "c/README")]);
    }
}
