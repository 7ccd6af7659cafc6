//! Which versions of cookbooks are asked for: one, the newest, or some of each.

use super::new::read_version;
use crate::refusals::{Refusal, cookbooks};
use crate::version::Version;

/// Which version of a cookbook is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedVersion {
    /// The newest.
    Latest,
    /// This one.
    Exactly(Version),
}

impl AskedVersion {
    /// As it stands in a path.
    pub fn read(text: &str) -> Result<Self, Refusal> {
        match text {
            "_latest" | "latest" => Ok(Self::Latest),
            version => read_version(version).map(Self::Exactly),
        }
    }
}

/// How many versions of each cookbook are asked for, the newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumVersions {
    /// All of them.
    All,
    /// No more than this.
    UpTo(usize),
}

impl NumVersions {
    /// As it stands in a query; this if it does not.
    pub fn read(said: Option<&str>, otherwise: Self) -> Result<Self, Refusal> {
        match said {
            None => Ok(otherwise),
            Some("all") => Ok(Self::All),
            Some(number) => {
                let number = number.parse().map_err(|_| cookbooks::invalid_num_versions())?;
                Ok(Self::UpTo(number))
            }
        }
    }

    /// The same as a limit.
    pub fn limit(self) -> usize {
        match self {
            Self::All => usize::MAX,
            Self::UpTo(number) => number,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_asked_for() {
        assert_eq!(AskedVersion::read("_latest"), Ok(AskedVersion::Latest));
        assert_eq!(AskedVersion::read("latest"), Ok(AskedVersion::Latest));
        let one = "1.0.0".parse().map(AskedVersion::Exactly).unwrap();
        assert_eq!(AskedVersion::read("1"), Ok(one));
        assert_eq!(AskedVersion::read("newest"), Err(cookbooks::invalid_version("newest")));
        let number = |said| NumVersions::read(said, NumVersions::UpTo(1));
        assert_eq!(number(None), Ok(NumVersions::UpTo(1)));
        assert_eq!(number(Some("all")), Ok(NumVersions::All));
        assert_eq!(number(Some("0")), Ok(NumVersions::UpTo(0)));
        for bad in ["-1", "", "foo", "1.5"] {
            assert_eq!(number(Some(bad)), Err(cookbooks::invalid_num_versions()));
        }
    }
}
