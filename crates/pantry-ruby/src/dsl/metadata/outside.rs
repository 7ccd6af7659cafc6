//! What metadata may ask of Ruby's own classes: paths, and files of its own folder.

use crate::dsl::fields::wrong;
use crate::error::Problem;
use crate::files::{self, FileKind, Files};
use crate::heap::Heap;
use crate::limits;
use crate::value::{Eval, Value};

/// Which Chef this is, for files that ask.
const CHEF: &str = "18.0.0";

/// Whether something can be called on this.
pub(super) fn is_known(constant: &str) -> bool {
    matches!(constant, "File" | "IO" | "Dir" | "Encoding")
}

/// A constant that has a value of its own.
pub(super) fn value(constant: &str) -> Option<&'static str> {
    match constant {
        "Chef::VERSION" => Some(CHEF),
        "File::SEPARATOR" | "File::Separator" => Some("/"),
        _ => None,
    }
}

/// Calls a method of one of these classes; `None` if it is not known.
pub(super) fn call(
    root: &str,
    files: &dyn Files,
    (constant, method): (&str, &str),
    values: &[Value],
    heap: &mut Heap,
) -> Eval<Option<Value>> {
    if constant == "Encoding" {
        // Texts are UTF-8 here whatever is said.
        let is_setting = matches!(method, "default_external=" | "default_internal=");
        return Ok(is_setting.then(|| values.last().cloned().unwrap_or(Value::Nil)));
    }
    let values = match values {
        // How a file is to be opened or decoded.
        [values @ .., Value::Map(_)] => values,
        values => values,
    };
    Ok(Some(match (constant, method, values) {
        ("File", "join", _) => {
            let mut parts = Vec::new();
            names(values, heap, 0, &mut parts)?;
            heap.new_text(files::join(&parts))?
        }
        ("File", "dirname", [path]) => {
            let path = text(path, heap)?;
            heap.new_text(files::dirname(&path))?
        }
        ("File", "basename", [path]) => {
            let path = text(path, heap)?;
            heap.new_text(files::basename(&path))?
        }
        ("File", "basename", [path, suffix]) => {
            let (path, suffix) = (text(path, heap)?, text(suffix, heap)?);
            let name = files::basename(&path);
            let suffix = if suffix == ".*" { files::extname(name) } else { &suffix };
            let stem = name.strip_suffix(suffix).filter(|stem| !stem.is_empty());
            heap.new_text(stem.unwrap_or(name))?
        }
        ("File", "extname", [path]) => {
            let path = text(path, heap)?;
            heap.new_text(files::extname(&path))?
        }
        ("File", "expand_path" | "absolute_path", [path]) => {
            let path = text(path, heap)?;
            heap.new_text(files::expand(&path, root)?)?
        }
        ("File", "expand_path" | "absolute_path", [path, from]) => {
            let (path, from) = (text(path, heap)?, text(from, heap)?);
            let from = files::expand(&from, root)?;
            heap.new_text(files::expand(&path, &from)?)?
        }
        ("File" | "Dir", "exist?" | "exists?", [path]) => {
            let kind = kind(path, root, files, heap)?;
            let is_there = kind == Some(FileKind::Folder) || kind.is_some() && constant == "File";
            Value::Bool(is_there)
        }
        ("File", "file?" | "readable?", [path]) => {
            Value::Bool(kind(path, root, files, heap)? == Some(FileKind::File))
        }
        ("File", "directory?", [path]) => {
            Value::Bool(kind(path, root, files, heap)? == Some(FileKind::Folder))
        }
        ("File" | "IO", "read" | "binread", [path]) => {
            let content = content(path, root, files, heap)?;
            heap.new_text(content)?
        }
        ("File" | "IO", "readlines", [path]) => {
            let content = content(path, root, files, heap)?;
            let mut lines = Vec::new();
            for line in content.split_inclusive('\n') {
                lines.push(heap.new_text(line)?);
            }
            heap.new_list(lines)?
        }
        ("Dir", "pwd" | "getwd", []) => heap.new_text(root)?,
        _ => return Ok(None),
    }))
}

/// A path as a text.
fn text(value: &Value, heap: &Heap) -> Eval<String> {
    match value {
        Value::Text(text) => Ok(heap.text(*text).to_owned()),
        other => Err(wrong("File", "a String", other)),
    }
}

/// The parts of a path, in arrays of any depth.
fn names(values: &[Value], heap: &mut Heap, depth: usize, parts: &mut Vec<String>) -> Eval<()> {
    heap.visit(depth)?;
    for value in values {
        match value {
            Value::List(list) => {
                let inside = heap.elements(*list)?;
                names(&inside, heap, depth + 1, parts)?;
            }
            other => {
                let part = text(other, heap)?;
                heap.charge(part.len())?;
                parts.push(part);
            }
        }
    }
    Ok(())
}

/// What is at a path. What is outside is as if it were not there.
fn kind(path: &Value, root: &str, files: &dyn Files, heap: &Heap) -> Eval<Option<FileKind>> {
    let path = text(path, heap)?;
    let inside = files::within(&path, root)?;
    Ok(files.kind(&inside))
}

/// What is in a file. What is no UTF-8 in it is marked as such.
fn content(path: &Value, root: &str, files: &dyn Files, heap: &mut Heap) -> Eval<String> {
    let path = text(path, heap)?;
    let inside = files::within(&path, root)?;
    let read = files.read(&inside, limits::READ_BYTES);
    let bytes = read.map_err(|why| Problem::Wrong(format!("`{path}` cannot be read: {why}")))?;
    if bytes.len() > limits::READ_BYTES {
        return Err(Problem::Limit { what: "bytes in a file", limit: limits::READ_BYTES }.into());
    }
    heap.charge(bytes.len())?;
    Ok(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}
