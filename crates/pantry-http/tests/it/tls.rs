//! The same over TLS.

use std::sync::Arc;
use std::time::Duration;

use pantry_http::{Tls, TlsError};
use rcgen::CertifiedKey;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::client::{Connection, DEADLINE};
use crate::house::{Ask, House};

fn certificate() -> (String, String, TlsConnector) {
    let CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["pantry.example".to_owned()]).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    (cert.pem(), signing_key.serialize_pem(), TlsConnector::from(Arc::new(config)))
}

#[tokio::test]
async fn a_client_that_knows_the_certificate_is_served() {
    let (certificate, key, connector) = certificate();
    let house = House::with(|config| {
        config.tls = Some(Tls::from_pem(certificate.as_bytes(), key.as_bytes()).unwrap());
        config.limits.idle_for = Duration::from_millis(300);
    })
    .await;
    let stream = TcpStream::connect(house.address).await.unwrap();
    let name = ServerName::try_from("pantry.example").unwrap();
    let mut connection = Connection::over(connector.connect(name, stream).await.unwrap());
    for _ in 0..2 {
        connection.send(Ask::new("GET", "/license").by("ann").bytes()).await;
        assert_eq!(connection.reply().await.status, 200);
    }
    assert!(connection.ends_within(DEADLINE).await, "limits hold here too");
}

#[tokio::test]
async fn who_speaks_no_tls_is_sent_away_and_who_says_nothing_too() {
    let (certificate, key, _) = certificate();
    let house = House::with(|config| {
        config.tls = Some(Tls::from_pem(certificate.as_bytes(), key.as_bytes()).unwrap());
        config.limits.head_within = Duration::from_millis(300);
    })
    .await;
    let mut silent = house.connect().await;
    let mut plain = house.connect().await;
    plain.send(Ask::new("GET", "/version").bytes()).await;
    assert!(plain.ends_within(DEADLINE).await);
    assert!(silent.ends_within(DEADLINE).await);
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_told() {
    let ((certificate, key, _), (_, other, _)) = (certificate(), certificate());
    let outcome = |certificate: &str, key: &str| {
        Tls::from_pem(certificate.as_bytes(), key.as_bytes()).map(drop)
    };
    assert!(outcome(&certificate, &key).is_ok());
    assert!(matches!(outcome("", &key), Err(TlsError::Certificate)));
    assert!(matches!(outcome(&key, &key), Err(TlsError::Certificate)));
    assert!(matches!(outcome(&certificate, "nothing"), Err(TlsError::Key)));
    assert!(matches!(outcome(&certificate, &other), Err(TlsError::Unusable(_))));
}
