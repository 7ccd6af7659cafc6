//! A folder that is held open, and what is done in it by names alone.
//!
//! A name never leads through a link: so nothing that is done in a folder happens elsewhere, whatever
//! becomes of the path by which it was opened.

use std::ffi::OsStr;
use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{
    AtFlags, CWD, Dir, FileType, Gid, Mode, OFlags, RawMode, Stat, Uid, mkdirat, openat,
    readlinkat, renameat, statat, symlinkat, unlinkat,
};
use rustix::io::Errno;

use crate::error::FilesError;

/// How a folder is opened to go through it: that needs no permission to list it.
#[cfg(target_os = "linux")]
const WAY: OFlags = OFlags::PATH;
#[cfg(not(target_os = "linux"))]
const WAY: OFlags = OFlags::RDONLY;

/// An open folder.
#[derive(Debug)]
pub struct Folder {
    fd: OwnedFd,
    path: PathBuf,
}

/// What something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A device, a socket, a pipe.
    Other,
}

/// What is seen of something without opening it.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// What it is.
    pub kind: Kind,
    /// Its permissions, up to `0o7777`.
    pub mode: u32,
    /// Its length in bytes.
    pub size: u64,
    /// Its owner's number.
    pub owner: u32,
    /// Its group's.
    pub group: u32,
    /// When it was changed, in seconds since 1970.
    pub modified: i64,
}

impl Seen {
    fn of(stat: &Stat) -> Self {
        let kind = match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Folder,
            FileType::Symlink => Kind::Link,
            _ => Kind::Other,
        };
        Self {
            kind,
            mode: Mode::from_raw_mode(stat.st_mode).as_raw_mode() & 0o7777,
            size: u64::try_from(stat.st_size).unwrap_or(0),
            owner: stat.st_uid,
            group: stat.st_gid,
            modified: stat.st_mtime,
        }
    }
}

impl Folder {
    /// Opens a folder by its resolved path: a link in it is an error.
    pub fn open(path: &Path) -> Result<Self, FilesError> {
        let top = Path::new("/");
        let fd = openat(CWD, top, WAY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
            .map_err(FilesError::io("open", top))?;
        let mut folder = Self { fd, path: top.to_owned() };
        for component in path.components() {
            match component {
                Component::RootDir | Component::CurDir => {}
                Component::Normal(name) => folder = folder.enter(name)?,
                Component::ParentDir | Component::Prefix(_) => {
                    return Err(FilesError::NotAbsolute(path.to_owned()));
                }
            }
        }
        Ok(folder)
    }

    /// Opens the folder that something is in. That it is not there is said of the whole path.
    pub(crate) fn of(path: &Path) -> Result<Self, FilesError> {
        match Self::open(path.parent().unwrap_or(path)) {
            Err(FilesError::Missing(_)) => Err(FilesError::Missing(path.to_owned())),
            opened => opened,
        }
    }

    /// Its path when it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of something in it.
    pub fn at(&self, name: &(impl AsRef<OsStr> + ?Sized)) -> PathBuf {
        self.path.join(Path::new(name.as_ref()))
    }

    /// Opens a folder in it.
    pub fn enter(&self, name: &OsStr) -> Result<Self, FilesError> {
        let flags = WAY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        match openat(&self.fd, name, flags, Mode::empty()) {
            Ok(fd) => Ok(Self { fd, path: self.at(name) }),
            Err(Errno::NOENT) => Err(FilesError::Missing(self.at(name))),
            Err(error) => Err(match self.look(name)?.map(|seen| seen.kind) {
                Some(Kind::Link) => FilesError::Link(self.at(name)),
                Some(Kind::File | Kind::Other) => FilesError::NotFolder(self.at(name)),
                _ => FilesError::io("open", &self.at(name))(error),
            }),
        }
    }

    /// What there is of this name; a link is seen itself.
    pub fn look(&self, name: &OsStr) -> Result<Option<Seen>, FilesError> {
        self.stat(name, AtFlags::SYMLINK_NOFOLLOW)
    }

    /// Whether a link of this name leads to a folder.
    pub fn leads_to_folder(&self, name: &OsStr) -> bool {
        let seen = self.stat(name, AtFlags::empty());
        seen.ok().flatten().is_some_and(|seen| seen.kind == Kind::Folder)
    }

    fn stat(&self, name: &OsStr, flags: AtFlags) -> Result<Option<Seen>, FilesError> {
        match statat(&self.fd, name, flags) {
            Ok(stat) => Ok(Some(Seen::of(&stat))),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(FilesError::io("look at", &self.at(name))(error)),
        }
    }

    /// What a link says.
    pub fn read_link(&self, name: &OsStr) -> Result<Vec<u8>, FilesError> {
        let target = readlinkat(&self.fd, name, Vec::new());
        Ok(target.map_err(FilesError::io("read", &self.at(name)))?.into_bytes())
    }

    /// Opens a file to read. What is none any more is an error.
    pub fn read(&self, name: &OsStr) -> Result<File, FilesError> {
        // A pipe would be waited for.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match openat(&self.fd, name, flags, Mode::empty()) {
            Ok(fd) => File::from(fd),
            Err(Errno::NOENT) => return Err(FilesError::Missing(self.at(name))),
            Err(Errno::LOOP) => return Err(FilesError::Changed(self.at(name))),
            Err(error) => return Err(FilesError::io("open", &self.at(name))(error)),
        };
        let metadata = file.metadata().map_err(FilesError::io("look at", &self.at(name)))?;
        if metadata.is_file() { Ok(file) } else { Err(FilesError::Changed(self.at(name))) }
    }

    /// Makes a file that is not there yet, for its owner alone.
    pub(crate) fn create(&self, name: &str) -> Result<File, FilesError> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = openat(&self.fd, name, flags, Mode::from_raw_mode(0o600));
        file.map(File::from).map_err(FilesError::io("write", &self.at(name)))
    }

    /// Makes a folder for its owner alone; `false` if somebody else has made it just now.
    pub(crate) fn make(&self, name: &str) -> Result<bool, FilesError> {
        match mkdirat(&self.fd, name, Mode::from_raw_mode(0o700)) {
            Ok(()) => Ok(true),
            Err(Errno::EXIST) => Ok(false),
            Err(error) => Err(FilesError::io("make the folder", &self.at(name))(error)),
        }
    }

    /// Makes a link.
    pub(crate) fn link(&self, target: &str, name: &str) -> Result<(), FilesError> {
        symlinkat(target, &self.fd, name).map_err(FilesError::io("make the link", &self.at(name)))
    }

    /// Gives something in it another name, in place of what has that.
    pub(crate) fn rename(&self, from: &str, to: &str) -> Result<(), FilesError> {
        renameat(&self.fd, from, &self.fd, to).map_err(FilesError::io("write", &self.at(to)))
    }

    /// Moves a file from elsewhere; `false` if it is on another file system.
    pub(crate) fn take(&self, from: &Path, name: &str) -> Result<bool, FilesError> {
        match renameat(CWD, from, &self.fd, name) {
            Ok(()) => Ok(true),
            Err(Errno::XDEV) => Ok(false),
            Err(Errno::NOENT) => Err(FilesError::Missing(from.to_owned())),
            Err(error) => Err(FilesError::io("write", &self.at(name))(error)),
        }
    }

    /// Removes a file, if it is there.
    pub(crate) fn remove(&self, name: &str) -> Result<(), FilesError> {
        match unlinkat(&self.fd, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(FilesError::io("remove", &self.at(name))(error)),
        }
    }

    /// Removes a folder that is empty.
    pub(crate) fn remove_folder(&self, name: &str) -> Result<(), FilesError> {
        unlinkat(&self.fd, name, AtFlags::REMOVEDIR)
            .map_err(FilesError::io("remove", &self.at(name)))
    }

    /// The folder as a file: to read it, to give it permissions, to sync it.
    pub(crate) fn opened(&self) -> Result<File, FilesError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let opened = openat(&self.fd, ".", flags, Mode::empty());
        opened.map(File::from).map_err(FilesError::io("open", &self.path))
    }

    /// The names in it, in no order.
    pub fn names(&self) -> Result<Vec<Vec<u8>>, FilesError> {
        let failed = || FilesError::io("list", &self.path);
        let mut names = Vec::new();
        for entry in Dir::read_from(self.opened()?).map_err(failed())? {
            let entry = entry.map_err(failed())?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                names.push(name.to_owned());
            }
        }
        Ok(names)
    }
}

/// Gives an open file or folder an owner and permissions.
pub(crate) fn give(
    file: &File,
    path: &Path,
    owner: (Option<u32>, Option<u32>),
    mode: u32,
) -> Result<(), FilesError> {
    let (owner, group) = (owner.0.map(Uid::from_raw), owner.1.map(Gid::from_raw));
    if owner.is_some() || group.is_some() {
        match rustix::fs::fchown(file, owner, group) {
            Ok(()) => {}
            Err(Errno::PERM) => return Err(FilesError::NotRoot(path.to_owned())),
            Err(error) => return Err(FilesError::io("give an owner to", path)(error)),
        }
    }
    // Last, since a new owner takes the bits by which a program runs as another.
    rustix::fs::fchmod(file, Mode::from_raw_mode(mode as RawMode))
        .map_err(FilesError::io("give permissions to", path))
}

/// A way down from a folder, of which the last part is kept open: what comes next is mostly near.
#[derive(Debug)]
pub struct Cursor {
    base: Arc<Folder>,
    open: Vec<(String, Folder)>,
}

impl Cursor {
    /// At this folder.
    pub fn new(base: Arc<Folder>) -> Self {
        Self { base, open: Vec::new() }
    }

    /// The folder at this path, with `/` between its names; empty for where it began. `None` if there
    /// is none.
    pub fn go(&mut self, path: &str) -> Result<Option<&Folder>, FilesError> {
        self.go_making(path, &mut |_, _| Ok(false))
    }

    /// The same; each folder that is not there is first made, if `make` does so in its parent.
    pub(crate) fn go_making(
        &mut self,
        path: &str,
        make: &mut dyn FnMut(&Folder, &str) -> Result<bool, FilesError>,
    ) -> Result<Option<&Folder>, FilesError> {
        let mut names = path.split('/').filter(|name| !name.is_empty());
        let mut depth = 0;
        let mut next = names.next();
        while let (Some((open, _)), Some(name)) = (self.open.get(depth), next) {
            if open != name {
                break;
            }
            depth += 1;
            next = names.next();
        }
        self.open.truncate(depth);
        while let Some(name) = next {
            let here = self.open.last().map_or(&*self.base, |(_, folder)| folder);
            let folder = match here.enter(name.as_ref()) {
                Err(FilesError::Missing(_)) if make(here, name)? => here.enter(name.as_ref())?,
                Err(FilesError::Missing(_)) => return Ok(None),
                entered => entered?,
            };
            self.open.push((name.to_owned(), folder));
            next = names.next();
        }
        Ok(Some(self.open.last().map_or(&*self.base, |(_, folder)| folder)))
    }

    /// The folder that something is in, and its name there.
    pub fn go_to_parent<'p>(
        &mut self,
        path: &'p str,
    ) -> Result<Option<(&Folder, &'p str)>, FilesError> {
        let (parent, name) = split(path);
        Ok(self.go(parent)?.map(|folder| (folder, name)))
    }
}

/// A path as the folder's and the name.
pub(crate) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}
