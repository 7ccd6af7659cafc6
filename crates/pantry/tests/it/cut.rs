//! The network between server and client stalls for longer than the heartbeat, and then is cut.

use anyhow::{Context as _, Result};
use pantry_testkit::installation::Installation;
use pantry_testkit::process::Process;
use pantry_testkit::proxy::{Proxy, Weather};

use crate::whole::installation;

/// Puts the client's connections through these, and makes its heartbeat quick.
fn reroute(house: &Installation, proxies: &[Proxy; 2]) -> Result<()> {
    let path = house.path("shop-web1.yml");
    let mut text = std::fs::read_to_string(&path)?;
    for (port, proxy) in house.ports().iter().zip(proxies) {
        text = text.replace(&port.to_string(), &proxy.port().to_string());
    }
    let text = text.replace("client:\n", "client:\n  heartbeat_interval: 1\n");
    Ok(std::fs::write(path, text)?)
}

fn watch(house: &Installation, job: &str) -> Result<Process> {
    Process::spawn("watch", &mut house.command(&["--json", "job", "watch", job]))
}

/// Starts a job whose program writes a mark, some numbered lines within some seconds, and a mark.
fn start(house: &Installation, lines: u32) -> Result<String> {
    let script = format!(
        "echo start >> {0}/$PANTRY_JOB; for n in $(seq {lines}); do echo line $n; sleep 0.1; done; \
         echo end >> {0}/$PANTRY_JOB",
        house.path("marks").display()
    );
    let answer = house.succeed(&["-a", "shop", "exec", "--no-wait", "--shell", &script])?;
    Ok(answer.split_whitespace().next().context("no job id")?.to_owned())
}

#[test]
fn a_job_goes_on_while_the_network_is_away_and_nothing_of_it_is_lost() -> Result<()> {
    let house = installation()?;
    std::fs::create_dir(house.path("marks"))?;
    let mut server = house.start_server()?;
    house.succeed(&["app", "create", "shop"])?;
    house.enrol("shop", "web1", &[])?;
    let [publish, receive, _] = house.ports();
    let proxies = [Proxy::start(publish)?, Proxy::start(receive)?];
    reroute(&house, &proxies)?;
    let _client = house.start_client("shop", "web1")?;

    for cut in [false, true, true] {
        let during = start(&house, 60)?;
        let mut watching = watch(&house, &during)?;
        watching.wait_for("\"running\"")?;
        for proxy in &proxies {
            proxy.set(Weather::Stalled);
        }
        // The server has missed three heartbeats.
        watching.wait_for("\"online\":false")?;
        let meanwhile = start(&house, 1)?;
        for proxy in &proxies {
            if cut {
                proxy.set(Weather::Cut);
            }
            proxy.set(Weather::Fair);
        }
        watching.wait_for("\"state\":\"succeeded\"").with_context(|| server.report())?;
        watch(&house, &meanwhile)?.wait_for("\"state\":\"succeeded\"")?;
        for (job, lines) in [(during, 60), (meanwhile, 1)] {
            let marks = std::fs::read_to_string(house.path("marks").join(&job))?;
            assert_eq!(marks, "start\nend\n", "{job} ran once");
            let output = house.succeed(&["job", "output", &job, "-i", "web1"])?;
            let expected: String = (1..=lines).map(|n| format!("line {n}\n")).collect();
            assert_eq!(output, expected, "all of the output of {job}, in order");
        }
    }
    Ok(())
}
