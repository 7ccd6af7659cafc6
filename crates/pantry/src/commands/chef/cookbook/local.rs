//! The cookbooks that are to be sent, from their folders.

use std::path::PathBuf;

use pantry_berks::Cookbook;

use crate::environment::Environment;
use crate::errors::CliError;

/// Reads the cookbooks that these mean: folders, or names in the folders of `--cookbook-path`, of
/// which the first that has it counts.
pub(super) fn load(
    said: &[PathBuf],
    cookbook_paths: &[PathBuf],
    environment: &Environment,
) -> Result<Vec<Cookbook>, CliError> {
    let mut cookbooks: Vec<Cookbook> = Vec::new();
    for said in said {
        let cookbook = Cookbook::load(&find(said, cookbook_paths, environment)?)?;
        let same = |other: &&Cookbook| {
            other.name == cookbook.name && other.version() == cookbook.version()
        };
        if let Some(other) = cookbooks.iter().find(same) {
            if other.folder == cookbook.folder {
                continue;
            }
            let (title, other) = (cookbook.title(), other.folder.display());
            let reason = format!("the cookbook {title} is in {other} as well");
            return Err(CliError::BadObject { path: cookbook.folder.clone(), reason });
        }
        cookbooks.push(cookbook);
    }
    Ok(cookbooks)
}

fn find(
    said: &PathBuf,
    cookbook_paths: &[PathBuf],
    environment: &Environment,
) -> Result<PathBuf, CliError> {
    let is_name = said.components().count() == 1 && said.file_name().is_some();
    if is_name {
        let named = cookbook_paths.iter().map(|folder| environment.absolute(&folder.join(said)));
        let found = named.into_iter().find(|folder| folder.is_dir());
        if let Some(found) = found {
            return Ok(found);
        }
        if !cookbook_paths.is_empty() && !environment.absolute(said).is_dir() {
            let places: Vec<_> = cookbook_paths.iter().map(|it| it.display().to_string()).collect();
            return Err(CliError::BadObject {
                path: said.clone(),
                reason: format!("there is no cookbook of this name in {}", places.join(" and ")),
            });
        }
    }
    Ok(environment.absolute(said))
}
