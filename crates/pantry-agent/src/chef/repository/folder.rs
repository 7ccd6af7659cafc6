//! A folder by its descriptor: everything in it is named from there, and no link is followed.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use pantry_model::content::Sha256;
use rustix::fs::{
    AtFlags, Dir, FileType, Mode, OFlags, Stat, fchmod, mkdirat, open, openat, renameat, statat,
    unlinkat,
};
use rustix::io::Errno;
use sha2::{Digest as _, Sha256 as Hasher};

/// What is read and written at once.
const PIECE: usize = 64 * 1024;
/// How many folders are open at once when one is removed.
const OPEN_AT_ONCE: usize = 64;
/// Folders are their owner's.
const FOLDER_MODE: Mode = Mode::RWXU;

/// An open folder.
#[derive(Debug)]
pub(super) struct Folder(OwnedFd);

/// What became of a copy.
pub(super) enum Copied {
    /// It is there, and looks like this.
    Whole(Stat),
    /// The source is missing, or is something else than it should be.
    Damaged,
}

fn folder_flags() -> OFlags {
    OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC
}

impl Folder {
    /// Opens the folder at this path, whose last name is no link, and makes it if it is not there.
    pub(super) fn at_top(path: &Path) -> io::Result<Self> {
        let opened = open(path, folder_flags(), Mode::empty());
        match opened {
            Ok(folder) => return Ok(Self(folder)),
            Err(Errno::NOENT) => {}
            // A file or a link, where only the agent puts anything.
            Err(Errno::NOTDIR | Errno::LOOP) => std::fs::remove_file(path)?,
            Err(error) => return Err(error.into()),
        }
        rustix::fs::mkdir(path, FOLDER_MODE)?;
        Ok(Self(open(path, folder_flags(), Mode::empty())?))
    }

    /// What is in it.
    pub(super) fn names(&self) -> io::Result<Vec<(String, Vec<u8>)>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.0)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                names.push((String::from_utf8_lossy(name).into_owned(), name.to_vec()));
            }
        }
        Ok(names)
    }

    /// How something in it looks, itself and not what it leads to; `None` if it is not there.
    pub(super) fn look(&self, name: &[u8]) -> io::Result<Option<Stat>> {
        match statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Opens a folder in it.
    pub(super) fn enter(&self, name: &[u8]) -> io::Result<Self> {
        Ok(Self(openat(&self.0, name, folder_flags(), Mode::empty())?))
    }

    /// Opens a folder in it that is made if it is not there, or is something else.
    pub(super) fn enter_or_make(&self, name: &str) -> io::Result<Self> {
        match mkdirat(&self.0, name, FOLDER_MODE) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
        match self.enter(name.as_bytes()) {
            Err(error) if error.raw_os_error() == Some(Errno::NOTDIR.raw_os_error()) => {}
            Err(error) if error.raw_os_error() == Some(Errno::LOOP.raw_os_error()) => {}
            entered => return entered,
        }
        unlinkat(&self.0, name, AtFlags::empty())?;
        mkdirat(&self.0, name, FOLDER_MODE)?;
        self.enter(name.as_bytes())
    }

    /// Removes something in it, with all that is in that. Nothing if it is gone already.
    pub(super) fn remove(&self, name: &[u8]) -> io::Result<()> {
        if self.remove_file(name)? { Ok(()) } else { self.empty_and_remove(name) }
    }

    /// Who made the folder may have made it deeper than there can be open folders: what is far down
    /// is moved up first, and removed then.
    fn empty_and_remove(&self, name: &[u8]) -> io::Result<()> {
        let mut left = vec![name.to_vec()];
        let mut moved = 0_usize;
        while let Some(name) = left.pop() {
            self.enter(&name)?.clear(0, &mut |folder, deep| {
                moved += 1;
                let new = format!(".pantry-old-{moved}").into_bytes();
                self.remove_file(&new)?;
                renameat(&folder.0, deep, &self.0, &*new)?;
                left.push(new);
                Ok(())
            })?;
            self.remove_folder(&name)?;
        }
        Ok(())
    }

    /// Removes all that is in it; hands out folders that are too deep.
    fn clear(
        &self,
        depth: usize,
        too_deep: &mut dyn FnMut(&Self, &[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        for (_, name) in self.names()? {
            if self.remove_file(&name)? {
                continue;
            }
            if depth == OPEN_AT_ONCE {
                too_deep(self, &name)?;
                continue;
            }
            self.enter(&name)?.clear(depth + 1, too_deep)?;
            self.remove_folder(&name)?;
        }
        Ok(())
    }

    /// Removes something that is no folder; whether it was none.
    fn remove_file(&self, name: &[u8]) -> io::Result<bool> {
        match unlinkat(&self.0, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(true),
            // A folder, as Linux and as others say it.
            Err(Errno::ISDIR | Errno::PERM) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn remove_folder(&self, name: &[u8]) -> io::Result<()> {
        match unlinkat(&self.0, name, AtFlags::REMOVEDIR) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The SHA-256 of a file in it; `None` if it is no plain file.
    pub(super) fn hash(&self, name: &str) -> io::Result<Option<Sha256>> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let mut file = match openat(&self.0, name, flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(Errno::LOOP | Errno::NOENT) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if !file.metadata()?.is_file() {
            return Ok(None);
        }
        let mut hasher = Hasher::new();
        pass(&mut file, &mut |bytes| {
            hasher.update(bytes);
            Ok(())
        })?;
        Ok(Some(Sha256(hasher.finalize().into())))
    }

    /// Writes a file in it: a copy of this one, which must hold this. It is written as `beside` and
    /// then renamed, so that it is there wholly or not at all.
    pub(super) fn copy(
        &self,
        from: &Path,
        content: (Sha256, u64),
        name: &str,
        beside: &str,
        mode: u32,
    ) -> io::Result<Copied> {
        let (sha256, size) = content;
        let mut source = match File::open(from) {
            Ok(source) => source,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Copied::Damaged),
            Err(error) => return Err(error),
        };
        if source.metadata()?.len() != size {
            return Ok(Copied::Damaged);
        }
        self.remove(beside.as_bytes())?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW;
        let file = openat(&self.0, beside, flags | OFlags::CLOEXEC, Mode::RUSR | Mode::WUSR)?;
        let written = self.write_and_rename(&mut source, file, sha256, name, beside, mode);
        if !matches!(written, Ok(Copied::Whole(_))) {
            // There may be no room: what was half written must not take any.
            let _ = unlinkat(&self.0, beside, AtFlags::empty());
        }
        written
    }

    fn write_and_rename(
        &self,
        source: &mut File,
        file: OwnedFd,
        sha256: Sha256,
        name: &str,
        beside: &str,
        mode: u32,
    ) -> io::Result<Copied> {
        let mut hasher = Hasher::new();
        let mut file = File::from(file);
        pass(source, &mut |bytes| {
            hasher.update(bytes);
            file.write_all(bytes)
        })?;
        if Sha256(hasher.finalize().into()) != sha256 {
            return Ok(Copied::Damaged);
        }
        fchmod(file.as_fd(), Mode::from_raw_mode(mode))?;
        renameat(&self.0, beside, &self.0, name)?;
        // After the rename, which may count as a change.
        Ok(Copied::Whole(rustix::fs::fstat(file.as_fd())?))
    }

    /// Whether names that differ only in case are different names in this folder.
    pub(super) fn tells_case_apart(&self) -> io::Result<bool> {
        const PROBE: (&str, &str) = (".pantry-probe", ".PANTRY-probe");
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        openat(&self.0, PROBE.0, flags, Mode::RUSR | Mode::WUSR)?;
        let other = self.look(PROBE.1.as_bytes())?;
        self.remove(PROBE.0.as_bytes())?;
        Ok(other.is_none())
    }
}

/// Whether this is a plain file.
pub(super) fn is_file(stat: &Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile
}

/// Whether this is a folder.
pub(super) fn is_folder(stat: &Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::Directory
}

fn pass(from: &mut File, to: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut buffer = vec![0; PIECE];
    loop {
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => to(buffer.get(..length).unwrap_or_default())?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
