//! What the handles ask of the IO thread.

use std::task::{Context, Poll};

use pantry_model::Principal;
use tokio::sync::oneshot;

use super::event::ConnectionId;
use super::handle::SendError;
use super::worker::Worker;

/// How many commands are taken before the sockets get their turn.
const TURN: usize = 64;

/// What the handles ask of the thread, and where it says that it is done.
pub(crate) enum Command {
    Publish(Vec<Vec<u8>>),
    Send(ConnectionId, Vec<Vec<u8>>, oneshot::Sender<Result<(), SendError>>),
    End(ConnectionId, oneshot::Sender<()>),
    EndAllOf(Principal, oneshot::Sender<()>),
    Close(oneshot::Sender<()>),
}

impl Worker {
    /// Takes some commands. None when the last handle is gone; false if there was nothing to do.
    pub(crate) fn take_commands(&mut self) -> Option<bool> {
        for count in 0..TURN {
            let mut context = Context::from_waker(&self.waker);
            match self.commands.poll_recv(&mut context) {
                Poll::Pending => return Some(count > 0),
                Poll::Ready(None) => return None,
                Poll::Ready(Some(Command::Close(closed))) => {
                    self.closed = Some(closed);
                    return None;
                }
                Poll::Ready(Some(command)) => self.command(command),
            }
        }
        Some(true)
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Publish(frames) => {
                let publish = self.publish.as_ref();
                let sent = publish.map_or(Ok(()), |side| side.watched.socket.send_all(&frames));
                if let Err(fault) = sent {
                    tracing::warn!(%fault, "a message could not be published");
                }
            }
            Command::Send(connection, frames, answer) => {
                let _ = answer.send(self.send(connection, &frames));
            }
            Command::End(connection, done) => {
                self.receive.connections.end_by_id(connection);
                let _ = done.send(());
            }
            Command::EndAllOf(principal, done) => {
                // So that connections are known that were accepted a moment ago.
                if let Err(fault) = self.read_monitors() {
                    tracing::error!(%fault, "the monitors cannot be read");
                }
                for side in self.publish.iter_mut().chain([&mut self.receive]) {
                    side.connections.end_all_of(&principal);
                }
                let _ = done.send(());
            }
            Command::Close(_) => {}
        }
    }

    fn send(&self, connection: ConnectionId, frames: &[Vec<u8>]) -> Result<(), SendError> {
        let Some(routing_id) = self.receive.connections.routing_id(connection) else {
            return Err(SendError::Gone);
        };
        let frames: Vec<&[u8]> =
            std::iter::once(routing_id).chain(frames.iter().map(Vec::as_slice)).collect();
        self.receive.watched.socket.send_all(&frames).map_err(|fault| {
            if fault.is_again() {
                SendError::Full
            } else {
                if !fault.is_unreachable() {
                    tracing::warn!(%fault, "a message could not be sent");
                }
                SendError::Gone
            }
        })
    }
}
