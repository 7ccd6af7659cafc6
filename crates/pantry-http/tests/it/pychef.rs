//! PyChef, a client of the Chef API that knows nothing of Pantry, in a virtual environment that is
//! made once.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::time::timeout;

use crate::client::DEADLINE;
use crate::house::House;
use crate::people::OWN_KEY;

const PYCHEF: &str = "pychef==0.3.0";

/// The Python that has PyChef.
fn python() -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-chef");
    let (python, stamp) = (home.join("bin/python"), home.join("pychef.done"));
    // Other test processes may be here at the same time.
    let lock = File::create(home.with_extension("lock")).unwrap();
    lock.lock().unwrap();
    if std::fs::read_to_string(&stamp).is_ok_and(|done| done == PYCHEF) {
        return python;
    }
    let home = home.to_str().unwrap();
    run("python3", &["-m", "venv", "--clear", home], "Debian: apt install python3-venv");
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PYCHEF];
    run(python.to_str().unwrap(), &pip, "PyPI must be reachable the first time");
    std::fs::write(&stamp, PYCHEF).unwrap();
    python
}

fn run(program: &str, arguments: &[&str], hint: &str) {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| {
        panic!("this test needs {program}, which cannot be run: {error} ({hint})")
    });
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?} failed ({hint}): {text}");
}

/// What PyChef hears when it GETs these paths as this user.
async fn ask(house: &House, user: &str, paths: &[&str]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.pem");
    std::fs::write(&key, OWN_KEY.to_pem().as_bytes()).unwrap();
    let mut child = tokio::process::Command::new(python())
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/peers/pychef.py"))
        .args([&format!("http://{}", house.address), user, key.to_str().unwrap()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all((paths.join("\n") + "\n").as_bytes()).await.unwrap();
    drop(input);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut answers = Vec::new();
    while let Some(line) = timeout(DEADLINE, lines.next_line()).await.unwrap().unwrap() {
        answers.push(serde_json::from_str(&line).unwrap());
    }
    assert!(child.wait().await.unwrap().success());
    answers
}

#[expect(clippy::disallowed_methods, reason = "PyChef signs with the time of this machine")]
fn seconds_now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

#[tokio::test]
async fn another_client_is_understood() {
    let house = House::new().await;
    house.expect(201, ("POST", "nodes", r#"{"name":"n1","run_list":["role[web]"]}"#)).await;
    house.cook("web", "1.2.0", json!({ "apt": ">= 1.0" })).await;
    house.set_clock(seconds_now());
    let paths = ["/organizations/shop/cookbooks", "/organizations/shop/cookbooks/web/_latest"];
    let found = ask(&house, "pivotal", &paths).await;
    assert_eq!(found[0]["ok"]["web"]["versions"][0]["version"], "1.2.0");
    assert_eq!(found[1]["ok"]["metadata"]["dependencies"], json!({ "apt": ">= 1.0" }));
    let search = "/organizations/shop/search/node?q=role:web%20AND%20name:n*&rows=5";
    let found = ask(&house, "pivotal", &[search]).await;
    assert_eq!(
        (&found[0]["ok"]["total"], &found[0]["ok"]["rows"][0]["name"]),
        (&json!(1), &json!("n1"))
    );
    let answers =
        ask(&house, "ann", &["/server_api_version", "//server_api_version/", "/no"]).await;
    let versions = json!({ "ok": { "min_api_version": 0, "max_api_version": 2 } });
    assert_eq!(answers, [versions.clone(), versions, json!({ "status": 404 })]);
    assert_eq!(ask(&house, "eve", &["/license"]).await, [json!({ "status": 401 })]);
    assert_eq!(ask(&house, "web1", &["/license"]).await, [json!({ "status": 401 })]);
}
