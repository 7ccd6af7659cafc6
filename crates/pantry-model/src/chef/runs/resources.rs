//! The list of resources in what was sent: counted as a whole, kept as far as the limits go.

use std::fmt;

use serde::de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::limits::{MAX_DELTA_BYTES, MAX_RESOURCES, MAX_RESOURCES_BYTES};
use super::loose::{count, text, word};
use super::report::ChangedResource;

/// What a list of resources comes to.
#[derive(Debug, Default)]
pub(super) struct Resources {
    /// Those that changed or failed, in order.
    pub(super) kept: Vec<ChangedResource>,
    /// How many more of them there were.
    pub(super) left_out: u64,
    /// How many there were in all.
    pub(super) total: u64,
    /// How many were changed.
    pub(super) updated: u64,
    /// The first that failed although it was not to, as `type[name]`.
    pub(super) failed: Option<String>,
    bytes: usize,
}

/// A resource as it is sent. What it was before and after may be long and is not kept.
#[derive(Deserialize)]
struct Sent {
    #[serde(default, rename = "type")]
    kind: Option<Value>,
    #[serde(default)]
    name: Option<Value>,
    #[serde(default)]
    id: Option<Value>,
    #[serde(default)]
    duration: Option<Value>,
    #[serde(default)]
    delta: Option<Value>,
    #[serde(default)]
    ignore_failure: Option<Value>,
    #[serde(default)]
    result: Option<Value>,
    #[serde(default)]
    status: Option<Value>,
    #[serde(default)]
    cookbook_name: Option<Value>,
    #[serde(default)]
    cookbook_version: Option<Value>,
    #[serde(default)]
    recipe_name: Option<Value>,
}

/// An item of the list, which should be a resource.
#[derive(Deserialize)]
#[serde(untagged)]
enum Item {
    Resource(Box<Sent>),
    Other(IgnoredAny),
}

impl Resources {
    fn add(&mut self, sent: &Sent) {
        self.total = self.total.saturating_add(1);
        let (has_changed, failed) = match sent.status.as_ref().map(Value::as_str) {
            // The reporting protocol sends what has changed or failed, and does not tell which.
            None | Some(Some("updated")) => (true, false),
            Some(Some("failed")) => (false, true),
            Some(_) => return,
        };
        self.updated = self.updated.saturating_add(u64::from(has_changed));
        let resource = sent.changed(failed);
        let may_fail = sent.ignore_failure == Some(Value::Bool(true));
        if failed && !may_fail && self.failed.is_none() {
            self.failed = Some(resource.declared());
        }
        let bytes = self.bytes.saturating_add(resource.size());
        if self.kept.len() < MAX_RESOURCES && bytes <= MAX_RESOURCES_BYTES {
            self.bytes = bytes;
            self.kept.push(resource);
        } else {
            self.left_out = self.left_out.saturating_add(1);
        }
    }
}

impl Sent {
    fn changed(&self, failed: bool) -> ChangedResource {
        let filled = |value: &Option<Value>| word(value.as_ref()).unwrap_or_default();
        ChangedResource {
            kind: filled(&self.kind),
            name: filled(&self.name),
            id: filled(&self.id),
            action: filled(&self.result),
            failed,
            cookbook: word(self.cookbook_name.as_ref()),
            cookbook_version: word(self.cookbook_version.as_ref()),
            recipe: word(self.recipe_name.as_ref()),
            duration_ms: count(self.duration.as_ref()),
            delta: text(self.delta.as_ref(), MAX_DELTA_BYTES).unwrap_or_default(),
        }
    }
}

impl ChangedResource {
    /// As a recipe declares it: `file[/etc/motd]`.
    pub(super) fn declared(&self) -> String {
        format!("{}[{}]", self.kind, self.name)
    }

    /// About as many bytes as it takes when it is stored.
    fn size(&self) -> usize {
        const NAMES: usize = 128;
        let texts = [&self.kind, &self.name, &self.id, &self.action, &self.delta];
        let optional = [&self.cookbook, &self.cookbook_version, &self.recipe];
        let length: usize = texts.iter().map(|text| text.len()).sum();
        NAMES + length + optional.into_iter().flatten().map(String::len).sum::<usize>()
    }
}

impl<'de> Deserialize<'de> for Resources {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(List)
    }
}

struct List;

impl<'de> Visitor<'de> for List {
    type Value = Resources;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of resources")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Resources, A::Error> {
        let mut resources = Resources::default();
        while let Some(item) = items.next_element::<Item>()? {
            if let Item::Resource(sent) = item {
                resources.add(&sent);
            }
        }
        Ok(resources)
    }

    // Whatever else it is, there are no resources in it.

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Resources, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Resources::default())
    }

    fn visit_unit<E: Error>(self) -> Result<Resources, E> {
        Ok(Resources::default())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Resources, E> {
        Ok(Resources::default())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Resources, E> {
        Ok(Resources::default())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Resources, E> {
        Ok(Resources::default())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Resources, E> {
        Ok(Resources::default())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Resources, E> {
        Ok(Resources::default())
    }
}
