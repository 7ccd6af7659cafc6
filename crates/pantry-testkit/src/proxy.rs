//! A network that fails on demand: a TCP proxy that can stall and drop what passes through it.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Result;

/// What the network does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weather {
    /// Everything passes.
    Fair,
    /// Connections stand, and nothing passes: what was sent waits, as behind a dead link.
    Stalled,
    /// Connections are cut, and new ones end at once.
    Cut,
}

/// A proxy in front of one port. It ends with the process.
pub struct Proxy {
    port: u16,
    state: Arc<State>,
}

struct State {
    weather: Mutex<(Weather, Vec<TcpStream>)>,
    changed: Condvar,
}

/// How often a direction that waits for bytes looks at the weather.
const LOOK: Duration = Duration::from_millis(20);

impl Proxy {
    /// Listens on a free port and passes on to this one.
    pub fn start(to: u16) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let weather = Mutex::new((Weather::Fair, Vec::new()));
        let state = Arc::new(State { weather, changed: Condvar::new() });
        let shared = state.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // A server that is not there is a connection that ends at once.
                if let Ok(server) = TcpStream::connect(("127.0.0.1", to)) {
                    shared.carry(&client, &server);
                }
            }
        });
        Ok(Self { port, state })
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Changes the weather.
    pub fn set(&self, weather: Weather) {
        let mut state = self.state.lock();
        state.0 = weather;
        if weather == Weather::Cut {
            for stream in state.1.drain(..) {
                // It may be closed already.
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
        self.state.changed.notify_all();
    }
}

impl State {
    fn lock(&self) -> MutexGuard<'_, (Weather, Vec<TcpStream>)> {
        self.weather.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn carry(self: &Arc<Self>, client: &TcpStream, server: &TcpStream) {
        let mut state = self.lock();
        if state.0 == Weather::Cut {
            return;
        }
        for (from, to) in [(client, server), (server, client)] {
            let (Ok(from), Ok(to), Ok(kept)) = (from.try_clone(), to.try_clone(), from.try_clone())
            else {
                return;
            };
            state.1.push(kept);
            let shared = self.clone();
            thread::spawn(move || shared.pass(from, to));
        }
    }

    /// Passes bytes in one direction until it ends.
    fn pass(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut buffer = [0; 16 * 1024];
        let _ = from.set_read_timeout(Some(LOOK));
        loop {
            let mut state = self.lock();
            while state.0 == Weather::Stalled {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            drop(state);
            match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(length) => {
                    let Some(bytes) = buffer.get(..length) else { break };
                    if to.write_all(bytes).is_err() {
                        break;
                    }
                }
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(_) => break,
            }
        }
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    }
}
