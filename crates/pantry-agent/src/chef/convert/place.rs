//! Puts what was written into its places, and takes it back.
//!
//! What is under a name is one of four: nothing; Pantry's own, as the note knows it; what was there
//! before, which is not moved aside yet; or something that somebody has put there or changed since.
//! Every step is one rename, and leaves one of these: so after a step that was the last one, the next
//! conversion sees where it must go on.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use pantry_model::commands::chef_convert::Form;

use super::content::Content;
use super::cut::step;
use super::error::ConvertError;
use super::note::{Item, Note};
use super::parts::{NAMES, Part};
use super::stage::{Staged, remove_all, retired, sweep, waiting};

/// How something is called that was there before.
const BEFORE: &str = "before-pantry";

/// A machine's conversions.
pub(super) struct Conversion<'a> {
    /// Where the note is.
    notes: &'a Path,
    /// Where Chef's configuration is.
    folder: &'a Path,
}

/// What is under a name.
#[derive(Debug)]
enum There {
    Nothing,
    Ours,
    /// It is to be moved to the other name, or is put back already; and whether it is just what Pantry
    /// writes there.
    Before(String, bool),
    /// With what differs from what was written.
    Somebodys(String),
}

impl<'a> Conversion<'a> {
    pub(super) fn new(notes: &'a Path, folder: &'a Path) -> Self {
        Self { notes, folder }
    }

    /// Writes these parts in place of those of an earlier conversion. Answers what was done, in lines.
    pub(super) fn convert(&self, to: Form, parts: Vec<Part>) -> Result<Vec<String>, ConvertError> {
        let mut told = Vec::new();
        let mut old = Note::read(self.notes)?;
        if old.as_ref().is_some_and(|note| note.config_dir != self.folder) {
            told = self.take_back()?;
            old = None;
        }
        let is_made = self.make_folder()? || old.as_ref().is_some_and(|note| note.is_made);
        self.sweep_all()?;
        let staged = Staged::write(self.folder, parts).inspect_err(|_| self.remove_folder(is_made));
        let staged = staged?;
        let place = Place { folder: self.folder };
        let config_dir = self.folder.to_owned();
        let mut note = Note { to, config_dir, is_made, items: Vec::new() };
        for (name, content) in &staged.parts {
            let known = old.as_ref().and_then(|old| old.item(name));
            note.items.push(place.planned(name, content, known)?);
        }
        let given_up: Vec<Item> = old
            .into_iter()
            .flat_map(|old| old.items)
            .filter(|item| note.item(&item.name).is_none())
            .collect();
        // What is written next must be known before it is.
        let all = note.items.iter().chain(&given_up).cloned().collect();
        Note { items: all, ..note.clone() }.write(self.notes).inspect_err(|_| {
            if given_up.is_empty() {
                self.remove_folder(is_made);
            }
        })?;
        for item in &given_up {
            place.take_back(item, &mut told)?;
        }
        for item in &note.items {
            place.put(item, &mut told)?;
        }
        place.sync()?;
        for (item, (_, content)) in note.items.iter_mut().zip(&staged.parts) {
            item.ours = vec![content.clone()];
        }
        if let Err(error) = note.write(self.notes) {
            // The one that is there knows more than is so, and does no harm.
            tracing::warn!(%error, "cannot shorten the note of a conversion");
        }
        Ok(told)
    }

    /// Takes everything back that was written. Answers what was done, in lines.
    pub(super) fn take_back(&self) -> Result<Vec<String>, ConvertError> {
        self.sweep_all()?;
        let Some(note) = Note::read(self.notes)? else {
            return Ok(vec!["nothing was converted here: nothing is changed".to_owned()]);
        };
        let mut told = Vec::new();
        let place = Place { folder: &note.config_dir };
        if exists(place.folder)? {
            for item in &note.items {
                place.take_back(item, &mut told)?;
            }
            place.sync()?;
        }
        Conversion { notes: self.notes, folder: &note.config_dir }.remove_folder(note.is_made);
        Note::remove(self.notes)?;
        Ok(told)
    }

    /// Removes what a conversion has left that was cut off, maybe before there was a note.
    fn sweep_all(&self) -> Result<(), ConvertError> {
        if !self.folder.is_dir() {
            return Ok(());
        }
        let place = Place { folder: self.folder };
        NAMES.iter().try_for_each(|name| place.sweep(name))
    }

    /// Makes the folder; whether it was not there.
    fn make_folder(&self) -> Result<bool, ConvertError> {
        if self.folder.is_dir() {
            return Ok(false);
        }
        let made =
            step().and_then(|()| DirBuilder::new().recursive(true).mode(0o755).create(self.folder));
        made.map_err(ConvertError::writing(self.folder, self.folder))?;
        Ok(true)
    }

    /// Removes it again, if it was made and nothing is in it.
    fn remove_folder(&self, is_made: bool) {
        if is_made && step().is_ok() {
            // Chef has left something there, or somebody has: then it stays.
            let _ = fs::remove_dir(self.folder);
        }
    }
}

/// Chef's folder, whose names change.
struct Place<'a> {
    folder: &'a Path,
}

impl Place<'_> {
    fn at(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// What is about to be under a name of which this is known.
    fn planned(
        &self,
        name: &str,
        content: &Content,
        known: Option<&Item>,
    ) -> Result<Item, ConvertError> {
        let mut item = match known {
            Some(known) => known.clone(),
            None => Item { name: name.to_owned(), ours: Vec::new(), aside: None },
        };
        // Before the new content counts as Pantry's: whoever has just that has it by himself.
        if item.aside.is_none() && matches!(self.look(&item)?, There::Somebodys(_)) {
            item.aside = Some(self.free_name(name)?);
        }
        if !item.ours.contains(content) {
            item.ours.push(content.clone());
        }
        Ok(item)
    }

    fn look(&self, item: &Item) -> Result<There, ConvertError> {
        let path = self.at(&item.name);
        if !exists(&path)? {
            return Ok(There::Nothing);
        }
        let not_moved = match &item.aside {
            Some(aside) if !exists(&self.at(aside))? => Some(aside.clone()),
            _ => None,
        };
        let mut difference = String::new();
        for ours in &item.ours {
            match ours.difference(&path)? {
                // Somebody may have had just this there before.
                None => {
                    return Ok(not_moved.map_or(There::Ours, |aside| There::Before(aside, true)));
                }
                Some(which) => difference = which,
            }
        }
        let there = There::Somebodys(difference);
        Ok(not_moved.map_or(there, |aside| There::Before(aside, false)))
    }

    /// Puts what waits into its place.
    fn put(&self, item: &Item, told: &mut Vec<String>) -> Result<(), ConvertError> {
        let name = item.name.as_str();
        let mut kept = None;
        let there = self.look(item)?;
        let aside = match &there {
            There::Nothing | There::Ours => None,
            There::Before(aside, _) => Some(aside.clone()),
            There::Somebodys(_) => Some(self.free_name(name)?),
        };
        if let Some(aside) = aside {
            self.rename(name, &aside)?;
            kept = Some(aside);
        }
        if matches!(there, There::Ours) {
            self.retire(name)?;
            // A file is replaced at once.
            self.rename_over(&waiting(name), name)?;
            self.remove(&retired(name))?;
        } else {
            self.rename(&waiting(name), name)?;
        }
        let path = self.at(name);
        told.push(match kept {
            Some(kept) => format!("wrote {}; what was there is {kept} now", path.display()),
            None => format!("wrote {}", path.display()),
        });
        Ok(())
    }

    /// Takes back what was written under a name.
    fn take_back(&self, item: &Item, told: &mut Vec<String>) -> Result<(), ConvertError> {
        let name = item.name.as_str();
        let path = self.at(name);
        let mut removed = false;
        match self.look(item)? {
            There::Before(_, false) => return self.sweep(name),
            There::Before(aside, true) => {
                told.push(format!("left {}, since {aside} is gone", path.display()));
                return self.sweep(name);
            }
            There::Nothing => {}
            There::Ours => {
                self.retire(name)?;
                self.remove(name)?;
                removed = true;
            }
            There::Somebodys(difference) => {
                let what = match difference.as_str() {
                    "" => String::new(),
                    path => format!(" ({path})"),
                };
                let aside = item.aside.as_ref();
                let kept = aside.map_or_else(String::new, |aside| {
                    format!("; what was there before is {aside}")
                });
                told.push(format!(
                    "left {}, which somebody has changed since{what}{kept}",
                    path.display()
                ));
                return self.sweep(name);
            }
        }
        let aside = item.aside.as_deref();
        let back = aside.map(|aside| exists(&self.at(aside))).transpose()?.unwrap_or(false);
        if let Some(aside) = aside.filter(|_| back) {
            self.rename(aside, name)?;
        }
        match (removed, back) {
            (_, true) => told.push(format!("put {} back as it was before", path.display())),
            (true, false) => told.push(format!("removed {}", path.display())),
            (false, false) => told.push(format!("{} was gone already", path.display())),
        }
        self.sweep(name)
    }

    /// Moves a folder out of the way, which no other one can replace.
    fn retire(&self, name: &str) -> Result<(), ConvertError> {
        if self.at(name).is_dir() {
            self.remove(&retired(name))?;
            self.rename(name, &retired(name))?;
        }
        Ok(())
    }

    fn sweep(&self, name: &str) -> Result<(), ConvertError> {
        sweep(self.folder, name).map_err(ConvertError::writing(self.folder, &self.at(name)))
    }

    fn remove(&self, name: &str) -> Result<(), ConvertError> {
        let path = self.at(name);
        remove_all(&path).map_err(ConvertError::writing(self.folder, &path))
    }

    /// A name that is free, for what was under this one.
    fn free_name(&self, name: &str) -> Result<String, ConvertError> {
        let mut free = format!("{name}.{BEFORE}");
        let mut count = 1_u64;
        while exists(&self.at(&free))? {
            count += 1;
            free = format!("{name}.{BEFORE}-{count}");
        }
        Ok(free)
    }

    /// Gives another name, which must be free.
    fn rename(&self, from: &str, to: &str) -> Result<(), ConvertError> {
        let (from, to) = (self.at(from), self.at(to));
        let renamed = step().and_then(|()| rename_to_free(&from, &to));
        renamed.map_err(ConvertError::writing(self.folder, &to))
    }

    /// Gives another name, in place of the file that has it.
    fn rename_over(&self, from: &str, to: &str) -> Result<(), ConvertError> {
        let (from, to) = (self.at(from), self.at(to));
        let renamed = step().and_then(|()| fs::rename(&from, &to));
        renamed.map_err(ConvertError::writing(self.folder, &to))
    }

    fn sync(&self) -> Result<(), ConvertError> {
        let opened = fs::File::open(self.folder).and_then(|folder| folder.sync_all());
        opened.map_err(ConvertError::writing(self.folder, self.folder))
    }
}

/// Whether something has this path, be it a link that leads nowhere.
fn exists(path: &Path) -> Result<bool, ConvertError> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(ConvertError::io("look at", path)(error)),
    }
}

/// Never takes a name from anybody.
#[cfg(target_os = "linux")]
fn rename_to_free(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        // Not every file system can.
        Err(Errno::INVAL | Errno::NOSYS) => rename_if_free(from, to),
        renamed => Ok(renamed?),
    }
}

#[cfg(not(target_os = "linux"))]
fn rename_to_free(from: &Path, to: &Path) -> io::Result<()> {
    rename_if_free(from, to)
}

fn rename_if_free(from: &Path, to: &Path) -> io::Result<()> {
    match fs::symlink_metadata(to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => fs::rename(from, to),
        Err(error) => Err(error),
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
    }
}
