//! The metadata of a cookbook: `metadata.rb`, as the class of Chef's that evaluates it does.
//!
//! Unlike in other files, a word that it does not know says nothing: old files are full of words of
//! the past, and of slips of the pen that nobody noticed. And it may read files of its own folder.

mod constraint;
mod outside;
mod requirement;
mod words;

use pantry_model::CookbookMetadata;
use pantry_model::cookbook_metadata::OwnedJson;
use serde_json::Value as Json;

use super::Dsl;
use super::fields::{single, wrong};
use crate::error::Problem;
use crate::files::Files;
use crate::heap::Heap;
use crate::limits;
use crate::render::{to_json, to_s};
use crate::value::{Eval, List, Map, Value};

pub(super) struct Metadata<'f> {
    /// The cookbook's folder, an absolute path.
    root: &'f str,
    files: &'f dyn Files,
    /// What is set as it is given: name, texts, and the like.
    set: Vec<(&'static str, Value)>,
    version: String,
    platforms: Map,
    dependencies: Map,
    providing: Map,
    recipes: Map,
    /// Requirements of each line, sorted.
    chef_versions: Vec<Vec<String>>,
    ohai_versions: Vec<Vec<String>>,
    gems: List,
}

impl<'f> Metadata<'f> {
    pub(super) fn begin(root: &'f str, files: &'f dyn Files, heap: &mut Heap) -> Eval<Self> {
        let mut set = vec![("name", Value::Nil)];
        for (word, text) in [
            ("description", ""),
            ("long_description", ""),
            ("maintainer", ""),
            ("maintainer_email", ""),
            ("license", "All rights reserved"),
            ("source_url", ""),
            ("issues_url", ""),
        ] {
            set.push((word, heap.new_text(text)?));
        }
        set.push(("privacy", Value::Bool(false)));
        set.push(("eager_load_libraries", Value::Bool(true)));
        let gems = match heap.new_list(Vec::new())? {
            Value::List(list) => list,
            other => return Err(wrong("gem", "an Array", &other)),
        };
        Ok(Self {
            root,
            files,
            set,
            version: "0.0.0".to_owned(),
            platforms: heap.new_map()?,
            dependencies: heap.new_map()?,
            providing: heap.new_map()?,
            recipes: heap.new_map()?,
            chef_versions: Vec::new(),
            ohai_versions: Vec::new(),
            gems,
        })
    }

    /// Sets or gives what is kept as it is given.
    fn setting(&mut self, word: &str, values: &[Value]) -> Eval<Option<Value>> {
        let Some((_, held)) = self.set.iter_mut().find(|(known, _)| *known == word) else {
            return Ok(None);
        };
        let given = match single(word, values)? {
            None | Some(Value::Nil) => return Ok(Some(held.clone())),
            Some(given) => given,
        };
        match (word, given) {
            ("privacy", Value::Bool(_)) => {}
            ("privacy", other) => return Err(wrong(word, "true or false", other)),
            ("eager_load_libraries", Value::Bool(_) | Value::Text(_) | Value::List(_)) => {}
            ("eager_load_libraries", other) => {
                return Err(wrong(word, "true, false, a String or an Array", other));
            }
            (_, Value::Text(_)) => {}
            (_, other) => return Err(wrong(word, "a String", other)),
        }
        *held = given.clone();
        Ok(Some(given.clone()))
    }

    /// `depends`, `supports` and `provides`: a name and a constraint.
    fn constrained(&mut self, word: &str, values: &[Value], heap: &mut Heap) -> Eval<Value> {
        let [name, constraints @ ..] = values else {
            return Err(Problem::Wrong(format!("`{word}` wants a name")).into());
        };
        let own = self.set.iter().find(|(known, _)| *known == "name").map(|(_, value)| value);
        let map = match word {
            "depends" => {
                if let Some(own) = own
                    && crate::compare::equal(name, own, heap)?
                {
                    let shown = to_s(name, heap)?;
                    let text = format!("the cookbook `{shown}` depends on itself: leave this out");
                    return Err(Problem::Wrong(text).into());
                }
                self.dependencies
            }
            "supports" => self.platforms,
            _ => self.providing,
        };
        let constraint = match constraints {
            [] => constraint::ANY.to_owned(),
            [constraint] => constraint::read(constraint, heap)?,
            _ => {
                let shown = to_s(name, heap)?;
                let text = format!("`{word}` takes one constraint, and `{shown}` is given several");
                return Err(Problem::Wrong(text).into());
            }
        };
        let constraint = heap.new_text(constraint)?;
        let name = key(name, heap)?;
        heap.set(map, name, constraint.clone())?;
        Ok(constraint)
    }

    /// `chef_version` and `ohai_version`: one line of requirements, of which one line must hold.
    fn requirements(&mut self, word: &str, values: &[Value], heap: &mut Heap) -> Eval<Value> {
        let line = if values.is_empty() { None } else { Some(requirement::line(values, heap)?) };
        let lines =
            if word == "chef_version" { &mut self.chef_versions } else { &mut self.ohai_versions };
        lines.extend(line);
        let mut shown = Vec::new();
        for line in lines {
            heap.step(line.len())?;
            let line = line.iter().map(|it| heap.new_text(it.clone())).collect::<Eval<_>>()?;
            shown.push(heap.new_list(line)?);
        }
        heap.new_list(shown)
    }
}

impl Dsl for Metadata<'_> {
    type Said = CookbookMetadata;

    fn word(&mut self, word: &str, values: &[Value], heap: &mut Heap) -> Eval<Option<Value>> {
        Ok(Some(match (word, values) {
            ("version", _) => {
                match single(word, values)? {
                    Some(given) if given.is_true() => {
                        let text = to_s(given, heap)?;
                        let wrong = || {
                            let text = text.chars().take(80).collect::<String>();
                            Problem::Wrong(format!("`{text}` is no version such as 1.2.3 or 1.2"))
                        };
                        self.version = constraint::version(&text).ok_or_else(wrong)?;
                    }
                    _ => {}
                }
                heap.new_text(self.version.clone())?
            }
            ("depends" | "supports" | "provides", _) => self.constrained(word, values, heap)?,
            ("chef_version" | "ohai_version", _) => self.requirements(word, values, heap)?,
            ("chef_versions" | "ohai_versions", []) => {
                self.requirements(word.trim_end_matches('s'), values, heap)?
            }
            ("gem", _) => {
                if !values.is_empty() {
                    let values = heap.new_list(values.to_vec())?;
                    heap.push(self.gems, values)?;
                }
                Value::List(self.gems)
            }
            ("gems", []) => Value::List(self.gems),
            ("recipe", [name, description]) => {
                let name = key(name, heap)?;
                heap.set(self.recipes, name, description.clone())?;
                description.clone()
            }
            ("recipe", _) => {
                return Err(Problem::wrong("`recipe` takes a name and a description").into());
            }
            ("platforms", []) => Value::Map(self.platforms),
            ("dependencies", []) => Value::Map(self.dependencies),
            ("providing", []) => Value::Map(self.providing),
            ("recipes", []) => Value::Map(self.recipes),
            ("__dir__", []) => heap.new_text(self.root)?,
            ("respond_to?", [asked, ..]) => Value::Bool(words::responds_to(&to_s(asked, heap)?)),
            _ => match self.setting(word, values)? {
                Some(value) => value,
                None => return Ok(None),
            },
        }))
    }

    fn file(&self) -> Option<String> {
        Some(crate::files::join(&[self.root.to_owned(), "metadata.rb".to_owned()]))
    }

    fn ignores(&self, word: &str) -> bool {
        !words::is_rubys(word)
    }

    fn has(&self, word: &str) -> bool {
        words::is_own(word) || self.ignores(word)
    }

    fn responds_to(&self, word: &str) -> Option<bool> {
        Some(words::responds_to(word))
    }

    fn knows_constant(&self, name: &str) -> bool {
        outside::is_known(name)
    }

    fn constant(&self, name: &str) -> Option<&'static str> {
        outside::value(name)
    }

    fn of_constant(
        &mut self,
        constant: &str,
        method: &str,
        values: &[Value],
        heap: &mut Heap,
    ) -> Eval<Option<Value>> {
        outside::call(self.root, self.files, (constant, method), values, heap)
    }

    fn end(&self, heap: &mut Heap) -> Eval<CookbookMetadata> {
        let mut metadata = CookbookMetadata::default();
        let maps = [
            ("platforms", self.platforms),
            ("dependencies", self.dependencies),
            ("providing", self.providing),
            ("recipes", self.recipes),
        ];
        let maps = maps.into_iter().map(|(key, map)| (key, Value::Map(map)));
        let lists = [("gems", Value::List(self.gems))];
        for (key, value) in self.set.iter().cloned().chain(maps).chain(lists) {
            metadata.set(key, owned(&value, heap, 0)?);
        }
        metadata.set("version", OwnedJson::text(&self.version));
        for (key, lines) in
            [("chef_versions", &self.chef_versions), ("ohai_versions", &self.ohai_versions)]
        {
            let line = |line: &Vec<String>| line.iter().map(OwnedJson::text).collect();
            let lines = lines.iter().map(|it| OwnedJson::List(line(it))).collect();
            metadata.set(key, OwnedJson::List(lines));
        }
        Ok(metadata)
    }
}

/// What a hash of Chef's that does not tell symbols from texts has for this key.
fn key(name: &Value, heap: &mut Heap) -> Eval<Value> {
    match name {
        Value::Symbol(symbol) => heap.new_text(symbol.to_string()),
        other => Ok(other.clone()),
    }
}

/// A value as JSON that keeps the order of hashes.
fn owned(value: &Value, heap: &mut Heap, depth: usize) -> Eval<OwnedJson> {
    heap.visit(depth)?;
    if depth > limits::DOCUMENT_NESTING {
        let limit = limits::DOCUMENT_NESTING;
        return Err(Problem::Limit { what: "levels in a document", limit }.into());
    }
    heap.charge(size_of::<OwnedJson>())?;
    Ok(match value {
        Value::List(list) => {
            let mut elements = Vec::new();
            for element in heap.elements(*list)? {
                elements.push(owned(&element, heap, depth + 1)?);
            }
            OwnedJson::List(elements)
        }
        Value::Map(map) => {
            let mut members = Vec::new();
            for (key, value) in heap.entries(*map)? {
                members.push((to_s(&key, heap)?, owned(&value, heap, depth + 1)?));
            }
            OwnedJson::map(members.into_iter())
        }
        Value::Float(it) if it.is_finite() => OwnedJson::Plain(crate::render::float(*it).into()),
        plain => match to_json(plain, heap)? {
            Json::String(text) => OwnedJson::Text(text),
            other => OwnedJson::Plain(other.to_string().into()),
        },
    })
}
