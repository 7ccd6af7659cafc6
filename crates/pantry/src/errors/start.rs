//! Why a server cannot start: the code, exit code and hint of each reason.

use pantry_store::StoreError;
use pantry_store_postgres::OpenError as Postgres;
use pantry_store_sqlite::OpenError as Sqlite;
use pantry_usecases::MoveError;

use super::{exit, some};
use crate::commands::server::StartError;

/// What is said of it.
pub(super) fn error(error: &StartError) -> (&'static str, u8, Option<String>) {
    match error {
        StartError::Sqlite(Sqlite::InUse { .. }) => (
            "data-directory-in-use",
            exit::TAKEN,
            some("another server runs with this data directory; `--data-dir` names another"),
        ),
        StartError::Sqlite(Sqlite::Store(StoreError::NewerSchema { .. }))
        | StartError::Postgres(Postgres::Store(StoreError::NewerSchema { .. })) => (
            "newer-schema",
            exit::CONFIGURATION,
            some("a newer version of Pantry has been at work there: start that one"),
        ),
        StartError::Sqlite(_) => ("store", exit::CONFIGURATION, None),
        StartError::Postgres(Postgres::Connect(error)) => {
            let hint = error.advice().map(str::to_owned);
            if error.may_pass() {
                ("store-unreachable", exit::SERVER, hint)
            } else {
                ("store-refused", exit::CONFIGURATION, hint)
            }
        }
        StartError::Postgres(Postgres::Files(_)) => (
            "store-tls",
            exit::CONFIGURATION,
            some("`sslrootcert`, `sslcert` and `sslkey` in `store.url` name the files"),
        ),
        StartError::Postgres(Postgres::Store(_)) => ("store", exit::SERVER, None),
        StartError::NoKeys => (
            "files-keys",
            exit::CONFIGURATION,
            some(
                "`blobs.access_key_id` and `blobs.secret_access_key` in server.yml are the key, or \
                 AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the server's environment",
            ),
        ),
        StartError::Blobs(_) => (
            "files",
            exit::CONFIGURATION,
            some("`blobs.url` in server.yml says where file contents are kept"),
        ),
        StartError::NoPassword(_) => (
            "store-password",
            exit::CONFIGURATION,
            some("`store.password_file` in server.yml names the file"),
        ),
        StartError::Moving(MoveError::Filling { .. }) => (
            "store-incomplete",
            exit::CONFIGURATION,
            some("`store.url` in server.yml may name another, empty store"),
        ),
        StartError::Moving(_) => ("store", exit::SERVER, None),
        StartError::Bind(_) => (
            "port",
            exit::TAKEN,
            some("is another server running? The setting names the port in server.yml"),
        ),
        StartError::Http(_) => (
            "port",
            exit::TAKEN,
            some("is another server running? `http.listen` in server.yml names the address"),
        ),
        StartError::Tls(_) => (
            "tls",
            exit::CONFIGURATION,
            some("`http.tls` in server.yml names the files: PEM, the server's certificate first"),
        ),
        StartError::Threads(_) => ("threads", exit::SERVER, None),
        StartError::UseCase(_) => ("store", exit::SERVER, None),
    }
}
