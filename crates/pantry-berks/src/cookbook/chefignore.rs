//! `chefignore`: patterns for files that do not belong to a cookbook, one a line.

use std::path::Path;

use super::error::CookbookError;
use super::fnmatch::Pattern;
use super::limits;

/// The patterns of a file, or none.
#[derive(Clone, Debug, Default)]
pub struct Chefignore(Vec<Pattern>);

impl Chefignore {
    /// That of the nearest `chefignore`: the folder's own, or that of a folder above it.
    pub fn near(folder: &Path) -> Result<Self, CookbookError> {
        let whole = folder.canonicalize().map_err(CookbookError::unreadable(folder))?;
        let Some(path) = whole.ancestors().map(|it| it.join("chefignore")).find(|it| it.exists())
        else {
            return Ok(Self::default());
        };
        if !path.is_file() {
            return Ok(Self::default());
        }
        let failed = || CookbookError::unreadable(&path);
        let (what, limit) = ("bytes", limits::CHEFIGNORE_BYTES);
        if std::fs::metadata(&path).map_err(failed())?.len() > limit {
            return Err(CookbookError::Limit { path, what, limit });
        }
        let text = std::fs::read(&path).map_err(failed())?;
        Ok(Self::read(&String::from_utf8_lossy(&text)))
    }

    /// Reads the lines of one. Empty ones, and those that begin with `#`, say nothing.
    pub fn read(text: &str) -> Self {
        let lines = text.lines().map(|line| line.trim_matches(|it: char| it.is_ascii_whitespace()));
        let said = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        Self(said.map(Pattern::new).collect())
    }

    /// Whether the file of this path in a cookbook does not belong to it.
    pub fn leaves_out(&self, path: &str) -> bool {
        self.0.iter().any(|pattern| pattern.matches(path))
    }
}
