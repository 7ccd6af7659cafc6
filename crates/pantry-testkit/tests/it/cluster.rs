//! A server of a test's own.

use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use pantry_testkit::postgres::Cluster;

use crate::child::{Keeper, ends_within, keep, open_folder, parent, server, watch};

#[test]
fn what_was_committed_is_there_however_it_ended() {
    let mut cluster = Cluster::running(&[("max_connections", "20")]).unwrap();
    assert_eq!(cluster.sql("postgres", "SHOW max_connections").unwrap(), "20\n");
    cluster.sql("postgres", "CREATE TABLE kept (how text)").unwrap();
    type End = fn(&mut Cluster) -> anyhow::Result<()>;
    let ends: [(&str, End); 3] =
        [("stop", Cluster::stop), ("abort", Cluster::abort), ("kill", Cluster::kill)];
    for (how, end) in ends {
        cluster.sql("postgres", &format!("INSERT INTO kept VALUES ('{how}')")).unwrap();
        let process = watch(server(cluster.folder()));
        end(&mut cluster).unwrap();
        assert!(ends_within(&process, 0), "{how}");
        assert!(cluster.sql("postgres", "SELECT 1").is_err(), "{how}");
        cluster.set("work_mem", "5MB");
        cluster.start().unwrap();
    }
    assert_eq!(cluster.sql("postgres", "SELECT how FROM kept").unwrap(), "stop\nabort\nkill\n");
    assert_eq!(cluster.sql("postgres", "SHOW work_mem").unwrap(), "5MB\n");
}

#[test]
fn nothing_is_left_of_it() {
    for paused in [false, true] {
        let cluster = Cluster::running(&[]).unwrap();
        let (folder, process) = (cluster.folder().to_owned(), watch(server(cluster.folder())));
        if paused {
            cluster.pause().unwrap();
        }
        drop(cluster);
        assert!(ends_within(&process, 0) && !folder.exists());
    }
    let mut killed = Cluster::running(&[]).unwrap();
    let folder = killed.folder().to_owned();
    killed.kill().unwrap();
    drop(killed);
    assert!(!folder.exists());
}

#[test]
#[ignore = "an entry for child processes"]
fn keeps_one() {
    let cluster = Cluster::running(&[]).unwrap();
    keep(&cluster.folder().display().to_string());
}

#[test]
fn nothing_is_left_when_its_test_is_killed() {
    let folder = open_folder();
    let keeper = Keeper::start("cluster::keeps_one", folder.path());
    let cluster = Path::new(&keeper.said).to_owned();
    let process = server(&cluster);
    let (supervisor, process) = (watch(parent(process)), watch(process));
    assert!(!ends_within(&process, 0));
    keeper.kill();
    assert!(ends_within(&process, 20) && ends_within(&supervisor, 20));
    assert!(!cluster.exists());
}

#[test]
fn nobody_answers_while_it_is_paused() {
    let cluster = Cluster::running(&[]).unwrap();
    let stream = UnixStream::connect(cluster.folder().join(".s.PGSQL.5432")).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    cluster.pause().unwrap();
    // It would be answered with one byte: whether there is TLS.
    let ask = |mut stream: &UnixStream| {
        use std::io::{Read as _, Write as _};
        stream.write_all(&[0, 0, 0, 8, 4, 210, 22, 47]).unwrap();
        stream.read_exact(&mut [0])
    };
    assert!(ask(&stream).is_err());
    cluster.resume().unwrap();
    assert_eq!(cluster.sql("postgres", "SELECT 1").unwrap(), "1\n");
}

#[test]
fn it_listens_on_a_port_only_if_it_should_and_there_it_stays() {
    let mut cluster = Cluster::on_tcp(&[]).unwrap();
    cluster.start().unwrap();
    let port = cluster.port();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
    cluster.stop().unwrap();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    cluster.start().unwrap();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
    let other = Cluster::running(&[]).unwrap();
    assert_eq!(other.sql("postgres", "SHOW listen_addresses").unwrap(), "\n");
}

#[test]
fn a_full_disk_can_be_had() {
    let cluster = Cluster::running(&[]).unwrap();
    cluster.sql("postgres", "CREATE TABLE big AS SELECT repeat('x', 1000) AS x").unwrap();
    cluster.limit_files(Some(17 * 1024 * 1024)).unwrap();
    let fill = "INSERT INTO big SELECT repeat('x', 1000) FROM generate_series(1, 20000)";
    let error = cluster.sql("postgres", fill).unwrap_err().to_string();
    assert!(error.contains("could not extend"), "{error}");
    cluster.limit_files(None).unwrap();
    cluster.sql("postgres", fill).unwrap();
    assert_eq!(cluster.sql("postgres", "SELECT count(*) FROM big").unwrap(), "20001\n");
}

#[test]
fn a_server_that_does_not_start_says_why() {
    let mut cluster = Cluster::new(&[("max_connections", "many")]).unwrap();
    let error = format!("{:#}", cluster.start().unwrap_err());
    assert!(error.contains("max_connections"), "{error}");
}

#[test]
fn it_is_configured_through_its_files() {
    let mut cluster = Cluster::new(&[]).unwrap();
    let refused = b"local all postgres trust\nlocal all all reject\n";
    cluster.put("data/pg_hba.conf", refused).unwrap();
    cluster.start().unwrap();
    cluster.sql("postgres", "CREATE ROLE ada LOGIN").unwrap();
    let error = cluster.sql("user=ada", "SELECT 1").unwrap_err().to_string();
    assert!(error.contains("pg_hba.conf rejects"), "{error}");
}
