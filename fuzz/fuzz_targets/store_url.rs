//! Where a database is: `store.url` in `server.yml`.
//!
//! Whatever is taken must be shown as a URL that leads to the same place; and the password must
//! nowhere be shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pantry_store_postgres::Config;

const PASSWORD: &str = "open-sesame";

fuzz_target!(|url: &str| {
    match Config::parse(url) {
        Ok(config) => {
            let shown = config.to_string();
            let again = Config::parse(&shown).expect("what is shown can be read");
            assert_eq!(again.to_string(), shown);
            assert!(!again.has_password());
            let config = config.with_password(PASSWORD);
            let shown = format!("{config} {config:?} {config:#?}");
            assert!(url.contains(PASSWORD) || !shown.contains(PASSWORD));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
