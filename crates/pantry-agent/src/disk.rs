//! The one thread that touches the data directory.
//!
//! An fsync takes milliseconds and must not hold up the runtime, which has one thread; so it, and
//! every other access to the directory, is a request to this thread, through a bounded queue.
//! Whatever waits in the queue when the thread gets to it is written with one fsync.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use pantry_model::{Clock, JobId};
use tokio::sync::{mpsc, oneshot};

use crate::data_dir::{DataDirError, private, remove_if_there, sync_directory};
use crate::journal::{Journal, Line, Record, Tombstone};
use crate::spool::{Piece, Spool};

/// Requests that may wait; more make the asker wait.
const QUEUE: usize = 32;

type Answer<T> = oneshot::Sender<Result<T, DataDirError>>;

enum Request {
    Commit { lines: Vec<Line>, payload: Option<Vec<u8>>, job: JobId, done: Answer<()> },
    Spool { job: JobId, pieces: Vec<Piece>, done: Answer<u64> },
    Read { job: JobId, from: u64, most: usize, done: Answer<Vec<Piece>> },
    Payload { job: JobId, done: Answer<File> },
    Forget { tombstone: Tombstone },
    Tidy,
}

/// A handle to the thread, which ends with the last of them.
#[derive(Clone, Debug)]
pub struct Disk(mpsc::Sender<Request>);

/// The thread itself.
pub struct DiskThread(JoinHandle<()>);

impl DiskThread {
    /// Waits for its end: once all handles are gone and everything asked for is done.
    pub fn join(self) {
        if self.0.join().is_err() {
            tracing::error!("the disk thread ended by a panic");
        }
    }
}

impl Disk {
    /// Starts the thread on this directory.
    pub fn start(
        directory: PathBuf,
        journal: Journal,
        spools: HashMap<JobId, Spool>,
        clock: Arc<dyn Clock>,
    ) -> io::Result<(Self, DiskThread)> {
        let (sender, requests) = mpsc::channel(QUEUE);
        let worker = Worker { directory, journal, spools, clock, forgotten: Vec::new() };
        let thread = thread::Builder::new()
            .name("disk".to_owned())
            .stack_size(256 * 1024)
            .spawn(move || worker.run(requests))?;
        Ok((Self(sender), DiskThread(thread)))
    }

    /// Writes records about a job, on disk when this returns. What was spooled of its output is on
    /// disk before them, and so is its payload, if one is given.
    pub async fn commit(
        &self,
        job: JobId,
        lines: Vec<Line>,
        payload: Option<Vec<u8>>,
    ) -> Result<(), DataDirError> {
        self.ask(|done| Request::Commit { lines, payload, job, done }).await
    }

    /// Adds to a job's output; answers how many chunks there are.
    pub async fn spool(&self, job: JobId, pieces: Vec<Piece>) -> Result<u64, DataDirError> {
        self.ask(|done| Request::Spool { job, pieces, done }).await
    }

    /// Reads a job's output, see [`Spool::read`].
    pub async fn read(
        &self,
        job: JobId,
        from: u64,
        most: usize,
    ) -> Result<Vec<Piece>, DataDirError> {
        self.ask(|done| Request::Read { job, from, most, done }).await
    }

    /// Opens the file of a job's payload.
    pub async fn payload(&self, job: JobId) -> Result<File, DataDirError> {
        self.ask(|done| Request::Payload { job, done }).await
    }

    /// Notes that the server has everything of a job, and removes its files once that is on disk,
    /// which is with the next commit or [`Disk::tidy`].
    pub async fn forget(&self, tombstone: Tombstone) {
        // If the thread is gone, it is reported again after the restart.
        let _ = self.0.send(Request::Forget { tombstone }).await;
    }

    /// Finishes what [`Disk::forget`] began.
    pub async fn tidy(&self) {
        let _ = self.0.send(Request::Tidy).await;
    }

    async fn ask<T>(&self, request: impl FnOnce(Answer<T>) -> Request) -> Result<T, DataDirError> {
        let (done, answer) = oneshot::channel();
        let gone = || DataDirError::Gone;
        self.0.send(request(done)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

/// A commit that waits for its fsync.
struct Pending {
    lines: Vec<Line>,
    /// The job whose payload was just written; it goes again if the records cannot be.
    payload: Option<JobId>,
    done: Answer<()>,
}

struct Worker {
    directory: PathBuf,
    journal: Journal,
    spools: HashMap<JobId, Spool>,
    clock: Arc<dyn Clock>,
    /// Jobs whose files go with the next fsync.
    forgotten: Vec<JobId>,
}

impl Worker {
    fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        let mut pending = Vec::new();
        while let Some(request) = requests.blocking_recv() {
            self.handle(request, &mut pending);
            let mut taken = 1;
            while taken < 2 * QUEUE
                && let Ok(request) = requests.try_recv()
            {
                self.handle(request, &mut pending);
                taken += 1;
            }
            self.commit(&mut pending);
        }
        self.tidy();
    }

    fn handle(&mut self, request: Request, pending: &mut Vec<Pending>) {
        // Who asked may be gone; then the answer is for nobody.
        match request {
            Request::Commit { lines, payload, job, done } => {
                let has_payload = payload.is_some().then_some(job);
                match self.prepare(job, payload) {
                    Ok(()) => pending.push(Pending { lines, payload: has_payload, done }),
                    Err(error) => drop(done.send(Err(error))),
                }
            }
            Request::Spool { job, pieces, done } => drop(done.send(self.append(job, &pieces))),
            Request::Read { job, from, most, done } => drop(done.send(self.read(job, from, most))),
            Request::Payload { job, done } => {
                let path = payload_path(&self.directory, job);
                drop(done.send(File::open(&path).map_err(DataDirError::io("open", &path))));
            }
            Request::Forget { tombstone } => {
                let job = tombstone.job;
                let line = Record::Recorded(tombstone).into();
                match self.journal.append(&[line], self.clock.now()) {
                    Ok(()) => self.forgotten.push(job),
                    // It is reported again after a restart, which costs little.
                    Err(error) => tracing::warn!(%job, %error, "cannot note that a job is over"),
                }
            }
            Request::Tidy => self.tidy(),
        }
    }

    /// Makes durable what records about to be written refer to.
    fn prepare(&mut self, job: JobId, payload: Option<Vec<u8>>) -> Result<(), DataDirError> {
        if let Some(payload) = payload {
            let path = payload_path(&self.directory, job);
            let write = || -> io::Result<()> {
                let mut file = private().truncate(true).open(&path)?;
                file.write_all(&payload)?;
                file.sync_all()
            };
            if let Err(error) = write() {
                remove_if_there(&path)?;
                return Err(DataDirError::io("write", &path)(error));
            }
            sync_directory(&self.directory.join(PAYLOADS))?;
        }
        if let Some(spool) = self.spools.get_mut(&job)
            && spool.chunks() > 0
        {
            spool.finish().map_err(DataDirError::io("sync", spool.path()))?;
            sync_directory(&self.directory.join(OUTPUT))?;
        }
        Ok(())
    }

    fn commit(&mut self, pending: &mut Vec<Pending>) {
        if pending.is_empty() {
            return;
        }
        let now = self.clock.now();
        let (mut lines, mut askers) = (Vec::new(), Vec::new());
        for Pending { lines: own, payload, done } in pending.drain(..) {
            askers.push((lines.len()..lines.len() + own.len(), payload, done));
            lines.extend(own);
        }
        if let Err(error) = self.journal.commit(&lines, now) {
            // Perhaps only one of them is too large for what room is left.
            let mut error = Some(error).filter(|_| askers.len() == 1);
            for (range, payload, done) in askers {
                let own = lines.get(range).unwrap_or_default();
                let result = match error.take() {
                    Some(error) => Err(error),
                    None => self.journal.commit(own, now),
                };
                if let (Err(_), Some(job)) = (&result, payload) {
                    // What cannot be removed now is removed at the next start.
                    let _ = remove_if_there(&payload_path(&self.directory, job));
                }
                let _ = done.send(result);
            }
            return;
        }
        for (_, _, done) in askers {
            let _ = done.send(Ok(()));
        }
        self.clean_up();
    }

    fn tidy(&mut self) {
        if self.forgotten.is_empty() {
            return;
        }
        match self.journal.commit(&[], self.clock.now()) {
            Ok(()) => self.clean_up(),
            Err(error) => tracing::warn!(%error, "cannot tidy the data directory"),
        }
    }

    /// After an fsync: what was forgotten is now forgotten for good.
    fn clean_up(&mut self) {
        for job in self.forgotten.drain(..) {
            let output = self.spools.remove(&job).filter(|spool| spool.chunks() > 0);
            let output = output.map(|spool| spool.path().to_owned());
            for path in output.into_iter().chain([payload_path(&self.directory, job)]) {
                if let Err(error) = remove_if_there(&path) {
                    tracing::warn!(%error, "cannot remove a file that is not needed any more");
                }
            }
        }
        if let Err(error) = self.journal.compact_if_grown(self.clock.now()) {
            tracing::warn!(%error, "cannot shorten the journal");
        }
    }

    fn spool(&mut self, job: JobId) -> Result<&mut Spool, DataDirError> {
        use std::collections::hash_map::Entry;
        match self.spools.entry(job) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => {
                let path = output_path(&self.directory, job);
                let failed = DataDirError::io("open", &path);
                Ok(entry.insert(Spool::open(path).map_err(failed)?))
            }
        }
    }

    fn append(&mut self, job: JobId, pieces: &[Piece]) -> Result<u64, DataDirError> {
        let spool = self.spool(job)?;
        spool.append(pieces).map_err(DataDirError::io("write", spool.path()))?;
        Ok(spool.chunks())
    }

    fn read(&mut self, job: JobId, from: u64, most: usize) -> Result<Vec<Piece>, DataDirError> {
        let spool = self.spool(job)?;
        spool.read(from, most).map_err(DataDirError::io("read", spool.path()))
    }
}

const OUTPUT: &str = "output";
const PAYLOADS: &str = "payloads";

fn output_path(directory: &std::path::Path, job: JobId) -> PathBuf {
    directory.join(OUTPUT).join(job.to_string())
}

fn payload_path(directory: &std::path::Path, job: JobId) -> PathBuf {
    directory.join(PAYLOADS).join(job.to_string())
}

/// Makes the directories for output and payloads, removes what belongs to no open job, and opens
/// the spools of the others.
pub fn prepare(
    directory: &std::path::Path,
    is_open: impl Fn(JobId) -> bool,
) -> Result<HashMap<JobId, Spool>, DataDirError> {
    let mut spools = HashMap::new();
    for name in [OUTPUT, PAYLOADS] {
        let folder = directory.join(name);
        if let Err(error) = fs::create_dir(&folder)
            && error.kind() != io::ErrorKind::AlreadyExists
        {
            return Err(DataDirError::io("make the directory", &folder)(error));
        }
        for entry in fs::read_dir(&folder).map_err(DataDirError::io("list", &folder))? {
            let entry = entry.map_err(DataDirError::io("list", &folder))?;
            let job = entry.file_name().to_str().and_then(|name| name.parse::<JobId>().ok());
            match job.filter(|job| is_open(*job)) {
                None => remove_if_there(&entry.path())?,
                Some(job) if name == OUTPUT => {
                    let failed = DataDirError::io("open", &entry.path());
                    spools.insert(job, Spool::open(entry.path()).map_err(failed)?);
                }
                Some(_) => {}
            }
        }
    }
    sync_directory(directory)?;
    Ok(spools)
}
