//! A real server on a port of its own, over a real store, and clients that speak to it byte by
//! byte.

#[cfg(test)]
mod acls;
#[cfg(test)]
mod api_clients;
#[cfg(test)]
mod asking;
#[cfg(test)]
mod authentication;
#[cfg(test)]
mod chef;
#[cfg(test)]
mod client;
#[cfg(test)]
mod contents;
#[cfg(test)]
mod cookbooks;
#[cfg(test)]
mod data_bags;
#[cfg(test)]
mod dice;
#[cfg(test)]
mod ending;
#[cfg(test)]
mod environments;
#[cfg(test)]
mod files;
#[cfg(test)]
mod groups;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod house;
#[cfg(test)]
mod isolation;
#[cfg(test)]
mod isolation_houses;
#[cfg(test)]
mod isolation_probes;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod nodes;
#[cfg(test)]
mod order;
#[cfg(test)]
mod organizations;
#[cfg(test)]
mod people;
#[cfg(test)]
mod places;
#[cfg(test)]
mod policies;
#[cfg(test)]
mod pychef;
#[cfg(test)]
mod random;
#[cfg(test)]
mod random_request;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod sandboxes;
#[cfg(test)]
mod search;
#[cfg(test)]
mod shelves;
#[cfg(test)]
mod solving;
#[cfg(test)]
mod status;
#[cfg(test)]
mod supermarket;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod universe;
#[cfg(test)]
mod uploads;
#[cfg(test)]
mod users;
#[cfg(test)]
mod vetting;
#[cfg(test)]
mod who_may;
#[cfg(test)]
mod who_may_town;
