//! Shelves as Supermarkets: `/shelves/NAME/universe`, and the API under `/shelves/NAME/api/v1` as far as
//! tools use it to find and fetch cookbooks.

pub(super) mod cookbook;
pub(super) mod download;
pub(super) mod list;
pub(super) mod search;
pub(super) mod universe;
pub(super) mod version;

use pantry_model::chef::cookbook::AskedVersion;
use pantry_model::chef::date::Date;
use pantry_model::refusals::supermarket;
use pantry_model::{Error, Refusal, Timestamp, Version};
use pantry_usecases::{MarketItem, MarketPage, OpenShelf};
use serde_json::{Value, json};

use crate::call::Call;

/// How many cookbooks are listed if nothing is said.
const ITEMS: usize = 10;

/// How many are listed at most.
const MOST_ITEMS: usize = 100;

/// The shelf that the path names, if the request's sender may read it.
async fn shelf(call: &Call) -> Result<OpenShelf, Error> {
    let reader = call.reader()?;
    call.usecases().open_shelf(reader.as_ref(), call.parameter("shelf")).await
}

/// The URL of something of a shelf's API.
fn url(call: &Call, shelf: &OpenShelf, segments: &[&str]) -> String {
    let segments = [&["shelves", shelf.name.as_str(), "api", "v1"], segments].concat();
    call.url(&segments)
}

/// The URL of a version.
fn version_url(call: &Call, shelf: &OpenShelf, cookbook: &str, version: Version) -> String {
    url(call, shelf, &["cookbooks", cookbook, "versions", &version.to_string()])
}

/// Which version the path names: `1.0.0`, `1_0_0` or `latest`.
fn asked_version(call: &Call) -> Result<AskedVersion, Refusal> {
    let text = call.parameter("version").replace('_', ".");
    if text == "latest" {
        return Ok(AskedVersion::Latest);
    }
    text.parse().map(AskedVersion::Exactly).map_err(|_| supermarket::not_found())
}

/// Which cookbooks of many are wanted: how many are passed over, and how many then follow.
fn page(call: &Call) -> Result<(usize, usize), Refusal> {
    let number = |name: &'static str, otherwise: usize| match call.query(name) {
        None => Ok(otherwise),
        Some(text) => text.parse().map_err(|_| supermarket::invalid_number(name)),
    };
    Ok((number("start", 0)?, number("items", ITEMS)?.min(MOST_ITEMS)))
}

/// Some cookbooks, as they are listed.
fn listed(call: &Call, shelf: &OpenShelf, start: usize, page: &MarketPage) -> Value {
    let item = |MarketItem { name, about }: &MarketItem| {
        json!({
            "cookbook_name": **name,
            "cookbook_maintainer": about.maintainer,
            "cookbook_description": about.description,
            "cookbook": url(call, shelf, &["cookbooks", name]),
        })
    };
    let items: Vec<_> = page.items.iter().map(item).collect();
    json!({ "start": start, "total": page.total, "items": items })
}

/// A point in time, as it is shown; nothing if it is not known.
fn date(time: Option<Timestamp>) -> Option<String> {
    time.map(|time| Date::from(time).to_string())
}

/// A text, or nothing if there is none.
fn said(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}
