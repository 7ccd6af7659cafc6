//! Attributes of a node that were set at several levels, as one.
//!
//! There are two ways. Between the levels of precedence ([`merge`]) a stronger level replaces what it
//! names, array by array and value by value, and only objects are merged key by key. Within one level
//! ([`unite`]), where the attributes of cookbooks, environments and roles meet, arrays are united as
//! well: what both name is there once.
//!
//! chef-client (19.4, as observed) and the original server, which merges a node before it indexes it,
//! agree on all that a reader of the result can see; so both are followed. `null` is a value like any
//! other: a stronger level that says `null` replaces what a weaker one says, even an object. They differ
//! in the order of keys, which the server does not keep: chef-client's is followed, where a key stays
//! where the weaker level has it, and new ones come behind.
//!
//! No text is copied: what was read comes out of the trees that go in.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::mem;

use crate::json::Json;

/// What two levels of precedence say together: objects are merged key by key, and anything else is
/// replaced by what the stronger one says.
pub fn merge<'a>(weaker: Json<'a>, stronger: Json<'a>) -> Json<'a> {
    match (weaker, stronger) {
        (Json::Map(weaker), Json::Map(stronger)) => Json::Map(members(weaker, stronger, merge)),
        (_, stronger) => stronger,
    }
}

/// What two places say together that set attributes at the same level, as two roles do: objects are
/// united key by key and arrays item by item, each item once and where it was first; anything else is
/// replaced by what the stronger one says.
pub fn unite<'a>(weaker: Json<'a>, stronger: Json<'a>) -> Json<'a> {
    match (weaker, stronger) {
        (Json::Map(weaker), Json::Map(stronger)) => Json::Map(members(weaker, stronger, unite)),
        (Json::List(weaker), Json::List(stronger)) => {
            let mut known = BTreeSet::new();
            let mut items = weaker;
            items.extend(stronger);
            items.retain(|item| known.insert(identity(item)));
            Json::List(items)
        }
        (_, stronger) => stronger,
    }
}

type Members<'a> = Vec<(Cow<'a, str>, Json<'a>)>;

fn members<'a>(
    weaker: Members<'a>,
    stronger: Members<'a>,
    join: fn(Json<'a>, Json<'a>) -> Json<'a>,
) -> Members<'a> {
    let (mut members, stronger) = (distinct(weaker), distinct(stronger));
    let places: BTreeMap<&str, usize> =
        members.iter().enumerate().map(|(place, (key, _))| (&**key, place)).collect();
    let places: Vec<Option<usize>> =
        stronger.iter().map(|(key, _)| places.get(&**key).copied()).collect();
    for ((key, value), place) in stronger.into_iter().zip(places) {
        match place.and_then(|place| members.get_mut(place)) {
            Some((_, known)) => *known = join(mem::replace(known, Json::Plain("null")), value),
            None => members.push((key, value)),
        }
    }
    members
}

/// The members without those whose key comes again.
fn distinct(members: Members<'_>) -> Members<'_> {
    let mut known = BTreeSet::new();
    let is_last: Vec<bool> = members.iter().rev().map(|(key, _)| known.insert(&**key)).collect();
    if known.len() == members.len() {
        return members;
    }
    let is_last = is_last.into_iter().rev();
    members
        .into_iter()
        .zip(is_last)
        .filter_map(|(member, is_last)| is_last.then_some(member))
        .collect()
}

/// A text that two values share if they are the same to Ruby: objects in any order of keys, numbers
/// with a fraction by what they are, and never the same as a whole one.
fn identity(value: &Json<'_>) -> String {
    let quoted = |text: &str| format!("{text:?}");
    let listed = |items: Vec<String>| items.join(",");
    match value {
        Json::Plain("-0") => "0".to_owned(),
        Json::Plain(written) if written.contains(['.', 'e', 'E']) => match written.parse::<f64>() {
            // Zero has no sign here, and a word is no number.
            Ok(number) => format!("{:e}", number + 0.0),
            Err(_) => (*written).to_owned(),
        },
        Json::Plain(written) => (*written).to_owned(),
        Json::Text(text) => quoted(text),
        Json::List(items) => format!("[{}]", listed(items.iter().map(identity).collect())),
        Json::Map(members) => {
            let members: BTreeMap<&str, &Json<'_>> =
                members.iter().map(|(key, value)| (&**key, value)).collect();
            let members = members.into_iter();
            let members = members.map(|(key, value)| quoted(key) + ":" + &identity(value));
            format!("{{{}}}", listed(members.collect()))
        }
    }
}

#[cfg(test)]
mod tests;
