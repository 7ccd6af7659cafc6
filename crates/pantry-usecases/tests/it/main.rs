//! The use cases on a real store, without any transport: who may do what, what is written down,
//! and whom the machines' side is told of.
//!
//! Each is marked as test code for clippy, which does not see that of helpers in a test's own crate.

#[cfg(test)]
mod acls;
#[cfg(test)]
mod actor_keys;
#[cfg(test)]
mod actors;
#[cfg(test)]
mod adopting;
#[cfg(test)]
mod api_clients;
#[cfg(test)]
mod applications;
#[cfg(test)]
mod associations;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod chef;
#[cfg(test)]
mod chef_conversions;
#[cfg(test)]
mod chef_run_ends;
#[cfg(test)]
mod chef_run_policies;
#[cfg(test)]
mod chef_run_rights;
#[cfg(test)]
mod chef_runs;
#[cfg(test)]
mod containers;
#[cfg(test)]
mod contents;
#[cfg(test)]
mod cookbook_artifacts;
#[cfg(test)]
mod cookbook_uses;
#[cfg(test)]
mod cookbooks;
#[cfg(test)]
mod counting;
#[cfg(test)]
mod data_bags;
#[cfg(test)]
mod environments;
#[cfg(test)]
mod facts;
#[cfg(test)]
mod following;
#[cfg(test)]
mod gate;
#[cfg(test)]
mod groups;
#[cfg(test)]
mod house;
#[cfg(test)]
mod indexing;
#[cfg(test)]
mod invitations;
#[cfg(test)]
mod job_files;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod machines;
#[cfg(test)]
mod members;
#[cfg(test)]
mod node_placement;
#[cfg(test)]
mod nodes;
#[cfg(test)]
mod people;
#[cfg(test)]
mod policies;
#[cfg(test)]
mod races;
#[cfg(test)]
mod repair;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod runs;
#[cfg(test)]
mod search;
#[cfg(test)]
mod shelves;
#[cfg(test)]
mod standing;
#[cfg(test)]
mod statements;
#[cfg(test)]
mod upkeep;
#[cfg(test)]
mod users;
#[cfg(test)]
mod vetting;
#[cfg(test)]
mod withdrawal;
