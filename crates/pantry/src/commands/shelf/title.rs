//! Versions of cookbooks as they are named on the command line: `NAME@VERSION`.

use std::collections::BTreeMap;
use std::str::FromStr;

use pantry_model::{CookbookName, Version};

/// A cookbook, and one version of it or any.
#[derive(Clone, Debug)]
pub(super) struct Title {
    pub(super) name: CookbookName,
    pub(super) version: Option<Version>,
}

impl FromStr for Title {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, version) = match text.split_once('@') {
            Some((name, version)) => {
                let version = version.parse();
                (name, Some(version.map_err(|_| "a version is two or three numbers, as in 1.2.3")?))
            }
            None => (text, None),
        };
        let name: Result<CookbookName, _> = name.parse();
        Ok(Self { name: name.map_err(|error| error.to_string())?, version })
    }
}

/// One version of a cookbook.
#[derive(Clone, Debug)]
pub(super) struct ExactTitle {
    name: CookbookName,
    version: Version,
}

impl FromStr for ExactTitle {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Title { name, version } = text.parse()?;
        let version = version.ok_or("which version of it? `NAME@VERSION` is expected")?;
        Ok(Self { name, version })
    }
}

/// Versions by name, as a server is told them.
pub(super) fn by_name<'a>(
    titles: impl IntoIterator<Item = &'a ExactTitle>,
) -> BTreeMap<&'a str, Vec<String>> {
    let mut all: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for title in titles {
        all.entry(title.name.as_str()).or_default().push(title.version.to_string());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_a_name_and_perhaps_a_version() {
        let title: Title = "apt@1.2".parse().unwrap();
        assert_eq!((title.name.as_str(), title.version), ("apt", "1.2.0".parse().ok()));
        assert!("apt".parse::<Title>().unwrap().version.is_none());
        for bad in ["", "@1.0", "apt@", "apt@x", "apt@1.0@2.0", "a b", "a/b@1.0"] {
            assert!(bad.parse::<Title>().is_err(), "{bad:?}");
        }
        assert!("apt".parse::<ExactTitle>().unwrap_err().contains("NAME@VERSION"));
        let titles = ["b@1.0", "a@2.0.0", "b@0.9"].map(|text| text.parse().unwrap());
        let named = by_name(&titles);
        assert_eq!(named["b"], ["1.0.0", "0.9.0"]);
        assert_eq!(named["a"], ["2.0.0"]);
    }
}
