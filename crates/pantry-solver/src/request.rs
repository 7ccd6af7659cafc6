//! What is asked: the items of a run list, and what else constrains the choice.

use std::fmt;
use std::str::FromStr;

use pantry_model::{Constraint, Version};

/// A cookbook that is to be there, and in which version if it matters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Item {
    /// The cookbook's name.
    pub cookbook: String,
    /// The only version that will do; any if there is none.
    pub version: Option<Version>,
}

/// A text is no item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what is wanted is `NAME`, `NAME@VERSION`, `NAME::RECIPE` or `NAME::RECIPE@VERSION`")]
pub struct InvalidItem;

impl FromStr for Item {
    type Err = InvalidItem;

    /// Reads `NAME`, with `::RECIPE`, which says nothing here, and `@VERSION` behind it or not.
    fn from_str(text: &str) -> Result<Self, InvalidItem> {
        let (recipe, version) = match text.split_once('@') {
            Some((recipe, version)) => (recipe, Some(version.parse().map_err(|_| InvalidItem)?)),
            None => (text, None),
        };
        let cookbook = recipe.split_once("::").map_or(recipe, |(cookbook, _)| cookbook);
        let is_named =
            cookbook.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        if cookbook.is_empty() || !is_named {
            return Err(InvalidItem);
        }
        Ok(Self { cookbook: cookbook.to_owned(), version })
    }
}

impl fmt::Display for Item {
    /// As the original writes it: `(apt >= 0.0.0)`, `(apt = 1.0.0)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.version {
            Some(version) => write!(f, "({} = {version})", self.cookbook),
            None => write!(f, "({} >= 0.0.0)", self.cookbook),
        }
    }
}

/// What is to be solved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// What is to be there, in the order of the answer.
    run_list: Vec<Item>,
    /// Of which cookbooks only some versions count, as an environment says. They count whether the
    /// cookbook is in the answer or not, and do not put it there.
    constraints: Vec<(String, Constraint)>,
}

impl Request {
    /// A request; of items that are the same, the first stays.
    pub fn new(
        run_list: impl IntoIterator<Item = Item>,
        constraints: impl IntoIterator<Item = (String, Constraint)>,
    ) -> Self {
        let mut kept: Vec<Item> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        kept.extend(run_list.into_iter().filter(|item| seen.insert(item.clone())));
        Self { run_list: kept, constraints: constraints.into_iter().collect() }
    }

    /// What is to be there.
    pub fn run_list(&self) -> &[Item] {
        &self.run_list
    }

    /// What constrains the choice.
    pub fn constraints(&self) -> &[(String, Constraint)] {
        &self.constraints
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_a_cookbook_and_perhaps_its_version() {
        for (text, shown) in [
            ("apt", "(apt >= 0.0.0)"),
            ("apt::default", "(apt >= 0.0.0)"),
            ("apt@1.2", "(apt = 1.2.0)"),
            ("apt::x@1.2.20130730201745", "(apt = 1.2.20130730201745)"),
            ("a.b_c-d", "(a.b_c-d >= 0.0.0)"),
        ] {
            assert_eq!(text.parse::<Item>().unwrap().to_string(), shown);
        }
        for bad in ["", "@1.0", "::x", "apt@", "apt@x", "apt@1.0@2.0", "a b", "recipe[a]", "é"] {
            assert_eq!(bad.parse::<Item>(), Err(InvalidItem), "{bad:?}");
        }
    }

    #[test]
    fn what_is_asked_twice_is_asked_once() {
        let items = ["a", "b@1.0", "a::x", "b", "b@1.0.0"].map(|text| text.parse().unwrap());
        let shown: Vec<_> =
            Request::new(items, []).run_list().iter().map(Item::to_string).collect();
        assert_eq!(shown, ["(a >= 0.0.0)", "(b = 1.0.0)", "(b >= 0.0.0)"]);
    }
}
