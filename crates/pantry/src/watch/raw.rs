//! One client's output as its bytes: standard output to ours, standard error to ours.

use pantry_model::{MachineId, OutputStream};

use super::{Change, Show};
use crate::errors::CliError;
use crate::print::Print;

/// Shows bytes.
#[derive(Debug)]
pub(crate) struct RawShow;

impl Show for RawShow {
    fn delivery(&mut self, _: &mut Print, _: &Change<'_>) -> Result<(), CliError> {
        Ok(())
    }

    fn output(
        &mut self,
        print: &mut Print,
        _: &MachineId,
        stream: OutputStream,
        bytes: &[u8],
    ) -> Result<(), CliError> {
        match stream {
            OutputStream::Stdout => print.bytes(bytes),
            OutputStream::Stderr => {
                print.note_bytes(bytes);
                Ok(())
            }
        }
    }

    fn output_ends(&mut self, _: &mut Print, _: &MachineId) -> Result<(), CliError> {
        Ok(())
    }

    fn note(&mut self, print: &mut Print, text: &str) {
        print.note(text);
    }
}
