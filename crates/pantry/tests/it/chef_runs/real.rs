//! A real chef-client, where `PANTRY_TEST_CHEF` names one: `CLIENT`, or `CLIENT:SOLO`.
//!
//! Whether Chef itself understands what it is given is for it to say, so this is not left to the
//! stand-in alone. Nobody can be made to have Chef installed, and Debian has none: so this one test may
//! be skipped, and says that it was.

use anyhow::{Context as _, Result, ensure};
use pantry_testkit::chef;
use serde_json::{Value, json};

use super::kitchen::Kitchen;

/// The recipe that reads what there is to read, and writes what it found into the folder of the test.
/// An encrypted item it makes itself, for the next run to read.
const RECIPE: &str = r##"
out = node['site']['out']
directory out
template "#{out}/site.conf" do
  source 'site.erb'
  variables port: node['site']['port']
end
file "#{out}/found" do
  content search(:node, 'name:*').map(&:name).sort.join(',') + "\n"
end
file "#{out}/ada" do
  content data_bag_item('users', 'ada')['shell'] + "\n"
end
secret = Chef::EncryptedDataBagItem.load_secret(Chef::Config[:encrypted_data_bag_secret])
plain = { 'id' => 'db', 'password' => 'precious' }
file "#{out}/db.json" do
  content lazy { Chef::EncryptedDataBagItem.encrypt_data_bag_item(plain, secret).to_json }
  not_if { File.exist?("#{out}/db.json") }
end
"##;

const ENCRYPTED: &str = r##"
file "#{node['site']['out']}/password" do
  content data_bag_item('keys', 'db')['password'] + "\n"
  sensitive true
end
"##;

const FAILING: &str = r##"
file '/nowhere/at/all' do
  content 'x'
end
"##;

#[test]
fn a_real_chef_client_converges_in_every_mode() -> Result<()> {
    let Some((client, solo)) = chef::real() else {
        println!("skipped: {} names no chef-client", chef::VARIABLE);
        return Ok(());
    };
    let kitchen = Kitchen::open(&["shop"])?;
    let out = kitchen.house.path("out");
    let read = |name: &str| {
        std::fs::read_to_string(out.join(name)).with_context(|| format!("the file {name}"))
    };
    let secret = kitchen.house.path("secret");
    std::fs::write(&secret, "a secret of at least some length\n")?;
    let mut more = format!("  secret_file: {}\n", secret.display());
    if let Some(solo) = &solo {
        more.push_str(&format!("  solo_command: {}\n", solo.display()));
    }
    kitchen.enrol("shop", "web1", &client, &more)?;
    let _client = kitchen.house.start_client("shop", "web1")?;
    for (path, text) in [
        ("site/metadata.rb", "name 'site'\nversion '1.0.0'\ndepends 'base'\n"),
        ("site/attributes/default.rb", &*format!("default['site']['out'] = '{}'\n", out.display())),
        ("site/recipes/default.rb", &*format!("include_recipe 'base'\n{RECIPE}")),
        ("site/recipes/encrypted.rb", ENCRYPTED),
        ("site/recipes/failing.rb", FAILING),
        ("site/templates/default/site.erb", "port <%= @port %> on <%= node.chef_environment %>\n"),
        ("base/metadata.rb", "name 'base'\nversion '1.1.0'\n"),
        ("base/recipes/default.rb", "log 'base'\n"),
    ] {
        kitchen.write(&format!("cookbooks/{path}"), text)?;
    }
    kitchen.write(
        "role.json",
        r#"{"name":"web","run_list":["recipe[site]"],"default_attributes":{"site":{"port":8080}}}"#,
    )?;
    kitchen.write("ada.json", r#"{"id":"ada","shell":"/bin/zsh"}"#)?;
    kitchen
        .chef("shop", &["cookbook", "upload", "site", "base", "--cookbook-path", "cookbooks"])?;
    kitchen.chef("shop", &["role", "upload", "role.json"])?;
    kitchen.chef("shop", &["data-bag", "upload", "users", "ada.json"])?;
    let says = |what: &str, ended: &super::kitchen::Ended| {
        println!("--- {what}\n{}{}", ended.stdout, ended.stderr);
    };

    let ended = kitchen.converged("shop", &["--run-list", "role[web]"])?;
    says("mode zero", &ended);
    assert_eq!(read("site.conf")?, "port 8080 on _default\n");
    assert_eq!((read("found")?, read("ada")?), ("web1\n".to_owned(), "/bin/zsh\n".to_owned()));
    kitchen.find("shop", "recipes:site AND roles:web", "web1")?;
    let node: Value =
        serde_json::from_str(&kitchen.chef("shop", &["node", "show", "web1", "--json"])?)?;
    ensure!(node["automatic"]["ohai_time"].is_number(), "Chef's own attributes are there");

    // What the first run has encrypted is uploaded, and read by the next ones.
    std::fs::copy(out.join("db.json"), kitchen.house.path("db.json"))?;
    ensure!(!read("db.json")?.contains("precious"), "it is encrypted");
    kitchen.chef("shop", &["data-bag", "upload", "keys", "db.json"])?;
    let password = ["--override-run-list", "site::encrypted"];
    says("encrypted", &kitchen.converged("shop", &password)?);
    assert_eq!(read("password")?, "precious\n");

    std::fs::remove_file(out.join("site.conf"))?;
    let ended = kitchen.converged("shop", &["--why-run"])?;
    says("why-run", &ended);
    ensure!(ended.stdout.contains("Would create new file"), "{ended:?}");
    ensure!(!out.join("site.conf").exists(), "it was only said");

    let ended = kitchen.converge("shop", &["--override-run-list", "site::failing"])?;
    says("failing", &ended);
    ensure!(ended.code == Some(1) || ended.stderr.contains("exit"), "{ended:?}");
    ensure!(ended.stdout.contains("file[/nowhere/at/all]"), "{ended:?}");

    let ended = kitchen.converged("shop", &["--mode", "solo", "--data-bag", "users"])?;
    says("mode solo", &ended);
    assert_eq!(read("site.conf")?, "port 8080 on _default\n");

    std::fs::remove_file(out.join("site.conf"))?;
    std::fs::remove_file(out.join("password"))?;
    says("mode server", &kitchen.converged("shop", &["--mode", "server"])?);
    assert_eq!(read("site.conf")?, "port 8080 on _default\n");
    let server = [&["--mode", "server"], &password[..]].concat();
    says("mode server, encrypted", &kitchen.converged("shop", &server)?);
    assert_eq!(read("password")?, "precious\n");

    push_policy(&kitchen)?;
    std::fs::remove_file(out.join("site.conf"))?;
    let follow = ["--policy", "site", "--policy-group", "live"];
    says("policy", &kitchen.converged("shop", &follow)?);
    assert_eq!(read("site.conf")?, "port 9090 on live\n");
    std::fs::remove_file(out.join("site.conf"))?;
    says("policy, mode server", &kitchen.converged("shop", &["--mode", "server"])?);
    assert_eq!(read("site.conf")?, "port 9090 on live\n");
    Ok(())
}

/// A policy whose cookbooks are artifacts. What they are called follows from their files, and is asked.
fn push_policy(kitchen: &Kitchen) -> Result<()> {
    let mut identifiers = [("site", "1.0.0", "a".repeat(40)), ("base", "1.1.0", "b".repeat(40))];
    for _ in 0..=identifiers.len() {
        let locks: serde_json::Map<String, Value> = identifiers
            .iter()
            .map(|(cookbook, version, identifier)| {
                let lock = json!({
                    "version": version, "identifier": identifier, "cache_key": null,
                    "source": format!("cookbooks/{cookbook}"),
                });
                ((*cookbook).to_owned(), lock)
            })
            .collect();
        let policy = json!({
            "name": "site", "revision_id": "c".repeat(64), "run_list": ["recipe[site::default]"],
            "cookbook_locks": locks, "default_attributes": {"site": {"port": 9090}},
            "override_attributes": {},
        });
        kitchen.write("site.lock.json", &policy.to_string())?;
        let push = ["-a", "shop", "chef", "policy", "push", "site.lock.json", "--group", "live"];
        let ended: super::kitchen::Ended = kitchen.house.run(&push)?.into();
        if ended.code == Some(0) {
            return Ok(());
        }
        let (which, rest) =
            ended.stderr.split_once(" is not the ").context(ended.stderr.clone())?;
        let is = rest.split_once("its identifier is ").map(|(_, is)| is).unwrap_or_default();
        let is: String = is.chars().take(40).collect();
        for (cookbook, _, identifier) in &mut identifiers {
            if which.ends_with(&format!("cookbooks/{cookbook}")) {
                *identifier = is.clone();
            }
        }
    }
    anyhow::bail!("the policy is never right")
}
