//! The database fails under servers that have much to do: what they cannot do they refuse, they say
//! so at once, and they go on by themselves.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use pantry_testkit::postgres::Cluster;

use crate::servers::{Load, Servers};

/// How soon `/_status` must tell the truth.
const SOON: Duration = Duration::from_secs(1);

/// Has a server's database fail in this way and then recover under load, and looks at what the
/// server says meanwhile.
fn while_it_fails(
    mut cluster: Cluster,
    fail: impl Fn(&mut Cluster) -> Result<()>,
    recover: impl Fn(&mut Cluster) -> Result<()>,
) -> Result<()> {
    let servers = Servers::start(1, &cluster)?;
    Load::prepare(&servers)?;
    let load = Load::default();
    thread::scope(|scope| {
        let writers = load.begin(&servers, scope);
        let failing = (|| {
            load.goes_on()?;
            ensure!(servers.status(0)?.0, "{}", servers.report(0));
            fail(&mut cluster)?;
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_secs(3) {
                let (is_well, took) = servers.status(0)?;
                ensure!(!is_well && took < SOON, "well: {is_well}, after {took:?}");
            }
            recover(&mut cluster)?;
            let took = servers.until_status(0, true)?;
            ensure!(took < Duration::from_secs(4), "well again only after {took:?}");
            load.goes_on()
        })();
        load.end(writers).and(failing)
    })?;
    load.check(&servers, &cluster).map(drop)
}

#[test]
fn a_database_that_is_stopped() -> Result<()> {
    while_it_fails(Cluster::running(&[])?, Cluster::stop, Cluster::start)
}

#[test]
fn a_database_that_is_killed() -> Result<()> {
    while_it_fails(Cluster::running(&[])?, Cluster::kill, Cluster::start)
}

#[test]
fn a_database_that_is_paused() -> Result<()> {
    while_it_fails(Cluster::running(&[])?, |it| it.pause(), |it| it.resume())
}

#[test]
fn connections_that_are_cut_are_no_reason_to_worry() -> Result<()> {
    let cluster = Cluster::running(&[])?;
    let servers = Servers::start(2, &cluster)?;
    Load::prepare(&servers)?;
    let load = Load::default();
    thread::scope(|scope| {
        let writers = load.begin(&servers, scope);
        let cutting = (0..10).try_for_each(|_| {
            load.goes_on()?;
            let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'";
            cluster.sql("template1", cut)?;
            let (is_well, took) = servers.status(0)?;
            ensure!(is_well && took < SOON, "well: {is_well}, after {took:?}");
            Ok(())
        });
        load.end(writers).and(cutting)
    })?;
    load.check(&servers, &cluster).map(drop)
}
