//! The contract of the seam, and what only this backend promises.

mod contract;
