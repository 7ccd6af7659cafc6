//! `pantry chef node show NAME`.

use std::time::Duration;

use pantry_http_client::ChefClient;
use pantry_model::{Json, Timestamp};

use super::super::document::Document;
use super::super::kind::Kind;
use super::super::verbs::show;
use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::clean::{Colours, clean};
use crate::print::time;

/// Options of `chef node show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry -a shop chef node show web1               what matters most
  pantry -a shop chef node show web1 --all         with every attribute
  pantry -a shop chef node show web1 --json        the same for programs")]
pub(super) struct Options {
    /// Which
    #[arg(value_name = "NAME")]
    name: String,
    /// The whole node, as JSON on several lines
    #[arg(long)]
    all: bool,
}

/// Asks and prints.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let node = show::get(Kind::Node, &options.name, client).await?;
    if options.all || context.print.is_json() {
        show::print(&node, Kind::Node.order(), context)?;
    } else {
        let text = describe(&node, context.clock.now());
        context.print.line(&text)?;
    }
    Ok(exit::DONE)
}

fn describe(node: &Document, now: Timestamp) -> String {
    let json = node.json();
    let top = |key: &str| json.get(key).and_then(text);
    let reported = |key: &str| json.get("automatic")?.get(key).and_then(text);
    let policy = match (top("policy_name"), top("policy_group")) {
        (Some(name), Some(group)) => Some(format!("{name} (group {group})")),
        (name, group) => name.or(group),
    };
    let words = |parts: &[Option<String>]| {
        let parts: Vec<_> = parts.iter().flatten().map(String::as_str).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    };
    let fields = [
        ("node", top("name")),
        ("environment", top("chef_environment")),
        ("policy", policy),
        ("run list", json.get("run_list").and_then(list)),
        ("tags", json.get("normal").and_then(|normal| normal.get("tags")).and_then(list)),
        ("platform", words(&[reported("platform"), reported("platform_version")])),
        (
            "kernel",
            json.get("automatic").and_then(|it| it.get("kernel")?.get("release")).and_then(text),
        ),
        ("name", reported("fqdn").or_else(|| reported("hostname"))),
        ("addresses", words(&[reported("ipaddress"), reported("ip6address")])),
        ("last seen", reported("ohai_time").and_then(|at| seen(&at, now))),
    ];
    let is_always = |name: &str| ["node", "environment", "run list", "last seen"].contains(&name);
    let lines = fields.into_iter().filter(|(name, value)| value.is_some() || is_always(name));
    let line = |(name, value): (&str, Option<String>)| {
        let value = value.unwrap_or_else(|| "-".to_owned());
        format!("{name:<12} {}", clean(&value, Colours::Removed)).trim_end().to_owned()
    };
    lines.map(line).collect::<Vec<_>>().join("\n")
}

/// A text or a number, if it is not empty.
fn text(json: &Json<'_>) -> Option<String> {
    match json {
        Json::Text(text) if !text.is_empty() => Some(text.to_string()),
        Json::Plain(plain) if !json.is_null() => Some((*plain).to_owned()),
        _ => None,
    }
}

fn list(json: &Json<'_>) -> Option<String> {
    let Json::List(items) = json else { return None };
    let items: Vec<_> = items.iter().filter_map(text).collect();
    (!items.is_empty()).then(|| items.join(" "))
}

/// When the machine last reported: seconds since 1970, with a fraction.
fn seen(seconds: &str, now: Timestamp) -> Option<String> {
    let seconds: f64 = seconds.parse().ok()?;
    let is_time = (0.0..4e9).contains(&seconds);
    let at = Timestamp(if is_time { (seconds * 1000.0) as i64 } else { return None });
    let since: Duration = now.since(at);
    Some(format!("{} ({} ago)", time::date_and_time(at), time::duration(since)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(text: &str) -> String {
        describe(&Document::read(text.as_bytes()).unwrap(), Timestamp(1_795_244_400_000))
    }

    #[test]
    fn what_matters_comes_in_few_lines() {
        let node = described(
            r#"{"name":"web1","chef_environment":"prod","run_list":["role[web]","recipe[a]"],
            "normal":{"tags":["old"]},"automatic":{"platform":"debian","platform_version":"13",
            "kernel":{"release":"6.12"},"fqdn":"web1.example.org","ipaddress":"10.0.0.1",
            "ohai_time":1795244100.5},"policy_name":"app","policy_group":"live"}"#,
        );
        let (all, seen) = node.rsplit_once('\n').unwrap();
        assert_eq!(
            all,
            "node         web1\nenvironment  prod\npolicy       app (group live)\n\
             run list     role[web] recipe[a]\ntags         old\nplatform     debian 13\n\
             kernel       6.12\nname         web1.example.org\naddresses    10.0.0.1"
        );
        assert!(
            seen.starts_with("last seen    2026-11-21 ") && seen.ends_with("(4 min 59 s ago)"),
            "{seen}"
        );
    }

    #[test]
    fn a_node_that_nobody_has_seen_says_so() {
        let node = described(
            r#"{"name":"a\u001b[2Jb","run_list":[],"automatic":{"ohai_time":"x","fqdn":""}}"#,
        );
        assert_eq!(node, "node         a␛[2Jb\nenvironment  -\nrun list     -\nlast seen    -");
    }
}
