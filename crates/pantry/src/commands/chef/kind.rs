//! The kinds of objects: where each is, what it is called, and when two are the same.

use pantry_http_client::segment;
use pantry_model::Json;
use pantry_model::chef::{DataBagItem, Environment, Node, Role};

use super::document::{Document, Member};

/// A kind of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'b> {
    /// What Chef knows of a machine.
    Node,
    /// Run lists and attributes.
    Role,
    /// Versions of cookbooks, and attributes.
    Environment,
    /// An item of this data bag.
    Item(&'b str),
}

impl Kind<'_> {
    /// Its word on the command line.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Role => "role",
            Self::Environment => "environment",
            Self::Item(_) => "data bag item",
        }
    }

    /// An object as it is spoken of.
    pub(super) fn title(self, name: &str) -> String {
        match self {
            Self::Item(bag) => format!("{} {bag}/{name}", self.word()),
            _ => format!("{} {name}", self.word()),
        }
    }

    /// The path of all of them.
    pub(super) fn collection(self) -> String {
        match self {
            Self::Node => "/nodes".to_owned(),
            Self::Role => "/roles".to_owned(),
            Self::Environment => "/environments".to_owned(),
            Self::Item(bag) => format!("/data/{}", segment(bag)),
        }
    }

    /// The path of one.
    pub(super) fn path(self, name: &str) -> String {
        format!("{}/{}", self.collection(), segment(name))
    }

    /// The key that holds its name.
    pub(super) fn name_key(self) -> &'static str {
        if let Self::Item(_) = self { "id" } else { "name" }
    }

    /// The keys that people want to see first, in order, and those that come last.
    pub(super) fn order(self) -> (&'static [&'static str], &'static [&'static str]) {
        const CLASS: &[&str] = &["json_class", "chef_type"];
        match self {
            Self::Node => (
                &["name", "chef_environment", "policy_name", "policy_group", "run_list", "normal"],
                &["default", "override", "automatic", "json_class", "chef_type"],
            ),
            Self::Role => (
                &["name", "description", "run_list", "env_run_lists", "default_attributes"],
                &["override_attributes", "json_class", "chef_type"],
            ),
            Self::Environment => (
                &["name", "description", "cookbook_versions", "default_attributes"],
                &["override_attributes", "json_class", "chef_type"],
            ),
            Self::Item(_) => (&["id"], CLASS),
        }
    }

    /// Whether a server would keep the same for both: what may be left out is filled in, and run lists
    /// have one form.
    pub(super) fn is_same(self, one: &Document, other: &Document) -> bool {
        match (self.kept(one), self.kept(other)) {
            (Some(one), Some(other)) => one.is_same(&other),
            _ => one.is_same(other),
        }
    }

    fn kept(self, document: &Document) -> Option<Document> {
        let body = document.text().as_bytes();
        let object = match self {
            Self::Node => Node::read_new(body).ok()?.object().to_json(),
            Self::Role => Role::read_new(body).ok()?.object().to_json(),
            Self::Environment => Environment::read(body).ok()?.object().to_json(),
            Self::Item(_) => DataBagItem::read_new(body).ok()?.object().to_json(),
        };
        let kept = Document::read(&object).ok()?;
        // Some servers give an empty description to what has none.
        let says = |(key, value): &Member<'_>| {
            key != "description" || !matches!(value, Json::Text(text) if text.is_empty())
        };
        let is_item = matches!(self, Self::Item(_));
        let members = kept.members().into_iter().filter(|member| is_item || says(member));
        Some(Document::of(members.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Document {
        Document::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn what_a_server_fills_in_is_no_difference() {
        let same =
            |kind: Kind<'_>, one: &str, other: &str| kind.is_same(&document(one), &document(other));
        let role = r#"{"chef_type":"role","json_class":"Chef::Role","name":"web","description":"",
            "default_attributes":{"a":1,"b":{}},"override_attributes":{},"run_list":["recipe[a]"],
            "env_run_lists":{}}"#;
        let short = r#"{"name":"web","run_list":["a"],"default_attributes":{"b":{},"a":1}}"#;
        assert!(same(Kind::Role, role, short));
        assert!(!same(Kind::Role, role, r#"{"name":"web","run_list":["a"]}"#));
        let item = r#"{"id":"db","password":"x"}"#;
        assert!(same(
            Kind::Item("keys"),
            item,
            &format!(r#"{{"raw_data":{item},"json_class":"Chef::DataBagItem"}}"#)
        ));
        assert!(!same(Kind::Item("keys"), item, r#"{"id":"db","password":"y"}"#));
    }

    #[test]
    fn objects_have_paths() {
        assert_eq!(Kind::Item("a:b").path("c d"), "/data/a:b/c%20d");
        assert_eq!(Kind::Role.path("web"), "/roles/web");
        assert_eq!(Kind::Item("keys").title("db"), "data bag item keys/db");
    }
}
