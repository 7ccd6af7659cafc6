//! TLS with servers whose certificates are in order, and with others.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pantry_http_client::{
    Config, HttpClient, HttpError, Method, Problem, Request, ServerUrl, TlsProblem, Trust,
    TrustError,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::clock::{Standing, impatient};

/// A certificate and its key, PEM.
struct Own {
    certificate: String,
    key: String,
}

fn parameters(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).unwrap()
}

/// As a Chef server makes its own: for an authority, signed by itself.
fn signed_by_itself(name: &str, is_authority: bool, year: i32) -> Own {
    let key = KeyPair::generate().unwrap();
    let mut parameters = parameters(name);
    parameters.not_after = date_time_ymd(year, 1, 1);
    if is_authority {
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    }
    let certificate = parameters.self_signed(&key).unwrap().pem();
    Own { certificate, key: key.serialize_pem() }
}

async fn serve(own: &Own) -> u16 {
    let certificate = CertificateDer::from_pem_slice(own.certificate.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let _ = stream.read(&mut [0; 4096]).await;
                let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
                let _ = stream.write_all(answer).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    port
}

async fn ask(port: u16, trust: Trust) -> Result<u16, HttpError> {
    let config = Config { trust, ..impatient() };
    let client = HttpClient::new(config, Arc::new(Standing));
    let request = Request::new(Method::GET, ServerUrl::new(true, "localhost", port));
    client.send(&request).await.map(|answer| answer.status.as_u16())
}

fn file(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[tokio::test]
async fn a_certificate_counts_if_someone_trusted_signed_it_or_it_is_trusted_itself() {
    let folder = tempfile::tempdir().unwrap();
    let mut authority = parameters("authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = parameters("localhost").signed_by(&key, &authority).unwrap().pem();
    let port = serve(&Own { certificate, key: key.serialize_pem() }).await;
    let trusted = Trust::File(file(folder.path(), "authority.pem", &authority.pem()));
    assert_eq!(ask(port, trusted.clone()).await.unwrap(), 200);

    for is_authority in [true, false] {
        let own = signed_by_itself("localhost", is_authority, 4000);
        let port = serve(&own).await;
        let itself = Trust::File(file(folder.path(), "own.pem", &own.certificate));
        assert_eq!(ask(port, itself).await.unwrap(), 200, "{is_authority}");
        let problem = ask(port, trusted.clone()).await.unwrap_err().problem;
        assert!(matches!(problem, Problem::Tls(TlsProblem::Untrusted)), "{problem}");
    }
}

#[tokio::test]
async fn another_name_and_another_time_are_told() {
    let folder = tempfile::tempdir().unwrap();
    for is_authority in [true, false] {
        for (name, year, expected) in [
            ("other", 4000, TlsProblem::OtherName("localhost".to_owned())),
            ("localhost", 2001, TlsProblem::Expired),
        ] {
            let own = signed_by_itself(name, is_authority, year);
            let trust = Trust::File(file(folder.path(), "own.pem", &own.certificate));
            let problem = ask(serve(&own).await, trust).await.unwrap_err().problem;
            let Problem::Tls(problem) = problem else { panic!("{problem}") };
            assert_eq!(problem, expected, "{is_authority}");
        }
    }
}

#[tokio::test]
async fn what_speaks_no_tls_and_files_of_no_use_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let own = signed_by_itself("localhost", false, 4000);
    let trust = || Trust::File(file(folder.path(), "own.pem", &own.certificate));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let plain = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            let _ = stream.read(&mut [0; 4096]).await;
        }
    });
    let problem = ask(plain, trust()).await.unwrap_err().problem;
    assert!(matches!(problem, Problem::Tls(TlsProblem::NotTls)), "{problem}");

    for (trust, part) in [
        (Trust::File(folder.path().join("none.pem")), "none.pem cannot be read"),
        (Trust::File(file(folder.path(), "empty.pem", "nothing\n")), "holds no certificate"),
    ] {
        let problem = ask(serve(&own).await, trust).await.unwrap_err().problem;
        assert!(
            matches!(
                &problem,
                Problem::Trust(TrustError::Unreadable { .. } | TrustError::NoCertificate(_))
            ),
            "{problem}"
        );
        assert!(problem.to_string().contains(part), "{problem}");
    }
}
