//! `cookbooks`: what a server with a large universe of cookbooks answers, and how soon; first the solver by
//! itself.
//!
//! The universe is made up, of 4,000 cookbooks with 32,000 versions, or comes from a file
//! (`--universe=FILE`, in the form in which a Supermarket gives it). It is loaded over the API into one
//! server after the other, since each is to have the machine to itself. Requests are signed one by one,
//! and that is not counted; load and server share the cores. What is measured stands in a file each
//! beside this one.

mod loading;
pub(crate) mod made_up;
mod random;
pub(crate) mod reading;
pub(crate) mod site;
mod solver;
pub(crate) mod solving;
pub(crate) mod table;
pub(crate) mod universe;
mod upload;

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use self::site::Site;
use self::solver::Kind;
use self::table::{Table, shown};
use self::universe::Cookbooks;
use self::upload::CommandLine;
use crate::Binaries;
use crate::api::goiardi::Goiardi;
use crate::api::pantry::Pantry;
use crate::api::server::Server;
use crate::echo::fdatasync_time;
use crate::figures::megabytes;
use crate::filling::memory_kib;

/// How long a server may be loaded.
const LIMIT: Duration = Duration::from_secs(300);
const PEER_LIMIT: Duration = Duration::from_secs(120);

const AIMS: &str = "aims: universe, warm, 2 ms to the first byte; 304 in 1 ms; any solve 50 ms, 5 ms p50; \
    upload of 200 files 500 ms; memory 200 MB";

/// Measures. Options: `--universe=FILE`.
pub(crate) fn run(binaries: &Binaries, with_peer: bool, options: &[String]) -> Result<()> {
    let file = options.iter().find_map(|option| option.strip_prefix("--universe="));
    let cookbooks = match file {
        Some(file) => Cookbooks::read(file.as_ref())?,
        None => made_up::cookbooks(),
    };
    println!("{} cookbooks, {} versions", cookbooks.count(), cookbooks.versions());
    println!("the disk: an fdatasync takes {} (median)", shown(fdatasync_time()?));
    let kinds = solver::measure(&cookbooks);
    let (ours, title) = of_pantry(binaries, &cookbooks, &kinds)?;
    println!("  {AIMS}");
    if with_peer {
        let server = Goiardi::install()?;
        let server = server.start()?;
        println!("\n{}", server.title);
        let command_line = CommandLine::new(&binaries.whole)?;
        let is_loaded = loading::load(&server, &cookbooks, &command_line, (true, PEER_LIMIT))?;
        let mut table = Table::default();
        let measured = measure(&server, &binaries.whole, &cookbooks, &kinds, (false, &mut table));
        if let Err(error) = measured {
            println!("  measured no further: {error}");
        }
        let with = if is_loaded { "" } else { ", which holds less" };
        println!("\n{title} beside {}{with}: p50", server.title);
        ours.compare(&table);
    }
    Ok(())
}

/// Measures Pantry, which is also started again; its rows and its title.
fn of_pantry(
    binaries: &Binaries,
    cookbooks: &Cookbooks,
    kinds: &[Kind],
) -> Result<(Table, String)> {
    let pantry = Pantry::prepare(binaries)?;
    let mut server = pantry.start()?;
    println!("\n{}", server.title);
    loading::load(&server, cookbooks, &CommandLine::new(&binaries.whole)?, (false, LIMIT))?;
    memory(&server)?;
    for coding in reading::CODINGS {
        server.process.terminate()?;
        server = pantry.start_again()?;
        reading::first(&mut Site::new(&server)?, coding)?;
    }
    loading::check(&mut Site::new(&server)?, cookbooks)?;
    let mut table = Table::default();
    measure(&server, &binaries.whole, cookbooks, kinds, (true, &mut table))?;
    Ok((table, server.title.clone()))
}

/// Measures what is the same for all servers; whether this one is Pantry.
fn measure(
    server: &Server,
    pantry: &Path,
    cookbooks: &Cookbooks,
    kinds: &[Kind],
    (is_ours, table): (bool, &mut Table),
) -> Result<()> {
    let mut site = Site::new(server)?;
    let codings = if is_ours { &reading::CODINGS[..] } else { &["identity"] };
    Table::head();
    reading::measure(&mut site, cookbooks, codings, table)?;
    solving::measure(&mut site, cookbooks, kinds, is_ours, table)?;
    upload::measure(server, pantry, table)?;
    memory(server)
}

/// Prints what a server takes of memory.
pub(crate) fn memory(server: &Server) -> Result<()> {
    let (rss, pss) = server.process.memory_kib()?;
    println!(
        "  memory: RSS {}, PSS {}, at most {}",
        megabytes(rss),
        megabytes(pss),
        megabytes(memory_kib(server.process.id(), "VmHWM:")?)
    );
    Ok(())
}
