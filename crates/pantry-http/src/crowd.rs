//! How many connections are open: in all, and by whom.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::limits::Limits;

/// The open connections, by where they come from.
#[derive(Debug)]
pub(crate) struct Crowd {
    max: usize,
    max_of_one: usize,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    all: usize,
    by_origin: HashMap<IpAddr, usize>,
}

/// One open connection. Dropping it makes room.
#[derive(Debug)]
pub(crate) struct Place {
    crowd: Arc<Crowd>,
    origin: IpAddr,
}

impl Crowd {
    pub(crate) fn new(limits: &Limits) -> Self {
        let (max, max_of_one) = (limits.max_connections, limits.connections_per_address);
        Self { max, max_of_one, open: Mutex::default() }
    }

    /// A place for one more from this address, if there is room.
    pub(crate) fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let origin = origin(address);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let of_one = open.by_origin.get(&origin).copied().unwrap_or(0);
        if open.all >= self.max || of_one >= self.max_of_one {
            return None;
        }
        open.all += 1;
        open.by_origin.insert(origin, of_one + 1);
        Some(Place { crowd: Arc::clone(self), origin })
    }

    /// How many are open.
    pub(crate) fn open(&self) -> usize {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).all
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.crowd.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.all = open.all.saturating_sub(1);
        match open.by_origin.get_mut(&self.origin) {
            Some(of_one) if *of_one > 1 => *of_one -= 1,
            _ => drop(open.by_origin.remove(&self.origin)),
        }
    }
}

/// Who counts as one: an IPv4 address, or the upper half of an IPv6 address.
fn origin(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            [a, b, c, d, 0, 0, 0, 0].into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crowd(max_connections: usize, connections_per_address: usize) -> Arc<Crowd> {
        let limits = Limits { max_connections, connections_per_address, ..Limits::default() };
        Arc::new(Crowd::new(&limits))
    }

    #[test]
    fn there_is_room_for_so_many_in_all_and_of_one() {
        let crowd = crowd(3, 2);
        let enter = |address: &str| crowd.enter(address.parse().unwrap());
        let (first, _second) = (enter("10.0.0.1").unwrap(), enter("10.0.0.1").unwrap());
        assert!(enter("10.0.0.1").is_none(), "a third of one");
        assert!(enter("::ffff:10.0.0.1").is_none(), "the same in other writing");
        let _third = enter("10.0.0.2").unwrap();
        assert!(enter("10.0.0.3").is_none(), "a fourth in all");
        drop(first);
        assert_eq!(crowd.open(), 2);
        assert!(enter("10.0.0.1").is_some());
    }

    #[test]
    fn one_network_is_one() {
        let crowd = crowd(9, 1);
        let _place = crowd.enter("2001:db8::1".parse().unwrap()).unwrap();
        assert!(crowd.enter("2001:db8::2".parse().unwrap()).is_none());
        assert!(crowd.enter("2001:db8:0:1::2".parse().unwrap()).is_some());
    }

    #[test]
    fn who_has_gone_is_forgotten() {
        let crowd = crowd(9, 9);
        drop(crowd.enter("10.0.0.1".parse().unwrap()));
        assert!(crowd.open.lock().unwrap().by_origin.is_empty());
    }
}
