//! `cookbooks`: what a server with a large universe of cookbooks answers, and how soon.
//!
//! The universe is made up, of 4,000 cookbooks with 32,000 versions, or comes from a file
//! (`--universe=FILE`, in the form in which a Supermarket gives it). What is measured stands in a file
//! each beside this one.

mod made_up;
mod random;
mod solver;
mod universe;

use anyhow::Result;

use self::universe::Cookbooks;

/// Measures. Options: `--universe=FILE`.
pub(crate) fn run(options: &[String]) -> Result<()> {
    let file = options.iter().find_map(|option| option.strip_prefix("--universe="));
    let cookbooks = match file {
        Some(file) => Cookbooks::read(file.as_ref())?,
        None => made_up::cookbooks(),
    };
    println!("{} cookbooks, {} versions", cookbooks.count(), cookbooks.versions());
    solver::measure(&cookbooks)
}
