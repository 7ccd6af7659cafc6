//! What may be said in each kind of file.
//!
//! A kind of file is a [`Dsl`]: the words that it knows, and what it makes of what they were given.
//! Words keep the values themselves, not copies: as in Chef, what is changed after it was handed over
//! is changed there too, and it is turned into JSON when the file has ended.

mod environment;
mod fields;
mod role;
mod run_list;

use serde_json::{Map as Object, Value as Json};

use crate::error::Error;
use crate::evaluate::evaluate;
use crate::heap::Heap;
use crate::parse;
use crate::value::{Eval, Value};

use environment::Environment;
use role::Role;

/// The words of a kind of file.
pub(crate) trait Dsl: Sized {
    /// The file's object before anything was said.
    fn begin(heap: &mut Heap) -> Eval<Self>;

    /// Says one word with these arguments; `None` if it is none of them.
    fn word(&mut self, word: &str, values: &[Value], heap: &mut Heap) -> Eval<Option<Value>>;

    /// What the file said, as Chef sends it.
    fn end(&self, heap: &mut Heap) -> Eval<Object<String, Json>>;
}

/// What a role's file in Ruby says, as the object that Chef's own tools would send.
///
/// `path` is only used to name the place of a mistake.
pub fn read_role(path: &str, source: &str) -> Result<Object<String, Json>, Error> {
    read::<Role>(path, source, "role")
}

/// What an environment's file in Ruby says, as the object that Chef's own tools would send.
///
/// `path` is only used to name the place of a mistake.
pub fn read_environment(path: &str, source: &str) -> Result<Object<String, Json>, Error> {
    read::<Environment>(path, source, "environment")
}

fn read<D: Dsl>(path: &str, source: &str, noun: &str) -> Result<Object<String, Json>, Error> {
    let object = parse::with_tree(source, evaluate::<D>);
    object.map_err(|fault| fault.told(path, source, &remedy(path, noun)))
}

/// The same as JSON is always possible, and there is a tool that prints it.
fn remedy(path: &str, noun: &str) -> String {
    let stem = path.strip_suffix(".rb").unwrap_or(path);
    let name = stem.rsplit('/').next().unwrap_or(stem);
    format!("write {stem}.json instead, which `knife {noun} show {name} -F json` prints")
}
