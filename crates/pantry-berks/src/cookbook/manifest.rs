//! The document that a Chef server is sent for a cookbook.
//!
//! Since version 2 of the API it has all files in one list, before it had nine lists by the folders
//! that Chef knows, and what is elsewhere is not part of a cookbook there.

use std::collections::BTreeMap;

use pantry_model::chef::cookbook::SEGMENTS;
use pantry_model::{CookbookMetadata, Md5};
use serde::Serialize;

use super::{Cookbook, CookbookFile};

/// The first version of the API with one list.
const ONE_LIST: u32 = 2;

/// As what a cookbook is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming<'n> {
    /// As a version of the cookbook of its name.
    Version,
    /// As an artifact, under an identifier that stands for its content.
    Artifact(&'n str),
}

/// The document.
#[derive(Serialize)]
pub struct Manifest<'c> {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cookbook_name: Option<&'c str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identifier: Option<&'c str>,
    version: &'c str,
    json_class: &'static str,
    chef_type: &'static str,
    #[serde(rename = "frozen?")]
    is_frozen: bool,
    metadata: &'c CookbookMetadata,
    #[serde(flatten)]
    lists: BTreeMap<&'static str, Vec<Entry<'c>>>,
    #[serde(skip)]
    files: Vec<&'c CookbookFile>,
}

#[derive(Serialize)]
struct Entry<'c> {
    name: String,
    path: &'c str,
    checksum: Md5,
    specificity: &'c str,
}

impl<'c> Manifest<'c> {
    /// The document for a cookbook, in a version of the API.
    pub fn new(
        cookbook: &'c Cookbook,
        naming: Naming<'c>,
        is_frozen: bool,
        api_version: u32,
    ) -> Self {
        let mut lists = BTreeMap::new();
        let mut files = Vec::new();
        if api_version >= ONE_LIST {
            let all = cookbook.files.iter().map(|file| entry(file, false)).collect();
            lists.insert("all_files", all);
            files.extend(&cookbook.files);
        } else {
            lists.extend(SEGMENTS.map(|segment| (segment, Vec::new())));
            for file in &cookbook.files {
                if let Some(list) = lists.get_mut(segment(&file.path)) {
                    list.push(entry(file, true));
                    files.push(file);
                }
            }
        }
        let (version, own) = (cookbook.version(), cookbook.name.as_str());
        let (name, cookbook_name, identifier) = match naming {
            Naming::Version => (format!("{own}-{version}"), Some(own), None),
            Naming::Artifact(identifier) => (own.to_owned(), None, Some(identifier)),
        };
        Self {
            name,
            cookbook_name,
            identifier,
            version,
            json_class: "Chef::CookbookVersion",
            chef_type: "cookbook_version",
            is_frozen,
            metadata: &cookbook.metadata,
            lists,
            files,
        }
    }

    /// The files that the server must have before it takes this.
    pub fn files(&self) -> &[&'c CookbookFile] {
        &self.files
    }
}

/// The list that a path belongs to.
fn segment(path: &str) -> &str {
    path.split_once('/').map_or("root_files", |(segment, _)| segment)
}

fn entry(file: &CookbookFile, is_in_segment: bool) -> Entry<'_> {
    let path = file.path.as_str();
    let segment = segment(path);
    let base = path.rsplit('/').next().unwrap_or(path);
    let parts: Vec<_> = path.splitn(3, '/').collect();
    let specificity = match (segment, parts.as_slice()) {
        ("files" | "templates", [_, place, _]) => place,
        ("files" | "templates", [_, _]) => "root_default",
        _ => "default",
    };
    let name = if is_in_segment { base.to_owned() } else { format!("{segment}/{base}") };
    Entry { name, path, checksum: file.md5, specificity }
}
