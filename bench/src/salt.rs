//! The peer: Salt's master and minions on this machine, over ZeroMQ, asked for `test.ping`.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use pantry_testkit::installation::free_port;
use pantry_testkit::process::Process;
use tempfile::TempDir;

use crate::figures::median;
use crate::peer::{run, target_folder};

/// The version that is measured.
pub(crate) const VERSION: &str = "3008.3";

const ROUNDS: usize = 5;

/// Salt, installed from PyPI.
pub(crate) struct Salt {
    programs: PathBuf,
}

/// What was measured.
pub(crate) struct Measured {
    /// The median time of the whole command.
    pub(crate) ping: Duration,
    /// The median memory of a minion, in KiB.
    pub(crate) minion_rss: u64,
}

impl Salt {
    /// Installs it under Cargo's target folder, once.
    pub(crate) fn install() -> Result<Self> {
        let folder = target_folder().join(format!("salt-{VERSION}"));
        let programs = folder.join("bin");
        if !programs.join("salt-minion").exists() {
            println!("installing Salt {VERSION}, the peer (once)");
            run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
            let wanted = format!("salt=={VERSION}");
            run(Command::new(programs.join("pip")).args(["install", "--quiet", &wanted]))?;
        }
        Ok(Self { programs })
    }

    /// Starts a master and this many minions, asks for `test.ping`, and ends them.
    pub(crate) fn measure(&self, size: usize) -> Result<Measured> {
        let folder = tempfile::Builder::new().prefix("salt-").tempdir()?;
        let ports = [free_port()?, free_port()?];
        let master_config = format!(
            "interface: 127.0.0.1\npublish_port: {}\nret_port: {}\nauto_accept: True\nworker_threads: 5\n{}",
            ports[0],
            ports[1],
            places(&folder, "master"),
        );
        let _master = self.start(&folder, "master", "salt-master", &master_config)?;
        let mut minions = Vec::new();
        for number in 0..size {
            let name = format!("minion{number:03}");
            let config = format!(
                "master: 127.0.0.1\nid: {name}\npublish_port: {}\nmaster_port: {}\n{}",
                ports[0],
                ports[1],
                places(&folder, &name),
            );
            minions.push(self.start(&folder, &name, "salt-minion", &config)?);
        }
        // Salt says nowhere that all are there, so it is asked until they are.
        let deadline = Instant::now() + Duration::from_secs(300);
        while self.ping(&folder)?.1 < size {
            ensure!(Instant::now() < deadline, "Salt's minions do not all answer");
        }
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let (took, answers) = self.ping(&folder)?;
            ensure!(answers == size, "only {answers} of {size} minions answered");
            times.push(took);
        }
        let memory = minions.iter().map(|it| Ok(it.memory_kib()?.0)).collect::<Result<Vec<_>>>()?;
        Ok(Measured { ping: median(&times), minion_rss: median(&memory) })
    }

    fn ping(&self, folder: &TempDir) -> Result<(Duration, usize)> {
        let mut command = Command::new(self.programs.join("salt"));
        command.arg("-c").arg(folder.path().join("master")).args(["--out=txt", "*", "test.ping"]);
        let start = Instant::now();
        let output = command.output()?;
        let took = start.elapsed();
        Ok((took, String::from_utf8_lossy(&output.stdout).matches(": True").count()))
    }

    fn start(&self, folder: &TempDir, name: &str, program: &str, config: &str) -> Result<Process> {
        let place = folder.path().join(name);
        std::fs::create_dir_all(&place)?;
        std::fs::write(place.join(program.trim_start_matches("salt-")), config)?;
        let mut command = Command::new(self.programs.join(program));
        command.arg("-c").arg(&place).args(["-l", "error"]);
        Process::spawn(name, &mut command)
    }
}

fn places(folder: &TempDir, name: &str) -> String {
    let root = folder.path().join(name);
    let root = root.display();
    let user = std::env::var("USER").unwrap_or_else(|_| "root".to_owned());
    format!(
        "user: {user}\nroot_dir: {root}\npki_dir: {root}/pki\ncachedir: {root}/cache\n\
         sock_dir: {root}/sock\nlog_file: {root}/log\npidfile: {root}/pid\n"
    )
}
