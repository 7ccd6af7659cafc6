//! Cookbooks in folders, held against what Chef's own tools were seen to make of them.

#[cfg(test)]
mod archives;
#[cfg(test)]
mod folder;
#[cfg(test)]
mod identifiers;
#[cfg(test)]
mod loading;
#[cfg(test)]
mod observed;
#[cfg(test)]
mod remote;
