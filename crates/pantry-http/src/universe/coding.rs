//! In which coding an answer is sent, and making it so: RFC 9110 §12.5.3, for what there is here.

use std::io::{self, Write};
use std::mem;

use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::header::{ACCEPT_ENCODING, HeaderMap};

/// How much work zstd takes: its own default.
const ZSTD_LEVEL: i32 = 3;

/// In which coding something is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
}

/// Puts bytes into a coding while they come.
pub(super) enum Encoder {
    /// As they are.
    Identity,
    /// Compressed by gzip.
    Gzip(GzEncoder<Vec<u8>>),
    /// Compressed by zstd.
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
}

impl Encoder {
    /// One for that many bytes.
    pub(super) fn new(coding: Coding, length: u64) -> io::Result<Self> {
        Ok(match coding {
            Coding::Identity => Self::Identity,
            Coding::Gzip => Self::Gzip(GzEncoder::new(Vec::new(), Compression::default())),
            Coding::Zstd => {
                let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), ZSTD_LEVEL)?;
                encoder.set_pledged_src_size(Some(length))?;
                Self::Zstd(encoder)
            }
        })
    }

    /// Takes some bytes in, and gives what has come out so far, which may be nothing yet.
    pub(super) fn put(&mut self, bytes: Vec<u8>) -> io::Result<Vec<u8>> {
        match self {
            Self::Identity => Ok(bytes),
            Self::Gzip(encoder) => {
                encoder.write_all(&bytes)?;
                Ok(mem::take(encoder.get_mut()))
            }
            Self::Zstd(encoder) => {
                encoder.write_all(&bytes)?;
                Ok(mem::take(encoder.get_mut()))
            }
        }
    }

    /// What comes out at the end.
    pub(super) fn end(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Identity => Ok(Vec::new()),
            Self::Gzip(encoder) => encoder.finish(),
            Self::Zstd(encoder) => encoder.finish(),
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
        let bytes = b"universe ".repeat(100_000);
        let in_parts = |coding| {
            let mut encoder = Encoder::new(coding, bytes.len() as u64).unwrap();
            let parts = bytes.chunks(10_000).map(|part| encoder.put(part.to_vec()).unwrap());
            let mut all = parts.collect::<Vec<_>>().concat();
            all.extend(encoder.end().unwrap());
            all
        };
        assert_eq!(in_parts(Coding::Identity), bytes);
        let gzip = in_parts(Coding::Gzip);
        let mut read = Vec::new();
        io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&*gzip), &mut read).unwrap();
        assert_eq!(read, bytes);
        let zstd = in_parts(Coding::Zstd);
        assert_eq!(zstd::bulk::decompress(&zstd, bytes.len()).unwrap(), bytes);
        assert!(gzip.len() < 10_000 && zstd.len() < 10_000, "{} {}", gzip.len(), zstd.len());
    }

    proptest! {
        #[test]
        fn any_header_is_read(said in r"[a-z*;=,.0-9 q]{0,24}") {
            let _ = wanted(&said);
        }
    }
}
