//! RSA once more, in safe Rust on crypto-bigint, to be asked whether aws-lc and we are right.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};

/// The numbers of a private key.
pub(crate) struct Oracle {
    modulus: BoxedMontyParams,
    public: BoxedUint,
    private: BoxedUint,
    bits: u32,
}

impl Oracle {
    /// From PEM of the kind `RSA PRIVATE KEY`: a sequence that begins with version, modulus,
    /// public and private exponent.
    pub(crate) fn new(pem: &str) -> Self {
        let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let der = STANDARD.decode(base64).unwrap();
        let (sequence, _) = content(&der);
        let (_version, rest) = content(sequence);
        let (modulus, rest) = content(rest);
        let (public, rest) = content(rest);
        let (private, _) = content(rest);
        let modulus = modulus.strip_prefix(&[0]).unwrap_or(modulus);
        let bits = u32::try_from(modulus.len() * 8).unwrap();
        let odd = Odd::new(BoxedUint::from_be_slice(modulus, bits).unwrap()).unwrap();
        Self {
            modulus: BoxedMontyParams::new_vartime(odd),
            public: BoxedUint::from_be_slice_vartime(public),
            private: BoxedUint::from_be_slice_vartime(private),
            bits,
        }
    }

    /// What a signature opens to, if it is one for this modulus at all.
    pub(crate) fn open(&self, signature: &[u8]) -> Option<Vec<u8>> {
        self.power(signature, &self.public)
    }

    /// The signature that opens to this block, whatever it is.
    pub(crate) fn seal(&self, block: &[u8]) -> Vec<u8> {
        self.power(block, &self.private).unwrap()
    }

    /// The length of the modulus in bytes.
    pub(crate) fn len(&self) -> usize {
        usize::try_from(self.bits / 8).unwrap()
    }

    fn power(&self, base: &[u8], exponent: &BoxedUint) -> Option<Vec<u8>> {
        let base =
            BoxedUint::from_be_slice(base, self.bits).ok().filter(|_| base.len() == self.len());
        let base = base.filter(|base| base < self.modulus.modulus().as_ref())?;
        let power = BoxedMontyForm::new(base, &self.modulus).pow(exponent).retrieve();
        Some(power.to_be_bytes().into_vec())
    }
}

/// The content of the first element of DER, and what follows it.
fn content(der: &[u8]) -> (&[u8], &[u8]) {
    let (length, at) = match der[1] {
        long if long > 0x80 => {
            let digits = usize::from(long - 0x80);
            let length =
                der[2..2 + digits].iter().fold(0, |sum, digit| sum * 256 + usize::from(*digit));
            (length, 2 + digits)
        }
        short => (usize::from(short), 2),
    };
    (&der[at..at + length], &der[at + length..])
}
