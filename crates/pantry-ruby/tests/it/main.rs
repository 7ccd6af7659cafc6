//! What files say, as Chef itself was seen to read them; what is refused, and how; and that nothing
//! takes more than it may.

#[cfg(test)]
mod limits;
#[cfg(test)]
mod observed;
#[cfg(test)]
mod refused;
