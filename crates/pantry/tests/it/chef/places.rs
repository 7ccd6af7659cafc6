//! Which server is asked, and who asks.

use std::process::Command;

use anyhow::{Result, ensure};

use super::shop::{Ended, Shop};
use crate::whole::BINARY;

/// A command in a folder of its own, which knows of no server.
fn elsewhere(shop: &Shop, home: &str, arguments: &[&str]) -> Result<Ended> {
    let folder = shop.house.path(home);
    std::fs::create_dir_all(&folder)?;
    let mut command = Command::new(BINARY);
    command.args(arguments).current_dir(&folder).env_clear();
    command
        .env("PANTRY_CONFIG_DIR", folder.join("etc"))
        .env("PANTRY_DATA_DIR", folder.join("data"));
    Ok(command.env("HOME", &folder).output()?.into())
}

fn succeeds(ended: &Ended, stdout: &str) -> Result<()> {
    ensure!(ended.code == Some(0) && ended.stdout == stdout, "{ended:?}");
    Ok(())
}

#[test]
fn a_user_asks_with_the_keys_that_were_handed_over() -> Result<()> {
    let shop = Shop::open()?;
    shop.write("web.json", r#"{"name":"web"}"#)?;
    shop.succeed(&["role", "upload", "web.json"])?;
    let house = &shop.house;
    house.succeed(&["user", "create", "ada", "--email", "ada@example.org"])?;
    house.succeed(&["app", "member", "add", "shop", "ada"])?;
    house.succeed(&["-a", "shop", "user", "credentials", "ada", "--dir", "ada"])?;

    // By .pantry/keys.yml, with the RSA key and the URL beside it; and by the profile.
    let list = ["chef", "role", "list"];
    succeeds(&elsewhere(&shop, "ada", &[&["-a", "shop"], &list[..]].concat())?, "web\n")?;
    succeeds(&elsewhere(&shop, "ada", &["-a", "shop", "chef:role:list"])?, "web\n")?;
    succeeds(&elsewhere(&shop, "ada", &["chef", "role", "list", "--profile", "shop"])?, "web\n")?;
    let ended = elsewhere(&shop, "ada", &["chef", "role", "list", "--profile", "bank"])?;
    assert_eq!(ended.code, Some(3));
    ensure!(
        ended.stderr.contains(".chef/credentials: bank: there is no such profile, only shop"),
        "{ended:?}"
    );
    let ended =
        elsewhere(&shop, "ada", &["-a", "bank", "chef", "role", "list", "--profile", "shop"])?;
    assert_eq!(ended.code, Some(2));
    ensure!(ended.stderr.contains("is not the application bank"), "{ended:?}");

    // Without anything that names a server; then all of it in .pantry/config.
    let url = format!("http://127.0.0.1:{}", house.http_port());
    std::fs::create_dir_all(house.path("other/.pantry"))?;
    let ended = elsewhere(&shop, "other", &[&["-a", "shop"], &list[..]].concat())?;
    assert_eq!(ended.code, Some(3), "{ended:?}");
    let ended = elsewhere(&shop, "other", &["chef", "role", "list", "--chef-server-url", &url])?;
    ensure!(ended.code == Some(2) && ended.stderr.contains("`--chef-user NAME`"), "{ended:?}");
    std::fs::copy(house.path("ada/.chef/ada.pem"), house.path("other/ada.pem"))?;
    let config = format!(
        "--chef-server-url {url}/organizations/shop\n--chef-user ada\n--chef-key ada.pem\n--chef-sign-version 1.1\n"
    );
    std::fs::write(house.path("other/.pantry/config"), config)?;
    succeeds(&elsewhere(&shop, "other", &list)?, "web\n")?;
    // They are no concern of other commands.
    let ended = elsewhere(&shop, "other", &["status"])?;
    ensure!(ended.stderr.contains("no credentials"), "{ended:?}");
    Ok(())
}

#[test]
fn an_application_is_needed_on_a_server_of_ours() -> Result<()> {
    let shop = Shop::open()?;
    let ended: Ended = shop.house.run(&["chef", "role", "list"])?.into();
    ensure!(ended.code == Some(2) && ended.stderr.contains("say `-a APP`"), "{ended:?}");
    Ok(())
}

#[test]
fn a_server_with_tls_is_trusted_by_its_certificate() -> Result<()> {
    let shop = Shop::open()?;
    let house = crate::whole::installation()?;
    let key = rcgen::KeyPair::generate()?;
    let names = vec!["localhost".to_owned()];
    let certificate = rcgen::CertificateParams::new(names)?.self_signed(&key)?;
    std::fs::write(house.path("tls.crt"), certificate.pem())?;
    std::fs::write(house.path("tls.key"), key.serialize_pem())?;
    let config = std::fs::read_to_string(house.path("server.yml"))?;
    let tls = "http: {tls: {certificate: tls.crt, key: tls.key}, ";
    std::fs::write(house.path("server.yml"), config.replace("http: {", tls))?;
    let _server = house.start_server()?;
    house.succeed(&["app", "create", "shop"])?;
    let ask = |more: &[&str]| -> Result<Ended> {
        Ok(house.run(&[&["-a", "shop", "chef", "node", "list"], more].concat())?.into())
    };
    let ended = ask(&[])?;
    ensure!(ended.code == Some(6) && ended.stderr.contains("signed by nobody"), "{ended:?}");
    ensure!(ended.stderr.contains("`--chef-ca-file FILE`"), "{ended:?}");
    let ended = ask(&["--chef-ca-file", "tls.crt"])?;
    ensure!(
        ended.code == Some(6) && ended.stderr.contains("not for the name 127.0.0.1"),
        "{ended:?}"
    );
    ensure!(ended.stderr.contains("`--host`"), "{ended:?}");
    succeeds(&ask(&["--chef-ca-file", "tls.crt", "--host", "localhost"])?, "")?;
    let mut command = house.command(&["-a", "shop", "--host", "localhost", "chef", "node", "list"]);
    succeeds(&command.env("SSL_CERT_FILE", "tls.crt").output()?.into(), "")?;

    // Each of the two servers, spoken to as if it were the other.
    for (port, scheme, hint) in [
        (house.http_port(), "http", "begins with https://"),
        (shop.house.http_port(), "https", "begins with http://"),
    ] {
        let url = format!("{scheme}://localhost:{port}");
        let key = house.path("server/keys/pivotal.pem").display().to_string();
        let ended =
            ask(&["--chef-server-url", &url, "--chef-user", "pivotal", "--chef-key", &key])?;
        ensure!(ended.code == Some(6) && ended.stderr.contains(hint), "{ended:?}");
    }
    Ok(())
}
