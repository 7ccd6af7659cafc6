//! `pantry file list REMOTE…`: which files clients have.

use std::time::Duration;

use pantry_model::commands::file::{FileList, Listed};
use pantry_model::{MachineId, Timestamp};

use super::super::start::{Start, begin, conclude, follow, until_absent};
use super::remote;
use crate::arguments::durations;
use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::table::table;
use crate::print::time;
use crate::watch::Understood;

/// Options of `file list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Of a folder it lists what is in it. With --json there is one object a line for each file.

Ends with 0 if all succeeded, 1 if it failed on any client, 11 if any client was silent.

Examples:
  pantry -a shop file list /etc/nginx/sites-enabled
  pantry -a shop -r web file list /etc/hosts /etc/hostname")]
pub(super) struct Options {
    /// Files and folders of clients
    #[arg(value_name = "REMOTE", required = true)]
    remote: Vec<String>,
    /// How long it may take on a client
    #[arg(long, value_name = "TIME", value_parser = durations::parse, default_value = "1m")]
    timeout: Duration,
    /// How long clients that are away have to come back and answer
    #[arg(long, value_name = "TIME", value_parser = durations::parse, default_value = "5m")]
    ttl: Duration,
}

/// Starts, watches, and prints.
pub(super) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let paths = options.remote.iter().map(|path| remote(path)).collect::<Result<_, _>>()?;
    let list = FileList { paths };
    let start = Start { timeout: options.timeout, time_to_live: options.ttl, ..Start::default() };
    let mut connection = context.connect().await?;
    let mut jobs = begin(&list, start, &mut connection, context).await?;
    let several = jobs.len() > 1;
    let mut rows: Vec<(MachineId, Listed)> = Vec::new();
    let is_json = context.print.is_json();
    let mut understand = |machine: &MachineId, line: &str| {
        let listed: Listed = serde_json::from_str(line).ok()?;
        let event = Some(("listed", serde_json::to_value(&listed).ok()?));
        if !is_json {
            rows.push((machine.clone(), listed));
        }
        Some(Understood { text: None, event })
    };
    let how = until_absent();
    let ended = follow(&mut connection, &mut jobs, &how, Some(&mut understand), context).await?;
    if !rows.is_empty() {
        // Clients answer at the same time; each one's own answers stay in their order.
        rows.sort_by(|(one, _), (other, _)| one.cmp(other));
        let columns = ["client", "mode", "owner", "group", "size", "modified", "path"];
        let rows = rows.into_iter().map(|(machine, listed)| row(&machine, several, listed));
        context.print.line(&table(columns, rows))?;
    }
    conclude(ended, &jobs, exit::DONE, context)
}

fn row(machine: &MachineId, several: bool, listed: Listed) -> [String; 7] {
    let name = if several { machine.to_string() } else { machine.identity.to_string() };
    let path = match &listed.target {
        Some(target) => format!("{} -> {target}", listed.path),
        None => listed.path.clone(),
    };
    [
        name,
        mode(&listed.kind, listed.mode),
        listed.owner,
        listed.group,
        listed.size.to_string(),
        time::date_and_time(Timestamp(listed.modified.saturating_mul(1000))),
        path,
    ]
}

/// Permissions as `ls` writes them: `drwxr-xr-x`.
fn mode(kind: &str, mode: u32) -> String {
    let kind = match kind {
        "file" => '-',
        "folder" => 'd',
        "link" => 'l',
        _ => '?',
    };
    let mut text = String::from(kind);
    for (shift, special, letters) in [(6, 0o4000, "sS"), (3, 0o2000, "sS"), (0, 0o1000, "tT")] {
        let bits = mode >> shift;
        text.push(if bits & 4 == 0 { '-' } else { 'r' });
        text.push(if bits & 2 == 0 { '-' } else { 'w' });
        let mut letters = letters.chars();
        let (set, without) = (letters.next().unwrap_or('?'), letters.next().unwrap_or('?'));
        text.push(match (mode & special != 0, bits & 1 != 0) {
            (false, false) => '-',
            (false, true) => 'x',
            (true, true) => set,
            (true, false) => without,
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_are_written_as_ls_does() {
        for (kind, bits, text) in [
            ("file", 0o644, "-rw-r--r--"),
            ("folder", 0o755, "drwxr-xr-x"),
            ("folder", 0o1777, "drwxrwxrwt"),
            ("file", 0o4755, "-rwsr-xr-x"),
            ("file", 0o6640, "-rwSr-S---"),
            ("link", 0o777, "lrwxrwxrwx"),
        ] {
            assert_eq!(mode(kind, bits), text);
        }
    }
}
