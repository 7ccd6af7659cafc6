//! `pantry chef search INDEX [QUERY]`.
//!
//! Names and asked attributes come by a partial search, in pages, so that not every attribute of
//! thousands of nodes travels for a few columns. Whole objects come only for programs that ask for
//! nothing less, in smaller pages.

use std::collections::HashMap;

use pantry_http_client::{ChefClient, query_value, segment};
use pantry_model::Json;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::clean::{Colours, clean};
use crate::print::table::table_of;

/// Rows that are asked for at once: of names and attributes, and of whole objects, each of which may
/// have some hundred kilobytes.
const PAGE: u64 = 1000;
const PAGE_OF_WHOLE: u64 = 100;

/// Under which a row's name is asked for. An attribute's is its number.
const NAME: &str = "name";

/// Options of `chef search`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A query is FIELD:VALUE, with `*` and `?` for other characters, joined by AND, OR, NOT and
parentheses. A field is an attribute with `_` between its levels (kernel_release), or only its
last key. Without a query, everything is found.

Examples:
  pantry -a shop chef search node role:web
  pantry -a shop chef search node 'platform:debian AND NOT chef_environment:prod'
  pantry -a shop chef search node 'ipaddress:10.*' --attribute ipaddress --attribute kernel.release
  pantry -a shop chef search keys 'id:db*'         in the data bag keys
  pantry -a shop chef search node role:web --json  whole nodes, for programs")]
pub(super) struct Options {
    /// What is searched: node, role, environment, client, or a data bag
    #[arg(value_name = "INDEX")]
    index: String,
    /// What is looked for
    #[arg(value_name = "QUERY", default_value = "*:*", hide_default_value = true)]
    query: String,
    /// Show this attribute, with dots between its levels; can be given again
    #[arg(long = "attribute", value_name = "A.B.C")]
    attributes: Vec<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    rows: Option<u64>,
    /// Leave out the first so many
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    start: u64,
    /// Only names, also with --json
    #[arg(long, conflicts_with = "attributes")]
    id_only: bool,
}

/// What a server finds: an extract of all.
#[derive(Deserialize)]
struct Page<R> {
    total: u64,
    rows: Vec<R>,
}

/// An object of which only some attributes were asked for.
#[derive(Deserialize)]
struct Part {
    data: HashMap<String, Box<RawValue>>,
}

impl Part {
    fn value(&self, key: &str) -> Json<'_> {
        let text = self.data.get(key).map_or("null", |value| value.get());
        Json::read(text).unwrap_or(Json::Plain("null"))
    }

    fn name(&self) -> String {
        shown(&self.value(NAME))
    }
}

/// Asks and prints.
pub(super) async fn run(
    options: Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    if context.print.is_json() {
        if options.id_only || !options.attributes.is_empty() {
            parts_as_json(&options, client, context).await?;
        } else {
            whole_as_json(&options, client, context).await?;
        }
        return Ok(exit::DONE);
    }
    let mut rows = Vec::new();
    let mut search = Search::new(&options, PAGE);
    while let Some(page) = search.parts(client).await? {
        if options.attributes.is_empty() {
            for part in &page {
                context.print.line(&clean(&part.name(), Colours::Removed))?;
            }
        } else {
            rows.extend(page.iter().map(|part| columns(part, &options)));
        }
    }
    if !rows.is_empty() {
        let header = ["NAME".to_owned()].into_iter().chain(options.attributes.clone());
        context.print.line(&table_of(header, rows))?;
    }
    let (total, next) = (search.total, options.start + search.found);
    if total == 0 {
        context.print.note(&format!("nothing in {} matches {}", options.index, options.query));
    } else if next < total {
        context.print.note(&format!("{total} match; the next: `--start {next}`"));
    }
    Ok(exit::DONE)
}

fn columns(part: &Part, options: &Options) -> Vec<String> {
    let values = (0..options.attributes.len()).map(|at| shown(&part.value(&at.to_string())));
    [part.name()].into_iter().chain(values).collect()
}

/// A value in a cell: a list of plain things with blanks between them, anything deeper as JSON.
fn shown(value: &Json<'_>) -> String {
    let plain = |value: &Json<'_>| match value {
        Json::Text(text) => Some(text.to_string()),
        Json::Plain("null") => Some("-".to_owned()),
        Json::Plain(plain) => Some((*plain).to_owned()),
        _ => None,
    };
    let listed = || match value {
        Json::List(items) if !items.is_empty() => {
            let items: Option<Vec<_>> = items.iter().map(plain).collect();
            items.map(|items| items.join(" "))
        }
        _ => None,
    };
    plain(value).or_else(listed).unwrap_or_else(|| serde_json::to_string(value).unwrap_or_default())
}

/// `{"total":…,"start":…,"rows":[…]}`, each row a name, or a name with the attributes.
async fn parts_as_json(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<(), CliError> {
    let mut search = Search::new(options, PAGE);
    let mut rows = Rows::default();
    while let Some(page) = search.parts(client).await? {
        for part in &page {
            let name = part.name();
            let row = if options.id_only {
                serde_json::to_string(&name)
            } else {
                let attributes = options.attributes.iter().enumerate();
                let values =
                    attributes.map(|(at, path)| (path.into(), part.value(&at.to_string())));
                let attributes = Json::Map(values.collect());
                let row =
                    [(NAME.into(), Json::Text(name.into())), ("attributes".into(), attributes)];
                serde_json::to_string(&Json::Map(row.into()))
            };
            rows.print(&row.unwrap_or_default(), &search, context)?;
        }
    }
    rows.end(&search, context)
}

/// The same with whole objects, as they are stored.
async fn whole_as_json(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<(), CliError> {
    let mut search = Search::new(options, PAGE_OF_WHOLE);
    let mut rows = Rows::default();
    while let Some(page) = search.whole(client).await? {
        for row in &page {
            rows.print(row.get(), &search, context)?;
        }
    }
    rows.end(&search, context)
}

/// One document, printed as it comes.
#[derive(Default)]
struct Rows {
    begun: bool,
}

impl Rows {
    fn print(&mut self, row: &str, of: &Search<'_>, context: &mut Context) -> Result<(), CliError> {
        if std::mem::replace(&mut self.begun, true) {
            context.print.bytes(b",")?;
        } else {
            context.print.bytes(of.head().as_bytes())?;
        }
        context.print.bytes(row.as_bytes())
    }

    fn end(self, of: &Search<'_>, context: &mut Context) -> Result<(), CliError> {
        if !self.begun {
            context.print.bytes(of.head().as_bytes())?;
        }
        context.print.bytes(b"]}\n")
    }
}

/// A search that goes on page by page.
struct Search<'o> {
    options: &'o Options,
    page: u64,
    /// How many there are in all, as the last page says.
    total: u64,
    /// How many have come.
    found: u64,
    ended: bool,
}

impl<'o> Search<'o> {
    fn new(options: &'o Options, page: u64) -> Self {
        Self { options, page, total: 0, found: 0, ended: false }
    }

    /// How the document begins.
    fn head(&self) -> String {
        format!("{{\"total\":{},\"start\":{},\"rows\":[", self.total, self.options.start)
    }

    /// The next parts, if there are more.
    async fn parts(&mut self, client: &ChefClient) -> Result<Option<Vec<Part>>, CliError> {
        let Some(path) = self.next() else { return Ok(None) };
        let is_bag =
            !["node", "role", "environment", "client"].contains(&self.options.index.as_str());
        let mut asked = Map::new();
        asked.insert(NAME.to_owned(), json!([if is_bag { "id" } else { "name" }]));
        for (at, attribute) in self.options.attributes.iter().enumerate() {
            let path: Vec<&str> = attribute.split('.').collect();
            asked.insert(at.to_string(), json!(path));
        }
        let body = Value::Object(asked).to_string().into_bytes();
        let page: Page<Part> = client.query(&path, body).await?;
        Ok(self.took(page))
    }

    /// The next whole objects, if there are more.
    async fn whole(&mut self, client: &ChefClient) -> Result<Option<Vec<Box<RawValue>>>, CliError> {
        let Some(path) = self.next() else { return Ok(None) };
        let page: Page<Box<RawValue>> = client.get_json(&path).await?;
        Ok(self.took(page))
    }

    /// Where the next page is.
    fn next(&self) -> Option<String> {
        let Options { index, query, rows, start, .. } = self.options;
        let left = rows.unwrap_or(u64::MAX).saturating_sub(self.found);
        let rows = left.min(self.page);
        // A page of no rows still says how many there are.
        let is_asked = !self.ended && (rows > 0 || self.found == 0);
        let start = start.saturating_add(self.found);
        let (index, query) = (segment(index), query_value(query));
        is_asked.then(|| format!("/search/{index}?q={query}&start={start}&rows={rows}"))
    }

    fn took<R>(&mut self, page: Page<R>) -> Option<Vec<R>> {
        let count = page.rows.len() as u64;
        self.total = page.total;
        self.found += count;
        self.ended = count == 0 || self.options.start.saturating_add(self.found) >= page.total;
        Some(page.rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_short_where_it_can_be() {
        for (json, cell) in [
            (r#""a b""#, "a b"),
            ("null", "-"),
            ("1.50", "1.50"),
            (r#"["10.0.0.1","::1"]"#, "10.0.0.1 ::1"),
            ("[]", "[]"),
            (r#"{"b":1,"a":[2]}"#, r#"{"b":1,"a":[2]}"#),
        ] {
            assert_eq!(shown(&Json::read(json).unwrap()), cell);
        }
    }

    #[test]
    fn pages_follow_each_other_to_the_last_row_that_is_wanted() {
        let options = |rows| Options {
            index: "node".to_owned(),
            query: "a:b c".to_owned(),
            attributes: Vec::new(),
            rows,
            start: 5,
            id_only: false,
        };
        let pages = |rows: Option<u64>, total: u64| {
            let options = options(rows);
            let mut search = Search::new(&options, 10);
            let mut asked = Vec::new();
            while let Some(path) = search.next() {
                let rows: u64 = path.rsplit_once('=').unwrap().1.parse().unwrap();
                let left = total.saturating_sub(5 + search.found);
                let rows = vec![(); usize::try_from(rows.min(left)).unwrap()];
                asked.push((path, rows.len()));
                search.took(Page { total, rows });
            }
            asked
        };
        assert_eq!(pages(None, 5), [("/search/node?q=a%3Ab%20c&start=5&rows=10".to_owned(), 0)]);
        let counts = |rows, total| pages(rows, total).iter().map(|page| page.1).collect::<Vec<_>>();
        assert_eq!(counts(None, 28), [10, 10, 3]);
        assert_eq!(counts(None, 25), [10, 10]);
        assert_eq!(counts(Some(12), 100), [10, 2]);
        assert_eq!(counts(Some(0), 100), [0]);
    }
}
