//! Where on this disk a locked cookbook is, and whether it is the one that was locked.
//!
//! A lock is good for one content of a cookbook. So whatever is found must have the identifier that
//! the lock says, computed anew from its files. The folders that `chef export` makes say it in their
//! names, and hold metadata in another form than what was locked: those are taken by their names.

use std::path::{Component, Path, PathBuf};

use pantry_berks::Cookbook;

use super::lock::{Lock, Locked};
use crate::environment::Environment;
use crate::errors::CliError;

/// The cookbook that a lock means, from the folder that it names, or from one of these folders.
pub(super) fn find(
    lock: &Lock,
    locked: &Locked,
    folders: &[PathBuf],
    environment: &Environment,
) -> Result<Cookbook, CliError> {
    let mut wrong = None;
    for folder in candidates(lock, locked, folders) {
        let place = environment.absolute(&folder);
        if !place.is_dir() {
            continue;
        }
        let cookbook = Cookbook::load(&place)?;
        match difference(&cookbook, locked, &folder) {
            None => return Ok(cookbook),
            Some(difference) => wrong = wrong.or(Some((folder, difference))),
        }
    }
    let Locked { name, version, .. } = locked;
    Err(match wrong {
        Some((folder, difference)) => CliError::Usage {
            message: format!("{} is not the {name} that is locked: {difference}", folder.display()),
            hint: "`chef update` locks it as it is".to_owned(),
        },
        None => CliError::Usage {
            message: format!("the cookbook {name} {version} is nowhere to be found"),
            hint: format!(
                "`--cookbooks DIR` names a folder that has it, as {name}, {name}-{version} or \\
                 {name}-{}",
                locked.identifier
            ),
        },
    })
}

/// The folders that it may be in, the likeliest first.
fn candidates(lock: &Lock, locked: &Locked, folders: &[PathBuf]) -> Vec<PathBuf> {
    let Locked { name, identifier, version, source, cache_key } = locked;
    let beside = lock.path.parent().unwrap_or(Path::new(""));
    let mut found: Vec<_> = source.iter().map(|source| beside.join(source)).collect();
    let names = [format!("{name}-{identifier}"), format!("{name}-{version}"), name.to_string()];
    let names: Vec<_> = cache_key.iter().chain(&names).filter(|name| is_name(name)).collect();
    found.extend(folders.iter().flat_map(|folder| names.iter().map(|name| folder.join(name))));
    found
}

/// Whether this leads into a folder, and nowhere else.
fn is_name(text: &str) -> bool {
    let mut parts = Path::new(text).components();
    matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None))
}

/// What of a cookbook is not as the lock says.
fn difference(cookbook: &Cookbook, locked: &Locked, folder: &Path) -> Option<String> {
    let Locked { name, identifier, version, .. } = locked;
    if cookbook.name != *name {
        return Some(format!("its name is {}", cookbook.name));
    }
    let is_exported = folder.file_name().is_some_and(|it| *it == *format!("{name}-{identifier}"));
    if is_exported {
        return None;
    }
    if cookbook.version() != version {
        return Some(format!("its version is {}, and not {version}", cookbook.version()));
    }
    let found = cookbook.identifier();
    (found != *identifier).then(|| format!("its identifier is {found}, and not {identifier}"))
}
