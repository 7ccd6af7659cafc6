//! What a machine is to run, in order: recipes and roles.
//!
//! An item is written `recipe[COOKBOOK::RECIPE@VERSION]` or `role[ROLE]`; a recipe may also stand
//! bare, and its recipe and its version may be missing. Bare ones are kept in their full form. What
//! is written differently stays different, even if it means the same: `foo` and `foo::default`.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One item, in its full form.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunListItem(String);

/// A text is no item of a run list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an item of a run list is a recipe, `recipe[NAME]` or `role[NAME]`")]
pub struct InvalidItem;

impl RunListItem {
    /// The item, in its full form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The recipe, with its cookbook and its version as they are written, if it is one.
    pub fn recipe(&self) -> Option<&str> {
        bracketed(&self.0, "recipe")
    }

    /// The role's name, if it is a role.
    pub fn role(&self) -> Option<&str> {
        bracketed(&self.0, "role")
    }
}

/// What stands in the brackets after this word.
fn bracketed<'a>(item: &'a str, word: &str) -> Option<&'a str> {
    item.strip_prefix(word)?.strip_prefix('[')?.strip_suffix(']')
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

/// Two or three numbers.
fn is_version(text: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    matches!(text.split('.').count(), 2 | 3) && text.split('.').all(is_number)
}

fn is_recipe(text: &str) -> bool {
    let (recipe, version) = match text.split_once('@') {
        Some((recipe, version)) => (recipe, Some(version)),
        None => (text, None),
    };
    let is_named = match recipe.split_once("::") {
        Some((cookbook, recipe)) => is_name(cookbook) && is_name(recipe),
        None => is_name(recipe),
    };
    is_named && version.is_none_or(is_version)
}

impl TryFrom<String> for RunListItem {
    type Error = InvalidItem;

    fn try_from(text: String) -> Result<Self, InvalidItem> {
        if is_recipe(&text) {
            return Ok(Self(format!("recipe[{text}]")));
        }
        let fits = bracketed(&text, "recipe").is_some_and(is_recipe)
            || bracketed(&text, "role").is_some_and(is_name);
        if fits { Ok(Self(text)) } else { Err(InvalidItem) }
    }
}

impl FromStr for RunListItem {
    type Err = InvalidItem;

    fn from_str(text: &str) -> Result<Self, InvalidItem> {
        Self::try_from(text.to_owned())
    }
}

impl From<RunListItem> for String {
    fn from(item: RunListItem) -> Self {
        item.0
    }
}

impl fmt::Display for RunListItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Items in order, none of them twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<RunListItem>", into = "Vec<RunListItem>")]
pub struct RunList(Vec<RunListItem>);

impl RunList {
    /// The items.
    pub fn items(&self) -> &[RunListItem] {
        &self.0
    }
}

impl FromIterator<RunListItem> for RunList {
    /// Of those that are the same, the first stays where it is.
    fn from_iter<I: IntoIterator<Item = RunListItem>>(items: I) -> Self {
        let mut seen = HashSet::new();
        Self(items.into_iter().filter(|item| seen.insert(item.clone())).collect())
    }
}

impl From<Vec<RunListItem>> for RunList {
    fn from(items: Vec<RunListItem>) -> Self {
        items.into_iter().collect()
    }
}

impl From<RunList> for Vec<RunListItem> {
    fn from(list: RunList) -> Self {
        list.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list(json: &str) -> Result<String, serde_json::Error> {
        let list: RunList = serde_json::from_str(json)?;
        Ok(list.items().iter().map(RunListItem::as_str).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn bare_recipes_are_spelt_out_and_the_first_of_several_stays() {
        for (sent, kept) in [
            ("[]", ""),
            (
                r#"["foo","foo::bar","bar::baz@1.0.0","recipe[web]","role[prod]"]"#,
                "recipe[foo] recipe[foo::bar] recipe[bar::baz@1.0.0] recipe[web] role[prod]",
            ),
            (
                r#"["webserver","recipe[webserver]","role[prod]","role[prod]"]"#,
                "recipe[webserver] role[prod]",
            ),
            (r#"["b","a","b","a"]"#, "recipe[b] recipe[a]"),
            (r#"["web","web::default"]"#, "recipe[web] recipe[web::default]"),
            (
                r#"["recipe","role","role::foo","role::bar@1.0.0","recipe[role]","role[role]"]"#,
                "recipe[recipe] recipe[role] recipe[role::foo] recipe[role::bar@1.0.0] role[role]",
            ),
            (r#"["1","base@1.0"]"#, "recipe[1] recipe[base@1.0]"),
        ] {
            assert_eq!(list(sent).unwrap(), kept);
        }
    }

    #[test]
    fn nothing_else_is_an_item() {
        for bad in [
            "",
            "recipe[",
            "recipe[]",
            "role[]",
            "role[a",
            "role[a]]",
            "role[a::b]",
            "role[a@1.0]",
            "recipe[a]x",
            "recipe[a b]",
            "node[a]",
            "[a]#@$%",
            "a::",
            "::a",
            "a::b::c",
            "a:b",
            "a@1",
            "a@1.0.0.0",
            "a@1.",
            "a@",
            "a@1.0@1.0",
            "漢字",
            "recipe[漢字]",
            "role[漢字]",
            "a\n",
        ] {
            assert_eq!(bad.parse::<RunListItem>(), Err(InvalidItem), "{bad:?}");
        }
        for bad in ["[1]", "[[]]", r#"["a",null]"#, "{}", r#""a""#, "null"] {
            assert!(list(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn roles_are_told_from_recipes() {
        let role = |text: &str| text.parse::<RunListItem>().unwrap().role().map(str::to_owned);
        assert_eq!(role("role[web]"), Some("web".to_owned()));
        assert_eq!(role("recipe[role]"), None);
        assert_eq!(role("role"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_an_item_or_none(text in r"(recipe\[|role\[)?[a-b:@.\[\]0-1]{0,12}|.{0,12}") {
            if let Ok(item) = text.parse::<RunListItem>() {
                prop_assert_eq!(item.as_str().parse(), Ok(item.clone()));
                prop_assert!(bracketed(item.as_str(), "recipe").or(item.role()).is_some());
            }
        }
    }
}
