//! `cargo xtask demo`: Pantry's main job, done before your eyes by the real binary.
//!
//! A server and three clients of two applications run on this machine, in a folder and on ports of
//! their own. Every command is printed as a person would type it, then run, and what must have come
//! of it is checked, so that a demo that ends well has shown what it says.

mod chef;

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use pantry_testkit::installation::Installation;
use pantry_testkit::process::Process;

use crate::{install, workspace};

/// Runs the demo.
pub(crate) fn run(_: &[String]) -> Result<()> {
    install::what_is_missing()?;
    println!("building Pantry (the first time takes some minutes)");
    let status = workspace::cargo().args(["build", "--locked", "-p", "pantry"]).status()?;
    ensure!(status.success(), "Pantry could not be built");
    let metadata = workspace::metadata()?;
    let binary = metadata.target_directory.as_std_path().join("debug/pantry");
    let program = chef::Program::find()?;

    let started = Instant::now();
    let stage = Stage { house: Installation::new(&binary)? };
    let mut server = stage.begin()?;
    let [_blog, _db, mut web] = stage.enrol(&program)?;
    stage.work()?;
    stage.converge(&program)?;
    stage.kill_the_client(&mut web)?;
    stage.kill_the_server(&mut server)?;
    stage.look_back()?;
    println!(
        "\n== That was Pantry, in {:.0} s. To do it yourself:\n",
        started.elapsed().as_secs_f64()
    );
    println!("   cargo build --release && export PATH=\"$PWD/target/release:$PATH\"");
    println!(
        "   pantry server                    and in another terminal what it tells you to type"
    );
    println!("   README.md and docs/src/getting-started.md take you through it");
    Ok(())
}

struct Stage {
    house: Installation,
}

fn heading(text: &str) {
    println!("\n== {text}\n");
}

impl Stage {
    fn begin(&self) -> Result<Process> {
        heading("A server starts. Its first start makes its keys and an administrator");
        println!("$ pantry server");
        let server = self.house.start_server()?;
        self.type_in(&["app", "create", "shop"])?;
        self.type_in(&["app", "create", "blog"])?;
        Ok(server)
    }

    fn enrol(&self, program: &chef::Program) -> Result<[Process; 3]> {
        heading("Three machines are enrolled: two of shop, and one of blog that has the same name");
        let start = |application: &str, identity: &str, role: &str| {
            let file = format!("{application}-{identity}.yml");
            let create = [
                "-a",
                application,
                "-e",
                "prod",
                "-r",
                role,
                "client",
                "create",
                identity,
                "--out",
                &file,
            ];
            self.type_in(&create)?;
            program.name_in(&self.house.path(&file))?;
            println!("$ pantry client --config {file}");
            self.house.start_client(application, identity)
        };
        let clients = [
            start("blog", "web1", "web")?,
            start("shop", "db1", "db")?,
            start("shop", "web1", "web")?,
        ];
        self.type_in(&["status"])?;
        self.type_in(&["-a", "shop", "client", "list"])?;
        Ok(clients)
    }

    fn work(&self) -> Result<()> {
        heading("A command for shop reaches shop's machines, and nobody else's");
        self.type_in(&[
            "-a",
            "shop",
            "exec",
            "--shell",
            "echo I am $PANTRY_IDENTITY of $PANTRY_APPLICATION",
        ])?;
        heading("A script provisions shop's web server; run again, it finds its work done");
        let script = workspace::root().join("examples/provision.sh");
        let script = script.to_str().context("the repository's path is not UTF-8")?;
        let provision =
            ["-a", "shop", "-r", "web", "exec", "--stdin", script, "--", "sh", "-s", "web"];
        self.type_in(&provision)?;
        self.type_in(&provision)?;
        let page = self.house.path("pantry-site/shop/web1/index.html");
        ensure!(page.exists(), "the script made no {}", page.display());
        ensure!(!self.house.path("pantry-site/blog").exists(), "blog was provisioned as well");
        Ok(())
    }

    fn kill_the_client(&self, client: &mut Process) -> Result<()> {
        heading("A client is killed in the middle of a job, and comes back");
        let job = self.start(&["-i", "web1"], "echo halfway; sleep 3; echo done")?;
        self.wait(&job, "\"running\"")?;
        println!("$ kill -9 {}                        (shop's web1)", client.id());
        client.kill()?;
        println!("$ pantry client --config shop-web1.yml");
        *client = self.house.start_client("shop", "web1")?;
        self.wait(&job, "\"interrupted\"")?;
        self.type_in(&["job", "show", &job])?;
        println!("   Its job is not run a second time, and nobody claims to know how it ended.");
        Ok(())
    }

    fn kill_the_server(&self, server: &mut Process) -> Result<()> {
        heading(
            "The server is killed in the middle of a job. The clients work on, and it learns the rest",
        );
        let job = self.start(&[], "for step in 1 2 3 4; do echo step $step; sleep 0.5; done")?;
        self.wait(&job, "\"running\"")?;
        println!("$ kill -9 {}                        (the server)", server.id());
        server.kill()?;
        println!("$ pantry server");
        *server = self.house.start_server()?;
        self.type_in(&["job", "watch", &job])
    }

    fn look_back(&self) -> Result<()> {
        heading("Every job is written down, and every change");
        self.type_in(&["-a", "shop", "job", "list"])?;
        self.type_in(&["-a", "shop", "admin", "ledger"])
    }

    /// Types a command, which must succeed.
    fn type_in(&self, arguments: &[&str]) -> Result<()> {
        println!("$ pantry {}", typed(arguments));
        let status = self.house.command(arguments).status()?;
        ensure!(status.success(), "`pantry {}` ended with {status}", typed(arguments));
        println!();
        Ok(())
    }

    /// Starts a job of shop and does not wait; gives its id.
    fn start(&self, target: &[&str], script: &str) -> Result<String> {
        let mut arguments = vec!["-a", "shop"];
        arguments.extend(target);
        arguments.extend(["exec", "--no-wait", "--shell", script]);
        println!("$ pantry {}", typed(&arguments));
        let answer = self.house.succeed(&arguments)?;
        print!("{answer}");
        Ok(answer.split_whitespace().next().context("no job id was printed")?.to_owned())
    }

    /// Waits until something is said of a job.
    fn wait(&self, job: &str, said: &str) -> Result<()> {
        let mut watch = self.house.command(&["--json", "job", "watch", job]);
        Process::spawn("watch", &mut watch)?.wait_for(said)?;
        Ok(())
    }
}

/// The arguments as a person types them.
fn typed(arguments: &[&str]) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:".contains(c);
    let quote = |argument: &&str| {
        if argument.chars().all(plain) { (*argument).to_owned() } else { format!("'{argument}'") }
    };
    let root = format!("{}/", workspace::root().display());
    arguments.iter().map(quote).collect::<Vec<_>>().join(" ").replace(&root, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_shown_as_a_person_types_them() {
        assert_eq!(
            typed(&["-a", "shop", "exec", "--shell", "echo $X"]),
            "-a shop exec --shell 'echo $X'"
        );
    }
}
