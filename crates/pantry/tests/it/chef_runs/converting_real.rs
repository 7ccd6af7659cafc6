//! The real programs on a machine that was converted, where `PANTRY_TEST_CHEF` names them: `CLIENT`,
//! or `CLIENT:SOLO`.
//!
//! As for runs, it is for Chef itself to say whether it understands what it is given; and as there, this
//! may be skipped, and says that it was.

use anyhow::{Context as _, Result, ensure};
use pantry_testkit::chef;

use super::converting::{command_in, converted, files, typed};
use super::kitchen::Kitchen;

const RECIPE: &str = r##"
out = node['site']['out']
template "#{out}/site.conf" do
  source 'site.erb'
  variables port: node['site']['port']
end
file "#{out}/ada" do
  content data_bag_item('users', 'ada')['shell'] + "\n"
end
file "#{out}/found" do
  content search(:node, 'name:*').map(&:name).sort.join(',') + "\n"
end
"##;

#[test]
fn a_real_chef_converges_without_pantry() -> Result<()> {
    let Some((client, solo)) = chef::real() else {
        println!("skipped: {} names no chef-client", chef::VARIABLE);
        return Ok(());
    };
    let mut kitchen = Kitchen::open(&["shop"])?;
    let (etc, out) = (kitchen.house.path("etc"), kitchen.house.path("out"));
    std::fs::create_dir(&out)?;
    let mut more = format!("  config_dir: {}\n", etc.display());
    if let Some(solo) = &solo {
        more.push_str(&format!("  solo_command: {}\n", solo.display()));
    }
    kitchen.enrol("shop", "web1", &client, &more)?;
    let attributes = format!("default['site']['out'] = '{}'\n", out.display());
    for (path, text) in [
        ("site/metadata.rb", "name 'site'\nversion '1.0.0'\ndepends 'base'\n"),
        ("site/attributes/default.rb", attributes.as_str()),
        ("site/recipes/default.rb", &format!("include_recipe 'base'\n{RECIPE}")),
        ("site/templates/default/site.erb", "port <%= @port %> in <%= node.chef_environment %>\n"),
        ("base/metadata.rb", "name 'base'\nversion '1.1.0'\n"),
        ("base/recipes/default.rb", "log 'base'\n"),
    ] {
        kitchen.write(&format!("cookbooks/{path}"), text)?;
    }
    let role =
        r#"{"name":"web","run_list":["recipe[site]"],"default_attributes":{"site":{"port":8080}}}"#;
    kitchen.write("role.json", role)?;
    kitchen.write("prod.json", r#"{"name":"prod"}"#)?;
    kitchen.write("ada.json", r#"{"id":"ada","shell":"/bin/zsh"}"#)?;
    kitchen
        .chef("shop", &["cookbook", "upload", "site", "base", "--cookbook-path", "cookbooks"])?;
    kitchen.chef("shop", &["environment", "upload", "prod.json"])?;
    kitchen.chef("shop", &["role", "upload", "role.json"])?;
    kitchen.chef("shop", &["data-bag", "upload", "users", "ada.json"])?;
    let check = |what: &str, told: &str| -> Result<()> {
        // A machine has one cache, which is nothing to this test.
        let cache = cache_of(&etc);
        let command = format!("{} --config-option {cache}", command_in(told)?);
        let ended = typed(&command)?;
        println!("--- {what}\n$ {command}\n{}{}", ended.stdout, ended.stderr);
        ensure!(ended.code == Some(0), "{what}: {ended:?}");
        for (name, text) in
            [("site.conf", "port 8080 in prod\n"), ("ada", "/bin/zsh\n"), ("found", "web1\n")]
        {
            let path = out.join(name);
            let found = std::fs::read_to_string(&path).with_context(|| name.to_owned())?;
            assert_eq!(found, text, "{what}: {name}");
            std::fs::remove_file(path)?;
        }
        Ok(())
    };

    // The node is the machine's own, which may save it then.
    let mut agent = kitchen.house.start_client("shop", "web1")?;
    kitchen.converged("shop", &["--run-list", "role[web]"])?;
    let text = kitchen.chef("shop", &["node", "show", "web1", "--json"])?;
    let mut node: serde_json::Value = serde_json::from_str(&text)?;
    node["chef_environment"] = "prod".into();
    kitchen.write("node.json", &node.to_string())?;
    kitchen.chef("shop", &["node", "upload", "node.json"])?;
    let told = converted(&kitchen, &["chef-client"])?;
    println!("{told}");
    agent.terminate()?;
    check("chef-client", &told)?;
    kitchen.find("shop", "recipes:site AND roles:web", "web1")?;

    let mut agent = kitchen.house.start_client("shop", "web1")?;
    if solo.is_some() {
        let told = converted(&kitchen, &["chef-solo", "--data-bag", "users"])?;
        println!("{told}");
        agent.terminate()?;
        kitchen.server.terminate()?;
        check("chef-solo", &told)?;
        // And once more, with what it has saved itself.
        check("chef-solo again", &told)?;
        kitchen.server = kitchen.house.start_server()?;
        agent = kitchen.house.start_client("shop", "web1")?;
    }
    println!("{}", converted(&kitchen, &["pantry"])?);
    let left = files(&etc)?.into_keys().collect::<Vec<_>>().join(" ");
    println!("what is left is Chef's own: {left}");
    for name in ["client.rb", "client.pem", "solo.rb", "node.json", "chef-repo"] {
        ensure!(!etc.join(name).exists(), "{name} is left");
    }
    drop(agent);
    Ok(())
}

fn cache_of(etc: &std::path::Path) -> String {
    format!("file_cache_path={}", etc.join("cache").display())
}
