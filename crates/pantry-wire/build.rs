//! Builds libzmq 4.3.5 against the libsodium that `libsodium-sys-stable` built, both static.
//!
//! It must happen here and not in a crate of its own: cargo hands `DEP_SODIUM_*` only to crates that
//! depend on libsodium directly, and without it libzmq would come without CURVE.
//!
//! The build runs in a child of this script, because the environment is the only way to tell it
//! more: that libzmq is always optimised (a debug build of it is several times slower and debugs
//! nothing of ours), that warnings about its code are not for our developers, and what the system
//! can do ([`LINUX`]). The draft interface gives monitor events that name the peer's address.

use std::env;
use std::process::{Command, ExitCode};

use zeromq_src::{Build, LibLocation};

const CHILD: &str = "PANTRY_WIRE_BUILDS_LIBZMQ";

/// What libzmq's own build would find out about Linux, and zeromq-src leaves out: without it
/// commands that an agent starts inherit all its sockets, every libzmq socket takes two descriptors
/// instead of one, and heartbeats follow the wall clock, so setting the clock loses connections.
const LINUX: &str = " -DZMQ_HAVE_SOCK_CLOEXEC=1 -DHAVE_ACCEPT4=1 -DZMQ_HAVE_EVENTFD=1 \
     -DZMQ_HAVE_EVENTFD_CLOEXEC=1 -DZMQ_IOTHREAD_POLLER_USE_EPOLL_CLOEXEC=1 -DHAVE_CLOCK_GETTIME=1";

fn main() -> ExitCode {
    if env::var_os(CHILD).is_none() {
        return delegate();
    }
    println!("cargo::rerun-if-changed=build.rs");
    let (Some(lib), Some(include)) =
        (env::var_os("DEP_SODIUM_LIB"), env::var_os("DEP_SODIUM_INCLUDE"))
    else {
        println!("cargo::error=libsodium-sys-stable did not say where its libsodium is");
        return ExitCode::FAILURE;
    };
    Build::new().enable_draft(true).with_libsodium(Some(LibLocation::new(lib, include))).build();
    ExitCode::SUCCESS
}

fn delegate() -> ExitCode {
    let for_linux = env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux");
    let flags = |name: &str| {
        env::var(name).unwrap_or_default() + " -w" + if for_linux { LINUX } else { "" }
    };
    let child = env::current_exe().and_then(|this| {
        Command::new(this)
            .env(CHILD, "1")
            .env("OPT_LEVEL", "2")
            .env("CFLAGS", flags("CFLAGS"))
            .env("CXXFLAGS", flags("CXXFLAGS"))
            .status()
    });
    match child {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(status) => {
            println!("cargo::error=building libzmq failed ({status}): it needs a C++ compiler");
            ExitCode::FAILURE
        }
        Err(error) => {
            println!("cargo::error=the build script cannot run itself: {error}");
            ExitCode::FAILURE
        }
    }
}
