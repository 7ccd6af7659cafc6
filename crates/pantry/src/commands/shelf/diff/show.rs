//! What people see of a comparison.

use super::Options;
use super::compare::{Change, Compared, ComparedFile, Outcome};
use crate::commands::Context;
use crate::errors::CliError;
use crate::print::clean::{Colours, clean};

/// Prints it.
pub(super) fn print(
    options: &Options,
    compared: &[Compared],
    context: &mut Context,
) -> Result<(), CliError> {
    for line in compared.iter().flat_map(|one| lines(options.cookbook.name.as_str(), one)) {
        context.print.line(&clean(&line, Colours::Removed))?;
    }
    let is_same = |one: &Compared| one.result == Outcome::Same;
    if compared.iter().all(is_same) {
        let (from, to) = (&options.from, &options.to);
        context.print.note(&format!("{from} and {to} have the same"));
    }
    Ok(())
}

fn lines(name: &str, of: &Compared) -> Vec<String> {
    let title = format!("{name} {}", of.version);
    let frozen = if of.freezing_differs { ", frozen in one of both only" } else { "" };
    let mut lines = vec![match (of.result, &of.only_in) {
        (Outcome::Only, Some(who)) => format!("{title}: only in {who}"),
        (Outcome::Same, _) => format!("{title}: the same{frozen}"),
        _ => format!("{title}: different{frozen}"),
    }];
    if of.metadata_differs {
        lines.push("  changed  metadata, as the server has it".to_owned());
    }
    for file in &of.files {
        lines.push(summary(file));
        lines.extend(file.diff.iter().flat_map(|diff| diff.lines()).map(str::to_owned));
    }
    lines
}

fn summary(file: &ComparedFile) -> String {
    let ComparedFile { path, result, from_bytes, to_bytes, .. } = file;
    let (from, to) = (from_bytes.unwrap_or_default(), to_bytes.unwrap_or_default());
    match result {
        Change::Added => format!("  added    {path} ({to} bytes)"),
        Change::Removed => format!("  removed  {path} ({from} bytes)"),
        Change::Changed => format!("  changed  {path} ({from} -> {to} bytes)"),
    }
}
