//! Cookbooks on a machine's disk.
//!
//! A [`Cookbook`] is a folder that was read once: its metadata, and its files with their MD5s, chosen
//! as Chef's own tools choose them. From it comes the manifest that a Chef server is sent; sending is
//! the business of others.

mod cookbook;

pub use cookbook::{
    Chefignore, Cookbook, CookbookError, CookbookFile, InvalidArchive, InvalidCookbook, Manifest,
    Naming, RemoteCookbook, RemoteFile, TakeFile, compile, limits, read_archive, unpack,
};
