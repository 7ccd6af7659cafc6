//! Arrows that only the sources show: which crates print, and where `unsafe` stands.
//!
//! The workspace's lints refuse both everywhere. So it is enough that every crate takes the
//! workspace's lints, and that nobody switches one of these off outside its one place. Integration
//! tests may print: what they measure, for example.

use std::path::Path;

use anyhow::{Context as _, Result};
use cargo_metadata::Metadata;

use crate::workspace;

/// Lints that only some files may switch off, by what their paths contain.
const GUARDED: &[(&str, &[&str])] = &[
    ("clippy::print_stdout", PRINTERS),
    ("clippy::print_stderr", PRINTERS),
    ("unsafe_code", &["crates/pantry-wire/src/ffi.rs", "crates/pantry-sign/src/ffi.rs"]),
];

/// Who may print.
const PRINTERS: &[&str] =
    &["bench/", "crates/pantry/", "xtask/", "/bin/chef-stand-in/", "/build.rs", "/tests/"];

/// Ways to print that no lint sees.
const HANDLES: &[&str] = &["io::stdout()", "io::stderr()"];

/// Every place where a rule of this file is broken.
pub(crate) fn violations(metadata: &Metadata) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for (name, folder) in workspace::members(metadata) {
        let manifest = folder.join("Cargo.toml");
        let text = read(&manifest)?;
        if !takes_workspace_lints(&text).with_context(|| workspace::shown(&manifest))? {
            found.push(format!("`{name}` needs `[lints] workspace = true` in its Cargo.toml"));
        }
        for path in workspace::files(&folder, "rs")? {
            found.extend(in_file(&workspace::shown(&path), &read(&path)?));
        }
    }
    Ok(found)
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| workspace::shown(path))
}

fn takes_workspace_lints(manifest: &str) -> Result<bool> {
    let manifest: toml::Table = manifest.parse()?;
    let lints = manifest.get("lints").and_then(|lints| lints.get("workspace"));
    Ok(lints.and_then(toml::Value::as_bool) == Some(true))
}

fn in_file(path: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let allowed = |places: &[&str]| places.iter().any(|place| path.contains(place));
    for attribute in attributes(text) {
        for (lint, places) in GUARDED {
            if attribute.contains(lint) && !allowed(places) {
                found.push(format!("{path} switches `{lint}` off; only {} may", places.join(", ")));
            }
        }
    }
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let prints = code.filter(|line| HANDLES.iter().any(|handle| line.contains(handle))).count();
    if prints > 0 && !allowed(PRINTERS) {
        found.push(format!("{path} takes hold of standard output; only the binary prints"));
    }
    found
}

/// Every attribute that begins a line, over as many lines as it takes.
fn attributes(text: &str) -> Vec<&str> {
    let starts = text.match_indices('#').map(|(at, _)| at).filter(|&at| {
        let before = text.get(..at).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        line.trim().is_empty()
    });
    let whole = |at: usize| {
        let rest = text.get(at..)?;
        rest.strip_prefix("#[").or_else(|| rest.strip_prefix("#!["))?;
        let mut depth = 0i32;
        let end = rest.char_indices().find_map(|(end, letter)| {
            depth += i32::from(letter == '[') - i32::from(letter == ']');
            (letter == ']' && depth == 0).then_some(end)
        })?;
        rest.get(..=end)
    };
    starts.filter_map(whole).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lint_may_be_switched_off_in_its_one_place() {
        let attribute = "#![expect(unsafe_code, reason = \"calls C\")]\n";
        assert_eq!(in_file("crates/pantry-wire/src/ffi.rs", attribute), Vec::<String>::new());
        assert_eq!(in_file("crates/pantry-wire/src/socket.rs", attribute).len(), 1);
    }

    #[test]
    fn an_attribute_is_read_over_its_lines() {
        let text = "fn a() {\n    #[allow(\n        clippy::print_stdout,\n    )]\n    b();\n}\n";
        assert_eq!(in_file("crates/pantry-agent/src/lib.rs", text).len(), 1);
        assert_eq!(in_file("crates/pantry/src/main.rs", text), Vec::<String>::new());
        assert_eq!(
            in_file("crates/pantry-agent/src/lib.rs", "let x = \"unsafe_code\";\n").len(),
            0
        );
    }

    #[test]
    fn standard_output_belongs_to_the_binary() {
        let text = "let mut out = std::io::stdout().lock();\n";
        assert_eq!(in_file("crates/pantry-broker/src/lib.rs", text).len(), 1);
        assert_eq!(in_file("crates/pantry/src/main.rs", text).len(), 0);
        assert_eq!(in_file("crates/pantry-broker/src/lib.rs", &format!("// {text}")).len(), 0);
    }

    #[test]
    fn lints_of_the_workspace_are_taken_or_not() {
        assert!(takes_workspace_lints("[lints]\nworkspace = true\n").unwrap());
        assert!(!takes_workspace_lints("[package]\nname = \"x\"\n").unwrap());
        assert!(takes_workspace_lints("[lints\n").is_err());
    }
}
