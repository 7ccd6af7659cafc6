//! `shelves`: what it costs that many applications use the same shelves: three shelves of 1,500
//! cookbooks, used by one application, and then by 200.
//!
//! There is no peer: no other Chef server shares cookbooks. One application beside 200 is what is
//! compared. Requests are signed one by one, and that is not counted; load and server share the cores.

mod agency;
mod changes;
mod probes;
mod reading;

use anyhow::Result;

use self::agency::{APPLICATIONS, Agency, COOKBOOKS, SHELVES};
use crate::Binaries;
use crate::api::pantry::Pantry;
use crate::cookbooks::table::Table;
use crate::figures::megabytes;

const AIMS: &str = "aims: first byte of a universe, warm, 5 ms; a change seen by all at their next request; \
    an upload costs the same whoever uses the shelf; memory grows with the shelves";

/// Measures.
pub(crate) fn run(binaries: &Binaries) -> Result<()> {
    let pantry = Pantry::prepare(binaries)?;
    let mut server = pantry.start()?;
    let agency = Agency::default();
    agency.settle(&server)?;
    agency.attach(&server, 0..1)?;
    server.process.terminate()?;
    // What loading took of memory is not what serving takes.
    let server = pantry.start_again()?;
    println!(
        "\n{}: {APPLICATIONS} applications, {SHELVES} shelves of {COOKBOOKS} cookbooks, {} versions in all",
        server.title,
        agency.versions(),
    );
    let memory = |who: &str| -> Result<u64> {
        let (rss, _) = server.process.memory_kib()?;
        println!("  memory, {who}: RSS {}", megabytes(rss));
        Ok(rss)
    };
    memory("just started")?;
    reading::each(&agency, &server, 0..1, "identity")?;
    memory("1 application has read its universe and solved")?;
    let mut table = Table::default();
    Table::head();
    reading::measure(&agency, &server, &mut table)?;
    changes::uploads(&agency, &server, 1, &mut table)?;
    agency.attach(&server, 1..APPLICATIONS)?;
    changes::uploads(&agency, &server, APPLICATIONS, &mut table)?;
    let before = memory("the same after all that")?;
    reading::each(&agency, &server, 0..APPLICATIONS, "identity")?;
    let all = memory("all applications have read theirs and solved")?;
    let each = all.saturating_sub(before) / u64::try_from(APPLICATIONS - 1)?;
    println!("  memory, of which each further application: {each} KiB");
    Table::head();
    changes::seen_by_all(&agency, &server, &mut table)?;
    memory("all have done so again after each of some changes")?;
    reading::each(&agency, &server, 0..APPLICATIONS, "gzip")?;
    memory("all have read theirs compressed")?;
    Table::head();
    probes::measure(&agency, &server, &mut table)?;
    println!("  {AIMS}");
    Ok(())
}
