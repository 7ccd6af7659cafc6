//! Roles: `name`, `description`, attributes, and run lists, also by environment.

use serde_json::{Map as Object, Value as Json};

use super::fields::{Fields, single, wrong};
use super::{Dsl, run_list};
use crate::error::Problem;
use crate::heap::Heap;
use crate::render::to_json;
use crate::value::{Eval, List, Map, Value};

/// The run list that holds in every environment without one of its own.
const DEFAULT: &str = "_default";

pub(super) struct Role {
    fields: Fields,
    run_list: List,
    env_run_lists: Map,
}

impl Role {
    pub(super) fn begin(heap: &mut Heap) -> Eval<Self> {
        let fields = Fields::begin(heap)?;
        let run_list = new_list(heap)?;
        let env_run_lists = heap.new_map()?;
        Ok(Self { fields, run_list, env_run_lists })
    }
}

impl Dsl for Role {
    type Said = Object<String, Json>;

    fn word(&mut self, word: &str, values: &[Value], heap: &mut Heap) -> Eval<Option<Value>> {
        match word {
            "run_list" | "recipes" => {
                if !values.is_empty() {
                    heap.replace_list(self.run_list, Vec::new())?;
                }
                for value in values {
                    run_list::add(self.run_list, value, heap)?;
                }
                Ok(Some(Value::List(self.run_list)))
            }
            "env_run_lists" | "env_run_list" | "env_run_lists_add" | "env_run_list_add" => {
                match single(word, values)? {
                    None | Some(Value::Nil) => {}
                    Some(Value::Map(map)) => self.by_environment(word, *map, heap)?,
                    Some(other) => return Err(wrong(word, "a Hash", other)),
                }
                Ok(Some(Value::Map(self.env_run_lists)))
            }
            _ => self.fields.word(word, values, heap),
        }
    }

    fn end(&self, heap: &mut Heap) -> Eval<Object<String, Json>> {
        let mut object = Object::new();
        for (name, value) in self.fields.members() {
            object.insert(name.to_owned(), to_json(value, heap)?);
        }
        object.insert("json_class".to_owned(), "Chef::Role".into());
        object.insert("chef_type".to_owned(), "role".into());
        // What was appended to it by hand is not in its full form yet.
        let items = run_list::items(&Value::List(self.run_list), heap)?;
        object.insert("run_list".to_owned(), items.into());
        let mut others = Object::new();
        for (name, list) in heap.entries(self.env_run_lists)? {
            let name = crate::render::to_s(&name, heap)?;
            if name != DEFAULT {
                others.insert(name, run_list::items(&list, heap)?.into());
            }
        }
        object.insert("env_run_lists".to_owned(), others.into());
        Ok(object)
    }
}

impl Role {
    /// Takes run lists by environment; that of `_default` is the role's own.
    fn by_environment(&mut self, word: &str, map: Map, heap: &mut Heap) -> Eval<()> {
        let default = heap.new_text(DEFAULT)?;
        if !word.ends_with("_add") {
            if heap.get(map, &default)?.is_none() {
                let text = format!("`{word}` wants a run list for `{DEFAULT}` among the others");
                return Err(Problem::Wrong(text).into());
            }
            self.env_run_lists = heap.new_map()?;
        }
        for (name, list) in heap.entries(map)? {
            let items = run_list::items(&list, heap)?;
            let items = items.into_iter().map(|it| heap.new_text(it)).collect::<Eval<_>>()?;
            let Value::List(items) = heap.new_list(items)? else { continue };
            if matches!(name, Value::Text(text) if heap.text(text) == DEFAULT) {
                self.run_list = items;
            }
            heap.set(self.env_run_lists, name, Value::List(items))?;
        }
        Ok(())
    }
}

fn new_list(heap: &mut Heap) -> Eval<List> {
    match heap.new_list(Vec::new())? {
        Value::List(list) => Ok(list),
        other => Err(wrong("run_list", "an Array", &other)),
    }
}
