//! Where strings, arrays and hashes live while a file is read.
//!
//! They are referred to by numbers and nothing is given back before the end. So an array may hold
//! itself, as Ruby allows, without anything to free in circles; and what a file made altogether is
//! what is counted. Every walk through values passes [`Heap::visit`], which knows how deep it is and
//! how long all of it has taken.

use std::collections::BTreeMap;

use crate::error::Problem;
use crate::limits;
use crate::value::{Eval, Key, List, Map, Text, Value};

/// What each object takes besides its contents, about.
const OBJECT_BYTES: usize = 64;

#[derive(Debug)]
struct Held<T> {
    is_frozen: bool,
    value: T,
}

/// Keys and values in the order in which the keys came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members {
    places: BTreeMap<Key, u64>,
    entries: BTreeMap<u64, (Value, Value)>,
    next: u64,
}

impl Members {
    pub(crate) fn get(&self, key: &Key) -> Option<&Value> {
        self.entries.get(self.places.get(key)?).map(|(_, value)| value)
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    fn insert(&mut self, at: Key, key: Value, value: Value) {
        if let Some((_, known)) = self.places.get(&at).and_then(|it| self.entries.get_mut(it)) {
            *known = value;
            return;
        }
        self.places.insert(at, self.next);
        self.entries.insert(self.next, (key, value));
        self.next += 1;
    }

    fn remove(&mut self, key: &Key) -> Option<Value> {
        let place = self.places.remove(key)?;
        self.entries.remove(&place).map(|(_, value)| value)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Heap {
    texts: Vec<Held<String>>,
    lists: Vec<Held<Vec<Value>>>,
    maps: Vec<Held<Members>>,
    bytes: usize,
    steps: usize,
}

impl Heap {
    /// Counts bytes that are about to be made.
    pub(crate) fn charge(&mut self, bytes: usize) -> Eval<()> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > limits::MEMORY_BYTES { Err(Problem::too_large().into()) } else { Ok(()) }
    }

    /// Counts steps that are about to be taken.
    pub(crate) fn step(&mut self, steps: usize) -> Eval<()> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > limits::STEPS { Err(Problem::too_long().into()) } else { Ok(()) }
    }

    /// One step of a walk, so deep.
    pub(crate) fn visit(&mut self, depth: usize) -> Eval<()> {
        if depth > limits::NESTING {
            return Err(Problem::too_deep().into());
        }
        self.step(1)
    }

    pub(crate) fn new_text(&mut self, text: impl Into<String>) -> Eval<Value> {
        let value = text.into();
        self.charge(OBJECT_BYTES + value.len())?;
        self.texts.push(Held { is_frozen: false, value });
        Ok(Value::Text(Text(self.texts.len() - 1)))
    }

    pub(crate) fn new_list(&mut self, value: Vec<Value>) -> Eval<Value> {
        self.charge(OBJECT_BYTES + size_of::<Value>().saturating_mul(value.len()))?;
        self.lists.push(Held { is_frozen: false, value });
        Ok(Value::List(List(self.lists.len() - 1)))
    }

    pub(crate) fn new_map(&mut self) -> Eval<Map> {
        self.charge(OBJECT_BYTES)?;
        self.maps.push(Held { is_frozen: false, value: Members::default() });
        Ok(Map(self.maps.len() - 1))
    }

    /// A hash of these, of which the later ones win.
    pub(crate) fn map_of(&mut self, entries: Vec<(Value, Value)>) -> Eval<Value> {
        let map = self.new_map()?;
        for (key, value) in entries {
            self.set(map, key, value)?;
        }
        Ok(Value::Map(map))
    }

    pub(crate) fn text(&self, text: Text) -> &str {
        self.texts.get(text.0).map_or("", |held| &held.value)
    }

    pub(crate) fn list(&self, list: List) -> &[Value] {
        self.lists.get(list.0).map_or(&[], |held| &held.value)
    }

    /// A copy of what is in an array, to walk over while it may change.
    pub(crate) fn elements(&mut self, list: List) -> Eval<Vec<Value>> {
        self.step(self.list(list).len())?;
        Ok(self.list(list).to_vec())
    }

    pub(crate) fn map_len(&self, map: Map) -> usize {
        self.maps.get(map.0).map_or(0, |held| held.value.len())
    }

    /// A copy of what is in a hash.
    pub(crate) fn entries(&mut self, map: Map) -> Eval<Vec<(Value, Value)>> {
        self.step(self.map_len(map))?;
        let held = self.maps.get(map.0);
        Ok(held.map(|held| held.value.entries.values().cloned().collect()).unwrap_or_default())
    }

    pub(crate) fn get(&mut self, map: Map, key: &Value) -> Eval<Option<Value>> {
        let key = Key::of(key, self)?;
        Ok(self.maps.get(map.0).and_then(|held| held.value.get(&key)).cloned())
    }

    pub(crate) fn set(&mut self, map: Map, key: Value, value: Value) -> Eval<()> {
        let at = Key::of(&key, self)?;
        self.charge(3 * size_of::<Value>() + OBJECT_BYTES)?;
        // Ruby keeps a frozen copy of a string that is a key.
        let key = match key {
            Value::Text(text) => {
                let copy = self.new_text(self.text(text).to_owned())?;
                self.freeze(&copy);
                copy
            }
            key => key,
        };
        let held = self.maps.get_mut(map.0);
        thawed(held, "Hash")?.insert(at, key, value);
        Ok(())
    }

    pub(crate) fn remove(&mut self, map: Map, key: &Value) -> Eval<Option<Value>> {
        let key = Key::of(key, self)?;
        Ok(thawed(self.maps.get_mut(map.0), "Hash")?.remove(&key))
    }

    /// Puts these in the place of what a hash has.
    pub(crate) fn replace_map(&mut self, map: Map, entries: Vec<(Value, Value)>) -> Eval<()> {
        *thawed(self.maps.get_mut(map.0), "Hash")? = Members::default();
        entries.into_iter().try_for_each(|(key, value)| self.set(map, key, value))
    }

    /// Puts this in the place of a string.
    pub(crate) fn replace_text(&mut self, text: Text, with: String) -> Eval<()> {
        self.charge(with.len())?;
        *thawed(self.texts.get_mut(text.0), "String")? = with;
        Ok(())
    }

    /// Puts these in the place of what an array has.
    pub(crate) fn replace_list(&mut self, list: List, with: Vec<Value>) -> Eval<()> {
        self.charge(size_of::<Value>().saturating_mul(with.len()))?;
        *thawed(self.lists.get_mut(list.0), "Array")? = with;
        Ok(())
    }

    pub(crate) fn append(&mut self, text: Text, more: &str) -> Eval<()> {
        self.charge(more.len())?;
        thawed(self.texts.get_mut(text.0), "String")?.push_str(more);
        Ok(())
    }

    pub(crate) fn push(&mut self, list: List, value: Value) -> Eval<()> {
        self.charge(size_of::<Value>())?;
        thawed(self.lists.get_mut(list.0), "Array")?.push(value);
        Ok(())
    }

    pub(crate) fn freeze(&mut self, value: &Value) {
        match value {
            Value::Text(it) => freeze(self.texts.get_mut(it.0)),
            Value::List(it) => freeze(self.lists.get_mut(it.0)),
            Value::Map(it) => freeze(self.maps.get_mut(it.0)),
            _ => {}
        }
    }

    pub(crate) fn is_frozen(&self, value: &Value) -> bool {
        match value {
            Value::Text(it) => self.texts.get(it.0).is_some_and(|held| held.is_frozen),
            Value::List(it) => self.lists.get(it.0).is_some_and(|held| held.is_frozen),
            Value::Map(it) => self.maps.get(it.0).is_some_and(|held| held.is_frozen),
            _ => true,
        }
    }
}

fn freeze<T>(held: Option<&mut Held<T>>) {
    if let Some(held) = held {
        held.is_frozen = true;
    }
}

fn thawed<'a, T>(held: Option<&'a mut Held<T>>, kind: &str) -> Eval<&'a mut T> {
    match held {
        Some(held) if !held.is_frozen => Ok(&mut held.value),
        _ => Err(Problem::wrong(format!("this {kind} is frozen and cannot be changed")).into()),
    }
}
