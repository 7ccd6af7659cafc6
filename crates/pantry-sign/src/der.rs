//! As much DER as it takes to find an RSA key in what keys come wrapped in, and to wrap one.
//!
//! The numbers of a key are read by aws-lc, which checks them; this finds where they are. So a
//! mistake here can reject a key or name another part of the same document, and nothing worse.

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const SEQUENCE: u8 = 0x30;
/// The explicit tag 0, before the version of a certificate.
pub(crate) const CONTEXT_0: u8 = 0xa0;

/// The `AlgorithmIdentifier` of rsaEncryption (RFC 8017, appendix A.1), from the inside.
const RSA_ENCRYPTION: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0];

/// An element: its tag, what it holds, and how it is written in full.
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    whole: &'a [u8],
}

/// Reads elements one after the other.
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Over the elements within the one sequence that the bytes are.
    pub(crate) fn of_sequence(bytes: &'a [u8]) -> Option<Self> {
        let mut outer = Self(bytes);
        let content = outer.next(SEQUENCE)?;
        outer.0.is_empty().then_some(Self(content))
    }

    /// What the next element holds, if it has this tag; else it stays the next.
    pub(crate) fn next(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (element, rest) = element(self.0).filter(|(element, _)| element.tag == tag)?;
        self.0 = rest;
        Some(element.content)
    }

    /// The next element, of any kind, as it is written.
    pub(crate) fn next_whole(&mut self) -> Option<&'a [u8]> {
        let (element, rest) = element(self.0)?;
        self.0 = rest;
        Some(element.whole)
    }

    /// Passes over the algorithm, which must be RSA.
    pub(crate) fn rsa_algorithm(&mut self) -> Option<()> {
        (self.next(SEQUENCE)? == RSA_ENCRYPTION).then_some(())
    }

    /// Whether this is the end.
    pub(crate) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }
}

fn element(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        // Keys and certificates are within four bytes of length; 0x80, no length, is not DER.
        let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        if digits.is_empty() || digits.len() > 4 {
            return None;
        }
        (digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)), rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    let whole = bytes.get(..bytes.len().checked_sub(rest.len())?)?;
    Some((Element { tag, content, whole }, rest))
}

/// An element with this tag around these parts, appended to `to`.
pub(crate) fn wrap(tag: u8, parts: &[&[u8]], to: &mut Vec<u8>) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    to.push(tag);
    if length < 0x80 {
        to.push(u8::try_from(length).unwrap_or_default());
    } else {
        let bytes = length.to_be_bytes();
        let start = bytes.iter().position(|byte| *byte != 0).unwrap_or_default();
        let digits = bytes.get(start..).unwrap_or_default();
        to.push(0x80 | u8::try_from(digits.len()).unwrap_or_default());
        to.extend_from_slice(digits);
    }
    parts.iter().for_each(|part| to.extend_from_slice(part));
}

/// The `RSAPublicKey` in a `SubjectPublicKeyInfo`.
pub(crate) fn in_public_key_info(bytes: &[u8]) -> Option<&[u8]> {
    let mut info = Reader::of_sequence(bytes)?;
    info.rsa_algorithm()?;
    // The first byte counts the unused bits of the last.
    let key = info.next(BIT_STRING)?.strip_prefix(&[0])?;
    info.is_at_end().then_some(key)
}

/// The `SubjectPublicKeyInfo` around an `RSAPublicKey`.
pub(crate) fn public_key_info(key: &[u8]) -> Vec<u8> {
    let (mut algorithm, mut bits, mut info) = (Vec::new(), Vec::new(), Vec::new());
    wrap(SEQUENCE, &[RSA_ENCRYPTION], &mut algorithm);
    wrap(BIT_STRING, &[&[0], key], &mut bits);
    wrap(SEQUENCE, &[&algorithm, &bits], &mut info);
    info
}

/// The `SubjectPublicKeyInfo` in an X.509 certificate (RFC 5280 §4.1).
pub(crate) fn in_certificate(bytes: &[u8]) -> Option<&[u8]> {
    let signed = Reader::of_sequence(bytes)?.next_whole()?;
    let mut body = Reader::of_sequence(signed)?;
    let _version = body.next(CONTEXT_0);
    let _serial = body.next(INTEGER)?;
    // Signature algorithm, issuer, validity and subject.
    for _ in 0..4 {
        body.next(SEQUENCE)?;
    }
    body.next_whole()
}

/// The `RSAPrivateKey` in a PKCS#8 `PrivateKeyInfo` (RFC 5208). Attributes may follow it.
pub(crate) fn in_private_key_info(bytes: &[u8]) -> Option<&[u8]> {
    let mut info = Reader::of_sequence(bytes)?;
    let _version = info.next(INTEGER)?;
    info.rsa_algorithm()?;
    info.next(OCTET_STRING)
}

/// The `RSAPublicKey` of an `RSAPrivateKey`: modulus and exponent, which come first after the
/// version (RFC 8017, appendix A.1.2).
pub(crate) fn public_half(private: &[u8]) -> Option<Vec<u8>> {
    let mut key = Reader::of_sequence(private)?;
    let _version = key.next(INTEGER)?;
    let mut public = Vec::new();
    wrap(SEQUENCE, &[key.next_whole()?, key.next_whole()?], &mut public);
    Some(public)
}
