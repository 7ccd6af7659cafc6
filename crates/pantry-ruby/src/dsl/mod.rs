//! What may be said in each kind of file.
//!
//! A kind of file is a [`Dsl`]: the words that it knows, and what it makes of what they were given.
//! Words keep the values themselves, not copies: as in Chef, what is changed after it was handed over
//! is changed there too, and it is turned into JSON when the file has ended.

mod environment;
mod fields;
mod metadata;
mod role;
mod run_list;

use pantry_model::CookbookMetadata;
use serde_json::{Map as Object, Value as Json};

use crate::error::Error;
use crate::evaluate::evaluate;
use crate::files::Files;
use crate::heap::Heap;
use crate::parse;
use crate::value::{Eval, Value};

use environment::Environment;
use metadata::Metadata;
use role::Role;

/// The words of a kind of file.
pub(crate) trait Dsl: Sized {
    /// What a file says in the end.
    type Said: Send;

    /// Says one word with these arguments; `None` if it is none of them.
    fn word(&mut self, word: &str, values: &[Value], heap: &mut Heap) -> Eval<Option<Value>>;

    /// What the file said.
    fn end(&self, heap: &mut Heap) -> Eval<Self::Said>;

    /// Whether this is a word of its own, whatever else it is in Ruby.
    fn has(&self, _word: &str) -> bool {
        false
    }

    /// Whether a word that it does not know says nothing, instead of being a mistake.
    fn ignores(&self, _word: &str) -> bool {
        false
    }

    /// What `respond_to?` says; `None` where the question cannot be answered.
    fn responds_to(&self, _word: &str) -> Option<bool> {
        None
    }

    /// What `__FILE__` is.
    fn file(&self) -> Option<String> {
        None
    }

    /// Whether some methods of this class of Ruby's are known.
    fn knows_constant(&self, _name: &str) -> bool {
        false
    }

    /// The text that a constant of Ruby's or Chef's is.
    fn constant(&self, _name: &str) -> Option<&'static str> {
        None
    }

    /// Calls a method of a class of Ruby's; `None` if it is not known.
    fn of_constant(
        &mut self,
        _constant: &str,
        _method: &str,
        _values: &[Value],
        _heap: &mut Heap,
    ) -> Eval<Option<Value>> {
        Ok(None)
    }
}

/// What a role's file in Ruby says, as the object that Chef's own tools would send.
///
/// `path` is only used to name the place of a mistake.
pub fn read_role(path: &str, source: &str) -> Result<Object<String, Json>, Error> {
    read(path, source, "role", Role::begin)
}

/// What an environment's file in Ruby says, as the object that Chef's own tools would send.
///
/// `path` is only used to name the place of a mistake.
pub fn read_environment(path: &str, source: &str) -> Result<Object<String, Json>, Error> {
    read(path, source, "environment", Environment::begin)
}

/// What a cookbook's `metadata.rb` says, as Chef evaluates it.
///
/// `path` is only used to name the place of a mistake. `root` is the cookbook's folder, an absolute
/// path: what relative paths are relative to, and the only place that `files` are asked for.
pub fn read_metadata(
    path: &str,
    source: &str,
    root: &str,
    files: &dyn Files,
) -> Result<CookbookMetadata, Error> {
    let begin = |heap: &mut Heap| Metadata::begin(root, files, heap);
    let said = parse::with_tree(source, |program| evaluate(program, begin));
    said.map_err(|fault| {
        let remedy = "a metadata.json beside it is read in its place, and `knife cookbook metadata` \
                      makes one";
        fault.told(path, source, remedy)
    })
}

fn read<D: Dsl<Said = Object<String, Json>>>(
    path: &str,
    source: &str,
    noun: &str,
    begin: impl FnOnce(&mut Heap) -> Eval<D> + Send,
) -> Result<Object<String, Json>, Error> {
    let object = parse::with_tree(source, |program| evaluate(program, begin));
    object.map_err(|fault| fault.told(path, source, &remedy(path, noun)))
}

/// The same as JSON is always possible, and there is a tool that prints it.
fn remedy(path: &str, noun: &str) -> String {
    let stem = path.strip_suffix(".rb").unwrap_or(path);
    let name = stem.rsplit('/').next().unwrap_or(stem);
    format!("write {stem}.json instead, which `knife {noun} show {name} -F json` prints")
}
