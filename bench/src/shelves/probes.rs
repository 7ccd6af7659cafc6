//! Whether the time that an answer takes tells whether another application has what was asked for.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use super::agency::Agency;
use crate::api::server::Server;
use crate::cookbooks::site::{Place, RECIPE_MD5, Site};
use crate::cookbooks::table::Table;
use crate::cookbooks::universe::Release;

/// How often each is asked for.
const TIMES: usize = 300;

/// Measures, by turns. The second application has a cookbook of its own.
pub(super) fn measure(agency: &Agency, server: &Server, table: &mut Table) -> Result<()> {
    let [one, other, ..] = agency.applications.as_slice() else { return Ok(()) };
    let mut site = Site::at(server, Place::at(server, other))?;
    super::agency::bring_recipe(&mut site, server)?;
    let release = Release { version: "1.0.0".parse()?, dependencies: Vec::new() };
    site.put("only-the-others", &release)?;
    site.go(Place::at(server, one));
    let sums = |md5: &str| json!({ "checksums": { md5: null } }).to_string();
    let another = "0123456789abcdef0123456789abcdef";
    for (title, method, paths, bodies, status) in [
        (
            "a cookbook",
            "GET",
            ["cookbooks/only-the-others/1.0.0", "cookbooks/nobodys-at-all-x/1.0.0"],
            [String::new(), String::new()],
            404,
        ),
        ("a content", "POST", ["sandboxes"; 2], [sums(RECIPE_MD5), sums(another)], 201),
    ] {
        let mut times = [Vec::new(), Vec::new()];
        for at in 0..2 * TIMES {
            let which = at % 2;
            let path = paths.get(which).context("no path")?;
            let body = bodies.get(which).context("no body")?;
            let answer = site.ask(method, path, body, &[])?;
            ensure!(answer.status == status, "{method} {path}: {}", answer.told());
            times.get_mut(which).context("no times")?.push(answer.time);
        }
        let [theirs, nobodys] = times;
        table.show(&format!("asked for {title} that another application has"), theirs, "");
        table.show(&format!("asked for {title} that nobody has"), nobodys, "");
    }
    Ok(())
}
