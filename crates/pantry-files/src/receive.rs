//! Fetches what is lacked of a tree, and writes it where it belongs.

use std::path::PathBuf;

use pantry_model::Sha256;
use pantry_model::protocol::files::Source;
use pantry_model::tree::{MAX_TREE_BYTES, Tree};
use pantry_wire::files::{Contents, FileClient, FileError};

use crate::error::FilesError;
use crate::hash::Stop;
use crate::note;
use crate::plan::{Order, Plan};
use crate::work::work;
use crate::write::{Held, Writing, Written};

/// How many contents, and how many bytes of them, are fetched before they are written: so that they
/// are not all on the disk twice if they cannot be moved.
const BATCH: usize = 1_000;
const BATCH_BYTES: u64 = 256 * 1024 * 1024;

/// How often a content that is damaged or gone is fetched again.
const ATTEMPTS: usize = 3;

/// Why files have not arrived.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// They could not be written.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// They could not be fetched.
    #[error(transparent)]
    Carry(#[from] FileError),
}

/// Where a tree and its contents come from.
pub struct Receiving<'a> {
    /// The connection.
    pub client: &'a FileClient,
    /// What they belong to.
    pub from: Source,
    /// Where they arrive. What is here is moved to its place.
    pub arriving: &'a Contents,
    /// Where there may be some of them already, to be copied.
    pub cache: Option<&'a Contents>,
    /// A file in which it is noted where files wait for their names, for [`crate::clean_up`].
    pub note: Option<PathBuf>,
    /// Told to stop when nobody waits any more.
    pub stop: Stop,
}

/// Fetches a tree's document.
pub async fn tree(
    receiving: &Receiving<'_>,
    tree: Sha256,
    size: u64,
) -> Result<Tree, ReceiveError> {
    if size > MAX_TREE_BYTES as u64 {
        return Err(FilesError::TooLarge(MAX_TREE_BYTES as u64).into());
    }
    let Receiving { client, from, arriving, .. } = receiving;
    arriving.fetch(client, from.clone(), &[(tree, size)], &|_| {}).await?;
    let read = arriving.read(&tree, MAX_TREE_BYTES as u64).map_err(FileError::Local)?;
    let bytes = read.ok_or(FilesError::Damaged(tree))?;
    arriving.forget(&tree).map_err(FileError::Local)?;
    Ok(Tree::read(&bytes).map_err(FilesError::Tree)?)
}

impl Receiving<'_> {
    /// Writes a tree's files where the order says, and fetches those that are not there. `progress` hears
    /// first of all bytes that will come, then of each part.
    pub async fn write(
        &self,
        order: Order,
        progress: &(dyn Fn(Coming) + Send + Sync),
    ) -> Result<Written, ReceiveError> {
        let stop = self.stop.clone();
        let plan = work(&self.stop, move || Plan::make(order, &stop, &|_| {})).await?;
        let lacks = plan.lacks();
        progress(Coming::All(lacks.iter().map(|(_, size)| size).sum()));
        let (stop, note) = (self.stop.clone(), self.note.clone());
        let begin = move || {
            if let Some(note) = note {
                note::write(&note, &plan)?;
            }
            Writing::begin(plan, stop)
        };
        let mut writing = work(&self.stop, begin).await?;
        let mut rest = lacks.as_slice();
        while let Some((batch, after)) = split(rest) {
            rest = after;
            writing = self.put(writing, batch, progress).await?;
        }
        Ok(work(&self.stop, move || writing.finish()).await?)
    }

    async fn put(
        &self,
        mut writing: Writing,
        batch: &[(Sha256, u64)],
        progress: &(dyn Fn(Coming) + Send + Sync),
    ) -> Result<Writing, ReceiveError> {
        let mut left = batch.to_vec();
        for attempt in 1.. {
            let is_cached = |(sha256, size): &(Sha256, u64)| {
                attempt == 1 && self.cache.is_some_and(|cache| cache.has(sha256, *size))
            };
            let (cached, lacked): (Vec<_>, Vec<_>) = left.iter().copied().partition(is_cached);
            let tell = |bytes| progress(Coming::Part(bytes));
            self.arriving.fetch(self.client, self.from.clone(), &lacked, &tell).await?;
            let (arriving, cache) = (self.arriving.clone(), self.cache.cloned());
            let missing = move || {
                let mut missing = Vec::new();
                for (is_cached, (sha256, size)) in cached
                    .into_iter()
                    .map(|it| (true, it))
                    .chain(lacked.into_iter().map(|it| (false, it)))
                {
                    let put = match &cache {
                        Some(cache) if is_cached => {
                            writing.put(&sha256, Held::Copy(&cache.path(&sha256)))
                        }
                        _ => writing.put(&sha256, Held::Take(&arriving.path(&sha256))),
                    };
                    match put {
                        Ok(()) => {}
                        Err(FilesError::Damaged(_)) => {
                            // One that cannot be deleted is met again, and then said.
                            let from = cache.as_ref().filter(|_| is_cached).unwrap_or(&arriving);
                            let _ = from.forget(&sha256);
                            missing.push((sha256, size));
                        }
                        Err(FilesError::Missing(path)) if path.ends_with(sha256.to_string()) => {
                            missing.push((sha256, size));
                        }
                        Err(error) => return Err(error),
                    }
                }
                Ok((writing, missing))
            };
            (writing, left) = work(&self.stop, missing).await?;
            match left.first() {
                None => break,
                Some((sha256, _)) if attempt == ATTEMPTS => {
                    return Err(FilesError::Damaged(*sha256).into());
                }
                Some(_) => {}
            }
        }
        Ok(writing)
    }
}

/// How far an arrival is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coming {
    /// So many bytes are not here, and will come.
    All(u64),
    /// So many more have come.
    Part(u64),
}

/// The next contents to fetch, and those after them.
#[expect(clippy::type_complexity, reason = "two parts of one slice")]
fn split(contents: &[(Sha256, u64)]) -> Option<(&[(Sha256, u64)], &[(Sha256, u64)])> {
    let mut bytes = 0_u64;
    let fits = |(_, size): &&(Sha256, u64)| {
        bytes = bytes.saturating_add(*size);
        bytes <= BATCH_BYTES
    };
    let fitting = contents.iter().take(BATCH).take_while(fits).count().max(1);
    if contents.is_empty() { None } else { contents.split_at_checked(fitting) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_are_fetched_in_portions() {
        let content = |size| (Sha256([0; 32]), size);
        assert!(split(&[]).is_none());
        let large = [content(BATCH_BYTES * 2), content(1)];
        assert_eq!(split(&large).unwrap().0.len(), 1);
        assert_eq!(split(&large[1..]).unwrap().0.len(), 1);
        let many = vec![content(10); BATCH + 1];
        let (first, rest) = split(&many).unwrap();
        assert_eq!((first.len(), rest.len()), (BATCH, 1));
    }
}
