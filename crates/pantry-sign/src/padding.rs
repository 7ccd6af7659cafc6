//! PKCS#1 v1.5 padding of signatures (RFC 8017 §9.2), which is only ever made and never taken apart.

/// The shortest run of filling bytes that the standard allows, and the three bytes around it.
const OVERHEAD: usize = 8 + 3;

/// What goes before a SHA-1 in a signature: the DER of a `DigestInfo` up to the digest.
pub(crate) const SHA1_INFO: &[u8] =
    &[0x30, 0x21, 0x30, 0x09, 6, 5, 0x2b, 0x0e, 3, 2, 0x1a, 5, 0, 4, 0x14];

/// The same before a SHA-256.
pub(crate) const SHA256_INFO: &[u8] =
    &[0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20];

/// The longest message, in bytes, that fits into a modulus of this length.
pub(crate) fn room(modulus: usize) -> usize {
    modulus.saturating_sub(OVERHEAD)
}

/// Fills `block`, which is as long as the modulus, with the message behind its padding:
/// `00 01 ff … ff 00 message`. False if the message is too long.
pub(crate) fn pad(message: &[u8], block: &mut [u8]) -> bool {
    let Some(before) = block.len().checked_sub(message.len()).filter(|at| *at >= OVERHEAD) else {
        return false;
    };
    let Some((padding, end)) = block.split_at_mut_checked(before) else { return false };
    let [zero, one, filling @ .., last] = padding else { return false };
    (*zero, *one, *last) = (0, 1, 0);
    filling.fill(0xff);
    end.copy_from_slice(message);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_padding_is_the_standards() {
        let mut block = [7; 14];
        assert!(pad(b"abc", &mut block));
        assert_eq!(block, *b"\x00\x01\xff\xff\xff\xff\xff\xff\xff\xff\x00abc");
        assert!(pad(b"", &mut block));
        assert_eq!(block, *b"\x00\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00");
        assert!(!pad(b"abcd", &mut block));
        assert!(!pad(&[0; 20], &mut block));
        assert!(!pad(b"", &mut []));
        assert_eq!((room(14), room(5)), (3, 0));
    }
}
