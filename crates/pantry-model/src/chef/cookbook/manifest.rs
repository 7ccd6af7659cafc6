//! The files of a cookbook, as they are listed in what is sent: in nine segments, or in one list.
//!
//! Of each file its content is told by its MD5, and where it is to be put. Whoever downloads the cookbook
//! writes there, so a path must lead to somewhere below the cookbook's folder.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::super::ApiVersion;
use super::super::json_object::{JsonObject, text};
use crate::content::Md5;
use crate::json::{each_item, each_member};
use crate::refusals::{Refusal, cookbooks, request};

/// The list of all files.
pub(super) const ALL_FILES: &str = "all_files";

/// The lists of files by what they are for, in the order in which they become one list.
pub const SEGMENTS: [&str; 9] = [
    "attributes",
    "definitions",
    "files",
    "libraries",
    "providers",
    "recipes",
    "resources",
    ROOT_FILES,
    "templates",
];

/// The segment of files that stand in the cookbook's own folder.
pub(super) const ROOT_FILES: &str = "root_files";

/// The segment of recipes.
const RECIPES: &str = "recipes";

/// The longest path of a file, in bytes.
const MAX_PATH_LENGTH: usize = 1024;

/// How the files of a cookbook are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ManifestForm {
    /// By what they are for.
    Segments,
    /// All in one list, in which names begin with what they are for.
    AllFiles,
}

impl ManifestForm {
    /// The form that a version of the API speaks.
    pub fn of(version: ApiVersion) -> Self {
        match version {
            ApiVersion::V0 | ApiVersion::V1 => Self::Segments,
            ApiVersion::V2 => Self::AllFiles,
        }
    }

    /// The lists that there are in this form.
    pub(super) fn lists(self) -> &'static [&'static str] {
        match self {
            Self::Segments => &SEGMENTS,
            Self::AllFiles => &[ALL_FILES],
        }
    }
}

/// What a server must know of a cookbook's files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest {
    /// Their contents.
    pub(super) checksums: BTreeSet<Md5>,
    /// The first checksum that cannot be one, so that nothing can have been uploaded under it.
    pub(super) no_checksum: Option<String>,
    /// The names of recipes, without `.rb`.
    pub(super) recipes: BTreeSet<String>,
}

impl Manifest {
    /// The files in these lists of an object, which may be missing.
    pub(super) fn read(object: &JsonObject, lists: &[&str]) -> Result<Self, Refusal> {
        let mut manifest = Self::default();
        for list in lists {
            if let Some(files) = object.get(list) {
                manifest.add_list(list, files)?;
            }
        }
        Ok(manifest)
    }

    fn add_list(&mut self, list: &str, files: &str) -> Result<(), Refusal> {
        if !files.starts_with('[') {
            return Err(request::field_invalid(list));
        }
        let mut refused = None;
        let read = each_item(files, |item| {
            let added = File::read(item).ok_or_else(|| cookbooks::invalid_element(list));
            refused = added.and_then(|file| self.add(list, &file)).err();
            refused.is_none().then_some(())
        });
        match (read, refused) {
            (_, Some(refused)) => Err(refused),
            (Some(()), None) => Ok(()),
            (None, None) => Err(request::field_invalid(list)),
        }
    }

    fn add(&mut self, list: &str, file: &File<'_>) -> Result<(), Refusal> {
        if !leads_below(&file.path) {
            return Err(cookbooks::invalid_path(list, &file.path, MAX_PATH_LENGTH));
        }
        match file.checksum.parse() {
            Ok(checksum) => drop(self.checksums.insert(checksum)),
            Err(_) => drop(self.no_checksum.get_or_insert_with(|| file.checksum.to_string())),
        }
        let recipe = match list {
            RECIPES => Some(file.name.as_ref()),
            ALL_FILES => {
                file.name.split_once('/').filter(|(of, _)| *of == RECIPES).map(|(_, it)| it)
            }
            _ => None,
        };
        if let Some(recipe) = recipe {
            let recipe = recipe.rsplit('/').next().unwrap_or(recipe);
            self.recipes.insert(recipe.strip_suffix(".rb").unwrap_or(recipe).to_owned());
        }
        Ok(())
    }
}

/// A file in a list.
pub(super) struct File<'a> {
    name: Cow<'a, str>,
    pub(super) path: Cow<'a, str>,
    pub(super) checksum: Cow<'a, str>,
}

impl<'a> File<'a> {
    /// `None` if it lacks something, or has something that is no text where there must be one.
    pub(super) fn read(item: &'a str) -> Option<Self> {
        let [mut name, mut path, mut checksum, mut specificity] = [None; 4];
        each_member(item, |key, value| match key {
            "name" => name = Some(value),
            "path" => path = Some(value),
            "checksum" => checksum = Some(value),
            "specificity" => specificity = Some(value),
            _ => {}
        })?;
        text(specificity?)?;
        Some(Self { name: text(name?)?, path: text(path?)?, checksum: text(checksum?)? })
    }
}

/// Whether a path leads from a folder to something below it, on any system.
fn leads_below(path: &str) -> bool {
    let is_drive = |path: &str| {
        let mut bytes = path.bytes();
        bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic())
            && bytes.next() == Some(b':')
            && matches!(bytes.next(), Some(b'/' | b'\\'))
    };
    (1..=MAX_PATH_LENGTH).contains(&path.len())
        && !path.contains('\0')
        && !path.starts_with(['/', '\\'])
        && !is_drive(path)
        && !path.split(['/', '\\']).any(|part| part == "..")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn manifest(body: &str, lists: &[&str]) -> Result<Manifest, Refusal> {
        Manifest::read(&JsonObject::read(body.as_bytes()).unwrap(), lists)
    }

    fn file(name: &str, path: &str, checksum: &str) -> String {
        let (name, path) = (serde_json::json!(name), serde_json::json!(path));
        format!(
            r#"{{"name":{name},"path":{path},"checksum":"{checksum}","specificity":"default"}}"#
        )
    }

    #[test]
    fn contents_and_recipes_are_found_in_either_form() {
        let (one, two) = ("0".repeat(32), "f".repeat(32));
        let (recipe, root) = (file("a.rb", "recipes/a.rb", &two), file("README", "README", &one));
        let again = file("default.rb", "recipes/default.rb", &two);
        let body = format!(r#"{{"recipes":[{again},{recipe}],"root_files":[{root}]}}"#);
        let read = manifest(&body, ManifestForm::Segments.lists()).unwrap();
        let checksums: Vec<_> = read.checksums.iter().map(Md5::to_string).collect();
        assert_eq!(checksums, [one.clone(), two.clone()]);
        assert!(read.recipes.iter().eq(["a", "default"]));

        let (recipe, other) = (file("recipes/sub/b.yml", "x", &two), file("b.rb", "b.rb", "no"));
        let library = file("libraries/c.rb", "libraries/c.rb", &one);
        let body = format!(r#"{{"all_files":[{recipe},{other},{library}]}}"#);
        let read = manifest(&body, ManifestForm::AllFiles.lists()).unwrap();
        assert!(read.recipes.iter().eq(["b.yml"]));
        assert_eq!(read.no_checksum.as_deref(), Some("no"));
        assert_eq!(manifest("{}", &SEGMENTS).unwrap(), Manifest::default());
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let refused = |files: &str| {
            manifest(&format!(r#"{{"files":{files}}}"#), &SEGMENTS).unwrap_err().sentence
        };
        for list in [r#""foo""#, "{}", "1", "null"] {
            assert_eq!(refused(list), "Field 'files' invalid");
        }
        let lacking = file("a", "a", "b").replace("specificity", "other");
        let number = file("a", "a", "b").replace(r#""a""#, "1");
        for element in [r#""foo""#, "{}", "[]", "null", &lacking, &number] {
            let list = format!("[{},{element}]", file("a", "a", "b"));
            assert_eq!(refused(&list), "Invalid element in array value of 'files'.", "{element}");
        }
    }

    #[test]
    fn a_path_leads_below_the_cookbook() {
        let long = "a/".repeat(512) + "b";
        for bad in [
            "",
            "/etc/passwd",
            "..",
            "a/../b",
            "../a",
            "a/..",
            "a\0b",
            r"\a",
            r"a\..\b",
            "c:/a",
            &long,
        ] {
            let list = format!(r#"{{"files":[{}]}}"#, file("a", bad, "b"));
            let refused = manifest(&list, &SEGMENTS).unwrap_err();
            assert!(refused.sentence.starts_with("Invalid path '"), "{bad:?}: {refused}");
        }
        for fine in ["a", "files/default/..a", "a/b..", "ä/ö.rb", "a:b", &"a".repeat(1024)] {
            let list = format!(r#"{{"files":[{}]}}"#, file("a", fine, "b"));
            assert!(manifest(&list, &SEGMENTS).is_ok(), "{fine:?}");
        }
    }

    proptest! {
        #[test]
        fn no_path_leads_out(path in r"[a\./\\:\x00]{0,8}") {
            if leads_below(&path) {
                let whole = std::path::Path::new("/cookbook").join(&path);
                prop_assert!(whole.starts_with("/cookbook"));
                let up = whole.components().any(|part| part == std::path::Component::ParentDir);
                prop_assert!(!up);
            }
        }
    }
}
