//! Hashes of passwords: Argon2id, in memory that the process does not keep.
//!
//! A hash is computed in 19 MiB. What is given back to the C library's allocator stays with the
//! process, and with small allocations in between several times over: after fifty passwords, the
//! server had 240 MB. Only what is larger than it ever keeps is mapped from the system and goes
//! back there at once; so that much address space is reserved, of which the part that is not used
//! never becomes memory.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{Error, Result, try_generate_salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};

/// Blocks of 1 KiB: 33 MiB. glibc's allocator keeps nothing of 32 MiB or more
/// (`DEFAULT_MMAP_THRESHOLD_MAX`), others keep less.
const RESERVED: usize = 33 * 1024;

/// The hash of a password with a random salt, as it is stored.
pub(crate) fn hash(password: &str) -> Result<String> {
    let salt = Salt::new(&try_generate_salt()?)?;
    let (algorithm, version, params) =
        (Algorithm::default(), Version::default(), Params::default());
    let output = compute(password, &salt, algorithm, version, params.clone())?;
    let hash = PasswordHash {
        algorithm: algorithm.ident(),
        version: Some(version.into()),
        params: ParamsString::try_from(&params)?,
        salt: Some(salt),
        hash: Some(output),
    };
    Ok(hash.to_string())
}

/// Whether a password is the one that a stored hash was made of. How long that takes says nothing of
/// where the hashes differ.
pub(crate) fn verify(password: &str, stored: &str) -> Result<bool> {
    let stored = PasswordHash::new(stored)?;
    let (Some(salt), Some(expected)) = (&stored.salt, stored.hash) else {
        return Err(Error::EncodingInvalid);
    };
    let algorithm = Algorithm::try_from(stored.algorithm.as_str())?;
    let version = stored.version.map(Version::try_from).transpose()?.unwrap_or_default();
    let output = compute(password, salt, algorithm, version, Params::try_from(&stored)?)?;
    Ok(output == expected)
}

fn compute(
    password: &str,
    salt: &Salt,
    algorithm: Algorithm,
    version: Version,
    params: Params,
) -> Result<Output> {
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let blocks = params.block_count();
    let mut memory = Vec::new();
    memory.try_reserve_exact(RESERVED.max(blocks)).map_err(|_| Error::OutOfMemory)?;
    memory.resize(blocks, Block::new());
    let argon = Argon2::new(algorithm, version, params);
    let mut output = vec![0; length];
    argon.hash_password_into_with_memory(password.as_bytes(), salt, &mut output, &mut memory)?;
    Output::new(&output).map_err(Error::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_hashes_are_read_whatever_their_parameters() {
        // Known answers of the algorithm's reference implementation.
        for stored in [
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA",
        ] {
            assert_eq!(verify("password", stored), Ok(true), "{stored}");
            assert_eq!(verify("Password", stored), Ok(false), "{stored}");
        }
    }

    #[test]
    fn what_is_no_hash_is_an_error() {
        for stored in ["", "secret", "$argon2id$v=19$m=8,t=1,p=1", "$2y$10$abcdefghijklmnopqrstuv"]
        {
            assert!(verify("password", stored).is_err(), "{stored}");
        }
    }
}
