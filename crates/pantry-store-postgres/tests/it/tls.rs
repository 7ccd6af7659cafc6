//! Every `sslmode` with servers that speak TLS, that do not, and that others pretend to be.

use pantry_store_postgres::{Config, OpenError, look};
use pantry_testkit::postgres::Cluster;

use crate::certificates::{Authority, Files, Identity, self_signed};

/// Each database lets in whoever comes in one way.
const ACCESS: &str = "\
local     all        all                trust
hostssl   encrypted  all  127.0.0.1/32  trust
hostnossl plain      all  127.0.0.1/32  trust
hostssl   certified  all  127.0.0.1/32  trust clientcert=verify-ca
host      password   all  127.0.0.1/32  scram-sha-256
";

/// A server with this certificate, which asks clients for one of this authority.
fn server(identity: &Identity, clients: &Authority) -> Cluster {
    let mut cluster = Cluster::on_tcp(&[("ssl", "on")]).unwrap();
    for (setting, name, text) in [
        ("ssl_cert_file", "server.crt", &identity.certificate),
        ("ssl_key_file", "server.key", &identity.key),
        ("ssl_ca_file", "clients.crt", &clients.pem()),
    ] {
        let path = cluster.put(name, text.as_bytes()).unwrap();
        cluster.set(setting, path.to_str().unwrap());
    }
    cluster.put("data/pg_hba.conf", ACCESS.as_bytes()).unwrap();
    cluster.start().unwrap();
    for database in ["encrypted", "plain", "certified", "password"] {
        cluster.sql("postgres", &format!("CREATE DATABASE {database}")).unwrap();
    }
    cluster
}

/// What is said when one connects with these parameters; nothing if it works.
async fn outcome(cluster: &Cluster, host: &str, database: &str, parameters: &str) -> String {
    let port = cluster.port();
    let url = format!("postgres://postgres@{host}:{port}/{database}?{parameters}");
    match look(&Config::parse(&url).unwrap()).await {
        Ok(_) => String::new(),
        Err(OpenError::Connect(error)) => {
            format!("{error}\n{}", error.advice().unwrap_or_default())
        }
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn each_mode_does_with_a_tls_server_what_libpq_does() {
    let (authority, foreign, files) = (Authority::new(), Authority::new(), Files::new());
    let cluster = server(&authority.issue("localhost"), &authority);
    let ca = files.write("ca.crt", &authority.pem());
    let other = files.write("other.crt", &foreign.pem());
    let both = files.write("both.crt", &(foreign.pem() + &authority.pem()));
    let no_way = "no pg_hba.conf entry";
    for (database, host, parameters, part) in [
        ("plain", "127.0.0.1", "sslmode=disable".to_owned(), ""),
        ("encrypted", "127.0.0.1", "sslmode=disable".to_owned(), no_way),
        ("plain", "127.0.0.1", "sslmode=allow".to_owned(), ""),
        ("encrypted", "127.0.0.1", "sslmode=allow".to_owned(), ""),
        ("plain", "127.0.0.1", "sslmode=prefer".to_owned(), ""),
        ("encrypted", "127.0.0.1", "sslmode=prefer".to_owned(), ""),
        ("encrypted", "127.0.0.1", String::new(), ""),
        ("plain", "127.0.0.1", "sslmode=require".to_owned(), no_way),
        ("encrypted", "127.0.0.1", "sslmode=require".to_owned(), ""),
        // Whoever names an authority has it checked, in every mode.
        ("encrypted", "127.0.0.1", format!("sslmode=require&sslrootcert={ca}"), ""),
        (
            "encrypted",
            "127.0.0.1",
            format!("sslmode=require&sslrootcert={other}"),
            "an authority that is not trusted",
        ),
        (
            "encrypted",
            "127.0.0.1",
            format!("sslmode=prefer&sslrootcert={other}"),
            "an authority that is not trusted",
        ),
        ("plain", "127.0.0.1", format!("sslmode=prefer&sslrootcert={other}"), ""),
        (
            "encrypted",
            "127.0.0.1",
            format!("sslmode=allow&sslrootcert={other}"),
            "an authority that is not trusted",
        ),
        ("encrypted", "127.0.0.1", format!("sslmode=verify-ca&sslrootcert={ca}"), ""),
        ("encrypted", "127.0.0.1", format!("sslmode=verify-ca&sslrootcert={both}"), ""),
        (
            "encrypted",
            "localhost",
            format!("sslmode=verify-ca&sslrootcert={other}"),
            "`sslrootcert` must name the authority",
        ),
        ("encrypted", "localhost", format!("sslmode=verify-full&sslrootcert={ca}"), ""),
        (
            "encrypted",
            "127.0.0.1",
            format!("sslmode=verify-full&sslrootcert={ca}"),
            "its certificate is for another name: DnsName(\"localhost\")\nname it in `store.url` as its certificate does",
        ),
        (
            "encrypted",
            "localhost",
            "sslrootcert=system".to_owned(),
            "an authority that is not trusted",
        ),
    ] {
        let said = outcome(&cluster, host, database, &parameters).await;
        assert_eq!(said.is_empty(), part.is_empty(), "{database} {host} {parameters}: {said}");
        assert!(said.contains(part), "{database} {host} {parameters}: {said}");
    }
    // The socket stays in the machine, so there is nothing to hide.
    let socket = format!("{}&sslmode=verify-full&sslrootcert={ca}", cluster.url("encrypted"));
    look(&Config::parse(&socket).unwrap()).await.unwrap();
}

#[tokio::test]
async fn a_server_without_tls_is_told_from_one_with() {
    let (authority, files) = (Authority::new(), Files::new());
    let mut cluster = Cluster::on_tcp(&[]).unwrap();
    cluster.start().unwrap();
    let ca = files.write("ca.crt", &authority.pem());
    for parameters in ["sslmode=disable", "sslmode=allow", "sslmode=prefer"] {
        assert_eq!(outcome(&cluster, "127.0.0.1", "postgres", parameters).await, "");
    }
    for mode in ["require", "verify-ca", "verify-full"] {
        let parameters = format!("sslmode={mode}&sslrootcert={ca}");
        let said = outcome(&cluster, "localhost", "postgres", &parameters).await;
        assert!(said.contains("it does not speak TLS\nswitch TLS on there"), "{mode}: {said}");
    }
}

#[tokio::test]
async fn a_server_may_ask_for_a_certificate() {
    let (authority, foreign, files) = (Authority::new(), Authority::new(), Files::new());
    let cluster = server(&authority.issue("localhost"), &authority);
    let own = |name: &str, identity: &Identity| {
        let certificate = files.write(&format!("{name}.crt"), &identity.certificate);
        let key = files.write(&format!("{name}.key"), &identity.key);
        format!("sslmode=require&sslcert={certificate}&sslkey={key}")
    };
    let (known, unknown) = (authority.issue("pantry"), foreign.issue("pantry"));
    let database = "certified";
    assert_eq!(outcome(&cluster, "127.0.0.1", database, &own("known", &known)).await, "");
    let said = outcome(&cluster, "127.0.0.1", database, "sslmode=require").await;
    assert!(said.contains("requires a valid client certificate"), "{said}");
    let said = outcome(&cluster, "127.0.0.1", database, &own("unknown", &unknown)).await;
    assert!(said.contains("TLS failed") || said.contains("ended the connection"), "{said}");

    let swapped = Identity { certificate: known.certificate.clone(), key: unknown.key };
    let said = outcome(&cluster, "127.0.0.1", database, &own("swapped", &swapped)).await;
    assert!(said.contains("`sslcert` and `sslkey` cannot be used with each other"), "{said}");
    let said = format!(
        "sslmode=require&sslcert={0}&sslkey={0}",
        files.write("only.crt", &known.certificate)
    );
    let said = outcome(&cluster, "127.0.0.1", database, &said).await;
    assert!(said.contains("only.crt holds no key that can be used"), "{said}");
}

#[tokio::test]
async fn files_that_are_of_no_use_are_named() {
    let (files, cluster) = (Files::new(), Cluster::on_tcp(&[]).unwrap());
    let empty = files.write("empty.crt", "nothing\n");
    let missing = files.path("missing.crt");
    for (file, part) in [
        (empty, "empty.crt holds no certificate: a PEM"),
        (missing.to_str().unwrap().to_owned(), "missing.crt cannot be read: No such file"),
    ] {
        let parameters = format!("sslmode=verify-ca&sslrootcert={file}");
        let said = outcome(&cluster, "127.0.0.1", "postgres", &parameters).await;
        assert!(said.contains(part), "{said}");
        // Where TLS is not spoken nobody looks at them.
        let parameters = format!("sslmode=disable&sslrootcert={file}");
        let said = outcome(&cluster, "127.0.0.1", "postgres", &parameters).await;
        assert!(said.contains("nobody is there"), "{said}");
    }
}

#[tokio::test]
async fn a_certificate_that_signed_itself_can_be_trusted_by_itself() {
    let (authority, files) = (Authority::new(), Files::new());
    let identity = self_signed("localhost");
    let cluster = server(&identity, &authority);
    let itself = files.write("itself.crt", &identity.certificate);
    let full = format!("sslmode=verify-full&sslrootcert={itself}");
    assert_eq!(outcome(&cluster, "localhost", "encrypted", &full).await, "");
    let said = outcome(&cluster, "127.0.0.1", "encrypted", &full).await;
    assert!(said.contains("for another name"), "{said}");
    let another = files.write("another.crt", &self_signed("localhost").certificate);
    let another = format!("sslmode=verify-ca&sslrootcert={another}");
    assert!(outcome(&cluster, "localhost", "encrypted", &another).await.contains("not trusted"));
}

#[tokio::test]
async fn a_certificate_that_is_too_old_is_refused() {
    let (authority, files) = (Authority::new(), Files::new());
    let cluster = server(&authority.issue_expired("localhost"), &authority);
    let ca = files.write("ca.crt", &authority.pem());
    let parameters = format!("sslmode=verify-ca&sslrootcert={ca}");
    let said = outcome(&cluster, "127.0.0.1", "encrypted", &parameters).await;
    assert!(said.contains("expired") && said.contains("renew its certificate"), "{said}");
    assert_eq!(outcome(&cluster, "127.0.0.1", "encrypted", "sslmode=require").await, "");
}

#[tokio::test]
async fn a_password_can_be_bound_to_the_session() {
    let authority = Authority::new();
    let cluster = server(&authority.issue("localhost"), &authority);
    let role = "CREATE ROLE joe LOGIN PASSWORD 'hunter2'";
    cluster.sql("postgres", role).unwrap();
    let bound = "user=joe&password=hunter2&sslmode=require&channel_binding=require";
    assert_eq!(outcome(&cluster, "127.0.0.1", "password", bound).await, "");
    let unbound = "user=joe&password=hunter2&sslmode=disable&channel_binding=require";
    let said = outcome(&cluster, "127.0.0.1", "password", unbound).await;
    assert!(said.contains("channel binding") && !said.contains("hunter"), "{said}");
}
