//! `pantry chef solve`: which versions of cookbooks fit together, over a universe in a file and with no
//! server at all. It is the solver that Pantry's server has, so a run list can be tried before it is
//! anywhere.

mod answer;
mod batch;
mod universe;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use pantry_model::{Constraint, RunListItem};
use pantry_solver::{Item, Request};

pub(in crate::commands) use answer::Answer;
pub(in crate::commands) use universe::{lenient, read_universe};

use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `chef solve`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A universe is what `GET /universe` of a Supermarket or of a Chef server answers. A constraint counts
for a cookbook wherever it comes from, as an environment's does. With --batch, each line is one
question, and each line of the answer one answer:
  {\"run_list\":[\"nginx\",\"mysql@5.0.3\"],\"constraints\":{\"apt\":\"~> 2.0\"}}

It ends with 1 if nothing fits.

Examples:
  pantry chef solve --universe universe.json --run-list nginx
  pantry chef solve --universe universe.json --run-list nginx,mysql@5.0.3 --constraint 'apt ~> 2.0'
  curl -s https://supermarket.chef.io/universe | pantry chef solve --universe - --run-list nginx
  pantry chef solve --universe universe.json --batch questions.jsonl --json")]
pub(in crate::commands) struct Options {
    /// The universe; `-` is standard input
    #[arg(long, value_name = "FILE")]
    universe: PathBuf,
    /// Cookbooks, with commas in between; NAME@VERSION asks for one version
    #[arg(long, value_name = "A,B@1.2", value_delimiter = ',', required_unless_present = "batch")]
    run_list: Vec<String>,
    /// Only these versions of a cookbook count; can be given again
    #[arg(long = "constraint", value_name = "NAME OPERATOR VERSION")]
    constraints: Vec<String>,
    /// Answer each line of this file; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "run_list")]
    batch: Option<PathBuf>,
    /// With --json, say also how it follows that nothing fits
    #[arg(long)]
    explain: bool,
}

/// How many of the versions that were left out are named.
pub(in crate::commands) const NAMED: usize = 5;

/// Solves and prints.
pub(in crate::commands) fn run(options: &Options, context: &mut Context) -> Result<u8, CliError> {
    let constraints = options.constraints.iter().map(|text| constraint(text));
    let constraints: Vec<(String, Constraint)> = constraints.collect::<Result<_, _>>()?;
    let items = options.run_list.iter().map(|text| item(text).ok_or_else(|| no_item(text)));
    let items: Vec<Item> = items.collect::<Result<_, _>>()?;
    if options.batch.as_deref().is_some_and(is_standard_input)
        && is_standard_input(&options.universe)
    {
        return Err(CliError::Usage {
            message: "universe and questions cannot both come from standard input".to_owned(),
            hint: "put one of them into a file".to_owned(),
        });
    }
    let (universe, universe::LeftOut(left_out)) = universe::read(&options.universe)?;
    if !left_out.is_empty() {
        let named: Vec<&str> = left_out.iter().take(NAMED).map(String::as_str).collect();
        let more = left_out.len() - named.len();
        let more = if more == 0 { String::new() } else { format!("; and {more} more") };
        context.print.note(&format!("left out: {}{more}", named.join("; ")));
    }
    if let Some(batch) = &options.batch {
        return batch::run(&universe, &text_of(batch)?, &constraints, options.explain, context);
    }
    let request = Request::new(items, constraints);
    let answer = Answer::to(&universe, &request);
    if context.print.is_json() {
        context.print.json(&answer.as_json(options.explain))?;
    } else {
        answer.print(context)?;
    }
    Ok(if answer.is_solution() { exit::DONE } else { exit::FAILED })
}

/// What a file says.
fn text_of(path: &Path) -> Result<String, CliError> {
    if is_standard_input(path) {
        let mut text = String::new();
        let read = std::io::stdin().lock().read_to_string(&mut text);
        return read.map(|_| text).map_err(|source| CliError::Standard { which: "input", source });
    }
    std::fs::read_to_string(path).map_err(|source| CliError::File {
        action: "read",
        path: path.to_owned(),
        source,
    })
}

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

/// `NAME`, `NAME::RECIPE@VERSION` or the same as `recipe[…]`.
fn item(text: &str) -> Option<Item> {
    let text = text.trim();
    if !text.contains('[') {
        return text.parse().ok();
    }
    text.parse::<RunListItem>().ok()?.recipe()?.parse().ok()
}

fn no_item(text: &str) -> CliError {
    let is_role = text.starts_with("role[");
    CliError::Usage {
        message: format!("`{text}` is nothing that can be solved"),
        hint: if is_role {
            "name the cookbooks that the role's run list names".to_owned()
        } else {
            "an item is NAME, NAME@VERSION, NAME::RECIPE or NAME::RECIPE@VERSION".to_owned()
        },
    }
}

/// `NAME OPERATOR VERSION`, with blanks where people put them.
fn constraint(text: &str) -> Result<(String, Constraint), CliError> {
    let parts = text.trim().split_once([' ', '\t']);
    let read = parts.and_then(|(name, rest)| Some((name.to_owned(), lenient(rest)?)));
    read.ok_or_else(|| CliError::Usage {
        message: format!("`{text}` is no constraint on a cookbook"),
        hint: "write NAME OPERATOR VERSION in quotes: --constraint 'apt ~> 2.0'".to_owned(),
    })
}
