//! In which coding an answer is sent, and making it so: RFC 9110 §12.5.3, for what there is here.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::header::{ACCEPT_ENCODING, HeaderMap};

/// How much work zstd takes: its own default.
const ZSTD_LEVEL: i32 = 3;

/// In which coding something is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// As it is.
    Identity,
    /// Compressed by gzip.
    Gzip,
    /// Compressed by zstd.
    Zstd,
}

impl Coding {
    /// Each of them.
    pub(super) const ALL: [Self; 3] = [Self::Identity, Self::Gzip, Self::Zstd];

    /// The one that a request's sender likes best, of those the smallest. Who says nothing gets it as
    /// it is.
    pub(crate) fn wanted(headers: &HeaderMap) -> Self {
        let said = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        let said: Vec<_> = said.flat_map(|codings| codings.split(',')).filter_map(read).collect();
        let liking = |coding: &str| {
            let named = said.iter().find(|(name, _)| name.eq_ignore_ascii_case(coding));
            named
                .or_else(|| said.iter().find(|(name, _)| *name == "*"))
                .map_or(0, |(_, much)| *much)
        };
        match (liking("zstd"), liking("gzip")) {
            (0, 0) => Self::Identity,
            (zstd, gzip) if zstd >= gzip => Self::Zstd,
            _ => Self::Gzip,
        }
    }

    /// Its name; that something is sent as it is has none.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Zstd => Some("zstd"),
        }
    }

    /// The entity tag of something in this coding: other bytes, so another tag.
    pub(crate) fn entity_tag(self, tag: &str) -> String {
        match self.name() {
            None => format!("\"{tag}\""),
            Some(name) => format!("\"{tag}-{name}\""),
        }
    }

    /// Bytes in this coding.
    pub(super) fn compress(self, bytes: &Bytes) -> io::Result<Bytes> {
        match self {
            Self::Identity => Ok(bytes.clone()),
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
                encoder.write_all(bytes)?;
                encoder.finish().map(Bytes::from)
            }
            Self::Zstd => zstd::bulk::compress(bytes, ZSTD_LEVEL).map(Bytes::from),
        }
    }
}

/// A coding's name and how much it is liked, in thousandths. One that cannot be read does not count.
fn read(range: &str) -> Option<(&str, u32)> {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let quality = parts.find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    let thousandths = match quality {
        None => 1000,
        Some(text) => {
            let (whole, part) = text.split_once('.').unwrap_or((text, ""));
            let part: u32 = format!("{part:0<3}").parse().ok().filter(|part| *part < 1000)?;
            whole.parse::<u32>().ok().filter(|whole| *whole <= 1)? * 1000 + part
        }
    };
    Some((name, thousandths.min(1000)))
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn wanted(said: &str) -> Coding {
        let value = HeaderValue::from_str(said).unwrap();
        Coding::wanted(&[(ACCEPT_ENCODING, value)].into_iter().collect())
    }

    #[test]
    fn what_is_liked_best_is_sent() {
        assert_eq!(Coding::wanted(&HeaderMap::new()), Coding::Identity);
        for (said, coding) in [
            ("gzip;q=1.0,deflate;q=0.6,identity;q=0.3", Coding::Gzip),
            ("gzip, deflate, br, zstd", Coding::Zstd),
            ("*", Coding::Zstd),
            ("zstd;q=0.5, GZIP ; q=0.8", Coding::Gzip),
            ("zstd;q=0, *", Coding::Gzip),
            ("gzip;q=0", Coding::Identity),
            ("br", Coding::Identity),
            ("gzip;q=2", Coding::Identity),
            ("", Coding::Identity),
        ] {
            assert_eq!(wanted(said), coding, "{said}");
        }
    }

    #[test]
    fn what_is_compressed_can_be_read_again() {
        let bytes = Bytes::from("universe ".repeat(1000));
        let gzip = Coding::Gzip.compress(&bytes).unwrap();
        let mut read = Vec::new();
        io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&*gzip), &mut read).unwrap();
        assert_eq!(read, bytes);
        let zstd = Coding::Zstd.compress(&bytes).unwrap();
        assert_eq!(zstd::bulk::decompress(&zstd, bytes.len()).unwrap(), bytes);
        assert!(gzip.len() < 200 && zstd.len() < 200);
    }

    proptest! {
        #[test]
        fn any_header_is_read(said in r"[a-z*;=,.0-9 q]{0,24}") {
            let _ = wanted(&said);
        }
    }
}
