//! `chef-stand-in`: a program for tests that behaves towards Pantry as a chef-client or chef-solo does,
//! and converges nothing.
//!
//! It takes their options, reads the configuration, and looks whether it was given what a run needs:
//! every cookbook of the run list with its metadata, recipes and attributes, closed under their
//! dependencies, the node, its roles and environment, or a policy. What is missing is written to
//! stderr, and the run fails. Else it prints lines as Chef would, saves the node with what a real one
//! would find out, and writes messages for a data collector, where the configuration says so.
//!
//! The attribute `stand_in` of the node makes it behave otherwise: see [`behaviour`].

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that a test watches")]
#![allow(clippy::indexing_slicing, reason = "of JSON, where what is missing is null")]

mod behaviour;
mod collector;
mod configuration;
mod options;
mod repository;

use std::fs::{self, File};
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use behaviour::Behaviour;
use collector::Collector;
use configuration::{Configuration, is_plain};
use options::Options;
use repository::Repository;

fn main() -> ExitCode {
    let arguments = std::env::args().skip(1).collect::<Vec<_>>();
    if arguments.iter().any(|argument| argument == "--version") {
        println!("Chef stand-in of Pantry's tests: {}", env!("CARGO_PKG_VERSION"));
        return ExitCode::SUCCESS;
    }
    match converge(arguments) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("FATAL: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn converge(arguments: Vec<String>) -> Result<u8> {
    let options = Options::read(arguments)?;
    let configuration = Configuration::read(&options.config)?;
    println!("Chef stand-in of Pantry's tests, version {}", env!("CARGO_PKG_VERSION"));
    configuration.check_environment()?;
    // Without Pantry it has its lock where a real one has it.
    let _lock = if is_plain() { None } else { Some(lock(&configuration)?) };
    let local = options.local_mode || configuration.flag("local_mode") || options.is_solo();
    if !local {
        return against_server(&configuration);
    }

    let mut repository = Repository::open(&configuration)?;
    let node_name = configuration.text("node_name")?;
    let mut given = Value::Null;
    if let Some(file) = &options.json_attributes {
        let text = fs::read(file).with_context(|| file.display().to_string())?;
        given = serde_json::from_slice(&text).context("the attributes")?;
        ensure!(given.is_object(), "the attributes are no object");
    }
    let mut node = match is_plain() && options.is_solo() {
        // Without Pantry the node is what its attributes say.
        true => json!({ "name": node_name, "run_list": given["run_list"], "normal": given }),
        false => repository.node(node_name)?,
    };
    let behaviour = Behaviour::of(&node)?;
    let mut collector = Collector::new(&configuration, node_name, options.why_run)?;
    collector.start()?;

    let run_list = options.override_run_list.clone().unwrap_or_else(|| repository::run_list(&node));
    let found = match configuration.get("policy_name") {
        Some(policy) => repository.policy(policy, configuration.text("policy_group")?),
        None => repository.expand(&run_list, configuration.text("environment")?),
    };
    let checked = found.and_then(|found| Ok((repository.check(&found)?, found)));
    let (cookbooks, found) = match checked {
        Ok(checked) => checked,
        Err(error) => {
            collector.end("failure", &[], Some(&format!("{error:#}")))?;
            return Err(error);
        }
    };
    println!("Synchronizing cookbooks:");
    for cookbook in &cookbooks {
        println!("  - {cookbook}");
    }
    println!("Nodes that a search finds: {}", repository.names("nodes").join(", "));
    for bag in repository.names("data_bags") {
        let items = repository.names(&format!("data_bags/{bag}"));
        println!("Data bag {bag}: {}", items.join(", "));
    }
    if let Some(secret) = configuration.get("encrypted_data_bag_secret") {
        ensure!(fs::read(secret).is_ok(), "{secret} cannot be read");
    }

    println!("Converging {} resources", found.recipes.len());
    behaviour.begin()?;
    let mut resources = Vec::new();
    for recipe in &found.recipes {
        println!("Recipe: {recipe}\n  * log[{recipe}] action write");
        resources.push(recipe.clone());
    }
    let would = if options.why_run { "Would have converged" } else { "Converged" };
    if let Some(resource) = &behaviour.fail {
        println!("  * {resource} action create\n    * Error executing action `create`");
        collector.end("failure", &resources, Some(&format!("{resource} cannot be made")))?;
        eprintln!("FATAL: {resource} cannot be made");
        return Ok(behaviour.exit.unwrap_or(1));
    }
    println!("{would} {} resources", resources.len());
    if !options.why_run && options.override_run_list.is_none() {
        node["automatic"] = json!({
            "platform": "stand-in",
            "recipes": named(&found.recipes),
            "roles": found.roles,
        });
        repository.save(node_name, &node)?;
    }
    for path in &behaviour.spoil {
        repository.spoil(path)?;
    }
    collector.end("success", &resources, None)?;
    Ok(behaviour.exit.unwrap_or(0))
}

/// Mode `server`: what it is told can be looked at, and that is all.
fn against_server(configuration: &Configuration) -> Result<u8> {
    use std::os::unix::fs::PermissionsExt as _;
    let url = configuration.text("chef_server_url")?;
    ensure!(url.contains("/organizations/"), "{url} names no organization");
    let key = configuration.text("client_key")?;
    let mode = fs::metadata(key).with_context(|| key.to_owned())?.permissions().mode();
    ensure!(mode & 0o077 == 0, "{key} can be read by others");
    println!("Would ask {url}");
    Ok(0)
}

/// Chef's lock: waits for whoever has it, and leaves the file.
fn lock(configuration: &Configuration) -> Result<File> {
    let path = configuration.text("lockfile")?;
    let lock = File::options().create(true).append(true).open(path).context(path.to_owned())?;
    lock.lock()?;
    fs::write(path, std::process::id().to_string())?;
    Ok(lock)
}

/// The recipes that have run, as Chef tells them: one that is its cookbook's default also by the
/// cookbook's name.
fn named(recipes: &[String]) -> Vec<&str> {
    let short = recipes.iter().filter_map(|recipe| recipe.strip_suffix("::default"));
    short.chain(recipes.iter().map(String::as_str)).collect()
}
