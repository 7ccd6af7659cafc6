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
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use zeromq_src::{Build, LibLocation};

const CHILD: &str = "PANTRY_WIRE_BUILDS_LIBZMQ";

/// What libzmq's own build would find out about Linux, and zeromq-src leaves out: without it
/// commands that an agent starts inherit all its sockets, every libzmq socket takes two descriptors
/// instead of one, and heartbeats follow the wall clock, so setting the clock loses connections.
const LINUX: &str = " -DZMQ_HAVE_SOCK_CLOEXEC=1 -DHAVE_ACCEPT4=1 -DZMQ_HAVE_EVENTFD=1 \
     -DZMQ_HAVE_EVENTFD_CLOEXEC=1 -DZMQ_IOTHREAD_POLLER_USE_EPOLL_CLOEXEC=1 -DHAVE_CLOCK_GETTIME=1";

/// The real C++ compiler, for this script in its place.
const COMPILER: &str = "PANTRY_WIRE_COMPILER";

/// The file of libzmq with the fault, what is wrong in it, and what is right.
///
/// A connection whose input has stopped (its queue is full, or ZAP has not answered) and that the
/// peer then closes is kept until its input goes on. If its heartbeat comes due meanwhile, or a ping
/// of the peer's is among what was read before, libzmq's assertion ends the whole process: a peer
/// that floods and leaves could kill the server (libzmq's issue 4364). Such a connection has nothing
/// to write any more.
const FAULTY: (&str, &str, &str) = (
    "stream_engine_base.cpp",
    "void zmq::stream_engine_base_t::out_event ()\n{\n    zmq_assert (!_io_error);",
    "void zmq::stream_engine_base_t::out_event ()\n{\n    if (unlikely (_io_error))\n        return;",
);

fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    if !arguments.is_empty() {
        return compile(arguments);
    }
    // Clippy links nothing, and cargo keeps its builds apart from all others.
    let wrapper = env::var_os("RUSTC_WORKSPACE_WRAPPER").map(PathBuf::from);
    if wrapper.is_some_and(|path| path.file_stem().is_some_and(|name| name == "clippy-driver")) {
        return ExitCode::SUCCESS;
    }
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
    if let Some(folder) = static_libstdcxx() {
        println!("cargo::rustc-link-search=native={}", folder.display());
    }
    Build::new().enable_draft(true).with_libsodium(Some(LibLocation::new(lib, include))).build();
    ExitCode::SUCCESS
}

fn delegate() -> ExitCode {
    let for_linux = env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux");
    let flags = |name: &str| {
        env::var(name).unwrap_or_default() + " -w" + if for_linux { LINUX } else { "" }
    };
    let child = env::current_exe().and_then(|this| {
        Command::new(&this)
            .env(CHILD, "1")
            .env("OPT_LEVEL", "2")
            .env(COMPILER, env::var_os("CXX").unwrap_or_else(|| "c++".into()))
            .env("CXX", &this)
            .env("CXXSTDLIB", if static_libstdcxx().is_some() { "static=stdc++" } else { "stdc++" })
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

/// The folder of the C++ library's static form, if the compiler has it: with it, a machine needs
/// nothing but libc, and an agent a megabyte less of memory.
fn static_libstdcxx() -> Option<PathBuf> {
    let compiler = env::var_os(COMPILER).or_else(|| env::var_os("CXX"));
    let output = Command::new(compiler.unwrap_or_else(|| "c++".into()))
        .arg("-print-file-name=libstdc++.a")
        .output()
        .ok()?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    // Without it, the compiler prints the name as it was given.
    path.is_absolute().then(|| path.parent().map(Path::to_owned)).flatten()
}

/// Compiles as the real compiler does, with the faulty file mended.
#[expect(clippy::print_stderr, reason = "that is where a compiler says what is wrong")]
fn compile(arguments: Vec<OsString>) -> ExitCode {
    let mended: io::Result<Vec<OsString>> = arguments
        .into_iter()
        .map(|argument| {
            let path = Path::new(&argument);
            let is_faulty = path.file_name().is_some_and(|name| name == FAULTY.0);
            if is_faulty { mend(path).map(OsString::from) } else { Ok(argument) }
        })
        .collect();
    let compiler = env::var_os(COMPILER).unwrap_or_else(|| "c++".into());
    match mended.and_then(|arguments| Command::new(compiler).args(arguments).status()) {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes a mended copy of the file and gives its path.
fn mend(path: &Path) -> io::Result<PathBuf> {
    let (name, wrong, right) = FAULTY;
    let source = fs::read_to_string(path)?;
    if source.matches(wrong).count() != 1 {
        return Err(io::Error::other(format!("{name} is not as it was: is its fault mended now?")));
    }
    let copy = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join(name);
    fs::write(&copy, source.replace(wrong, right))?;
    Ok(copy)
}
