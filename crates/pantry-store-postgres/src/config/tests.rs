use std::time::Duration;

use proptest::prelude::*;

use super::hosts::At;
use super::*;

fn parse(url: &str) -> Config {
    Config::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"))
}

fn refused(url: &str) -> String {
    Config::parse(url).expect_err(url).to_string()
}

#[test]
fn a_place_is_read_and_shown() {
    for (url, shown) in [
        ("postgres://joe:secret@db1/shop", "postgres://joe@db1:5432/shop"),
        ("postgresql://db1", "postgres://db1:5432"),
        ("postgres://joe@db1", "postgres://joe@db1:5432/joe"),
        ("postgres://a:1,b,c:3/d", "postgres://a:1,b:5432,c:3/d"),
        ("postgres://a,b/d?port=7", "postgres://a:7,b:7/d"),
        ("postgres://a,b/d?port=7,8", "postgres://a:7,b:8/d"),
        ("postgres://[::1]:6,[fe80::2]/d", "postgres://[::1]:6,[fe80::2]:5432/d"),
        ("postgres:///shop", "postgres:///shop?host=/run/postgresql&port=5432"),
        ("postgres://", "postgres://?host=/run/postgresql&port=5432"),
        ("postgres://u@/d?host=/srv/pg", "postgres://u@/d?host=/srv/pg&port=5432"),
        ("postgres://u@%2Fsrv%2Fpg:7/d", "postgres://u@/d?host=/srv/pg&port=7"),
        ("postgres://wrong:1/d?host=right", "postgres://right:1/d"),
        ("postgres:///?user=joe&password=x&dbname=d&host=h", "postgres://joe@h:5432/d"),
        ("postgres://j%40e:p%2Fw@h/a%20b", "postgres://j%40e@h:5432/a%20b"),
        ("postgres://joe:a:b@h/d", "postgres://joe@h:5432/d"),
    ] {
        let config = parse(url);
        assert_eq!(config.to_string(), shown, "{url}");
        assert_eq!(parse(shown).hosts, config.hosts, "{url}");
    }
    assert_eq!(parse("postgres://joe:pass%3Fw%40@h/d").password.as_deref(), Some("pass?w@"));
    assert_eq!(parse("postgres://joe:a:b@h/d").password.as_deref(), Some("a:b"));
    assert_eq!(parse("postgres://h/d?user=&password=").password, None);
    let socket = At::Socket("/run/postgresql".into());
    assert_eq!(parse("postgres://,h:7/d").hosts.first().unwrap().at, socket);
}

#[test]
fn what_is_not_said_has_a_default() {
    let config = parse("postgres://h");
    assert_eq!(config.tls, TlsConfig { mode: SslMode::Prefer, root: None, own: None });
    assert_eq!(config.connect_timeout, Some(Duration::from_secs(3)));
    assert_eq!(config.application_name, "pantry");
    assert_eq!(config.target, Target::ReadWrite);
    assert_eq!(config.pool(), 16);
    let silent = config.keepalives.unwrap();
    let asked = silent.interval.unwrap() * silent.count.unwrap();
    assert!(silent.idle.unwrap() + asked <= Duration::from_secs(15));
    assert!(config.tcp_user_timeout.unwrap() <= Duration::from_secs(15));
}

#[test]
fn parameters_are_read() {
    let config = parse(
        "postgres://h/d?connect_timeout=7&application_name=x%20y&target_session_attrs=any\
         &keepalives_idle=1&keepalives_interval=2&keepalives_count=0&tcp_user_timeout=2500\
         &options=-c%20geqo%3Doff&channel_binding=require&sslcert=/c&sslkey=/k",
    );
    assert_eq!(config.connect_timeout, Some(Duration::from_secs(7)));
    assert_eq!(config.application_name, "x y");
    assert_eq!(config.target, Target::Any);
    let (idle, interval) = (Some(Duration::from_secs(1)), Some(Duration::from_secs(2)));
    assert_eq!(config.keepalives, Some(Keepalives { idle, interval, count: None }));
    assert_eq!(config.tcp_user_timeout, Some(Duration::from_millis(2500)));
    assert_eq!(config.options.as_deref(), Some("-c geqo=off"));
    assert_eq!(config.channel_binding, ChannelBinding::Require);
    assert_eq!(config.tls.own.unwrap().key, PathBuf::from("/k"));
    let config = parse("postgres://h/d?keepalives=0&connect_timeout=0&connect_timeout=0");
    assert_eq!((config.keepalives, config.connect_timeout), (None, None));
}

#[test]
fn tls_means_what_libpq_means() {
    let file = Some(Root::File("/ca".into()));
    for (parameters, mode, root) in [
        ("sslmode=disable", SslMode::Disable, None),
        ("sslmode=allow", SslMode::Allow, None),
        ("sslmode=require", SslMode::Require, None),
        ("ssl=true", SslMode::Require, None),
        ("sslmode=require&sslrootcert=/ca", SslMode::VerifyCa, file.clone()),
        ("sslmode=verify-ca&sslrootcert=/ca", SslMode::VerifyCa, file.clone()),
        ("sslmode=verify-full&sslrootcert=/ca", SslMode::VerifyFull, file.clone()),
        ("sslrootcert=/ca", SslMode::Prefer, file),
        ("sslrootcert=system", SslMode::VerifyFull, Some(Root::System)),
        ("sslmode=verify-full&sslrootcert=system", SslMode::VerifyFull, Some(Root::System)),
    ] {
        let tls = parse(&format!("postgres://h/d?{parameters}")).tls;
        assert_eq!(tls, TlsConfig { mode, root, own: None }, "{parameters}");
    }
}

#[test]
fn what_cannot_be_is_said() {
    for (url, part) in [
        ("mysql://h/d", "is not the URL of a PostgreSQL database"),
        ("host=h dbname=d", "is not the URL of a PostgreSQL database"),
        ("postgres://h:x/d", "has a port that is not a number from 1 to 65535"),
        ("postgres://h:0/d", "has a port"),
        ("postgres://h:+1/d", "has a port"),
        ("postgres://h:65536/d", "has a port"),
        ("postgres://a,b/d?port=1,2,3", "has 3 ports for 2 hosts"),
        ("postgres://[::1/d", "has a host in brackets"),
        ("postgres://[::1]x/d", "has a host in brackets"),
        ("postgres://[]/d", "has a host in brackets"),
        ("postgres://a b/d", "has a host that is neither"),
        ("postgres://%zz/d", "has a `%` in its host"),
        ("postgres://h/%ff", "has a `%` in its database"),
        ("postgres://h/%00", "has a `%` in its database"),
        ("postgres://h/d?sslmode", "has a parameter that is not of the form"),
        ("postgres://h/d?options=-c a=b", "has a parameter that is not of the form"),
        ("postgres://h/d?sslmod=require", "`sslmod`, which is not known; these are: application_"),
        ("postgres://h/d?sslmode=on", "`sslmode=on`: one of disable, allow, prefer"),
        ("postgres://h/d?ssl=1", "`ssl=1`: only `true`"),
        ("postgres://h/d?sslmode=verify-full", "`sslmode=verify-full` without `sslrootcert`"),
        ("postgres://h/d?sslmode=require&sslrootcert=system", "with `sslmode=require`: anyone"),
        ("postgres://h/d?sslcert=/c", "one of `sslcert` and `sslkey` without the other"),
        ("postgres://h/d?connect_timeout=soon", "`connect_timeout=soon`: seconds from 0 to 3600"),
        ("postgres://h/d?keepalives=2", "`keepalives=2`: 1 for yes, 0 for no"),
        ("postgres://h/d?target_session_attrs=standby", "one of read-write, primary, any"),
        ("postgres://h/d?channel_binding=maybe", "one of disable, prefer, require"),
    ] {
        let error = refused(url);
        assert!(error.contains(part), "{url}: {error}");
    }
    assert_eq!(refused(&format!("postgres://h/{}", "d".repeat(4096))), "is longer than 4096 bytes");
    assert_eq!(refused(&format!("postgres://{}", ",".repeat(16))), "has more than 16 hosts");
}

/// Passwords whose characters are not written as they should be: where the URL is not understood,
/// the error keeps what may be part of one.
#[test]
fn a_password_is_in_no_message() {
    for url in [
        "postgres://joe:hun/ter@h/d",
        "postgres://joe:hun/ter?x=hunter@h/d",
        "postgres://joe:12/hunter?x=hunter@h/d",
        "postgres://joe:hun@hunter@h/d",
        "postgres://joe:hun%ter@h/d",
        "postgres://joe:hun?ter=hunter@h/d",
        "postgres:///d?password=hunter@h",
        "postgres://h:1?password=hun@hunter",
        "postgres://h?password=hunter@hunter",
    ] {
        if let Ok(config) = Config::parse(url) {
            let shown = format!("{config} {config:?}");
            assert!(!shown.contains("hun"), "{url}: {shown}");
        } else {
            let error = refused(url);
            assert!(!error.contains("hun") && !error.contains("12"), "{url}: {error}");
        }
    }
    let config = parse("postgres://joe:hunter2@h/d").with_pool(0);
    assert!(config.has_password());
    assert!(!format!("{config} {config:?} {config:#?}").contains("hunter2"));
    assert_eq!(config.pool(), 1);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}") {
        let _ = Config::parse(&text);
        let _ = Config::parse(&format!("postgres://{text}"));
        let _ = Config::parse(&format!("postgres://h/d?{text}"));
    }

    #[test]
    fn pieces_of_urls_in_any_order_do_not_either(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "a", "7", ":", "@", "/", "?", "&", "=", ",", "[", "]", "%", "%2F", "%00", "sslmode",
                "require", "sslrootcert", "system", "host", "port", "password", "ü",
            ]),
            0..20,
        ),
    ) {
        let url = format!("postgresql://{}", pieces.concat());
        if let Ok(config) = Config::parse(&url) {
            let again = parse(&config.to_string());
            prop_assert_eq!(&again.hosts, &config.hosts);
            prop_assert_eq!(again.to_string(), config.to_string());
        }
    }

    #[test]
    fn what_is_shown_leads_to_the_same_place(
        user in "\\PC{1,8}", database in "\\PC{1,8}", port in 1u16.., v6 in any::<std::net::Ipv6Addr>(),
    ) {
        let escaped = |text: &str| {
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
        };
        let (name, place) = (escaped(&user), escaped(&database));
        let config = parse(&format!("postgres://{name}:s3cr3t%40@db,[{v6}]:{port}/{place}"));
        prop_assert_eq!(config.user.as_deref(), Some(user.as_str()));
        prop_assert_eq!(config.database.as_deref(), Some(database.as_str()));
        let again = parse(&config.to_string());
        prop_assert_eq!(&again.hosts, &config.hosts);
        prop_assert_eq!((&again.user, &again.database), (&config.user, &config.database));
        prop_assert_eq!(again.password, None);
    }
}
