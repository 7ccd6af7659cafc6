//! What the stores hold: applications, and in the first of them many nodes.

use anyhow::Result;
use pantry_model::{Acl, ObjectId, Principal, Timestamp};
use pantry_store::{Change, Kind, Scope, Store, Write};

/// How many applications there are.
pub(crate) const APPLICATIONS: usize = 50;

/// How many nodes the first one has.
pub(crate) const NODES: usize = 3_000;

/// The size of a node.
pub(crate) const BYTES: usize = 500;

/// How many nodes each application has that writers change, one for each.
pub(crate) const WRITERS: usize = 64;

/// An application's scope.
pub(crate) fn scope(number: usize) -> Result<Scope> {
    Ok(Scope::Application(format!("app{number}").parse()?))
}

/// The name of one of the nodes of the first application.
pub(crate) fn node(number: usize) -> String {
    format!("node{number:04}.example.com")
}

/// The name of the node that a writer changes.
pub(crate) fn own_node(writer: usize) -> String {
    format!("writer{writer}.example.com")
}

/// A node's content, another for each number.
pub(crate) fn body(number: u64) -> Vec<u8> {
    let mut body = format!("{{\"number\":{number:020},\"text\":\"").into_bytes();
    // Not all the same, which would be compressed to nothing.
    let mut state = number;
    while body.len() < BYTES - 2 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        body.push(b'a' + u8::try_from((state >> 40) % 26).unwrap_or_default());
    }
    body.extend(b"\"}");
    body
}

/// An empty write.
pub(crate) fn write() -> Result<Write> {
    Ok(Write::new(Some(Principal::User("admin".parse()?)), Timestamp(1)))
}

/// Fills a store.
pub(crate) async fn fill(store: &dyn Store) -> Result<()> {
    let mut ids = (1u128..).map(|number| ObjectId(number.to_be_bytes()));
    let mut make = |write: &mut Write, scope: &Scope, name: &str| {
        let id = ids.next().unwrap_or(ObjectId([0; 16]));
        write.create_object(scope, Kind::Node, name, id, body(0), Acl::default());
    };
    for number in 0..APPLICATIONS {
        let scope = scope(number)?;
        let mut write = write()?;
        write.changes.push(Change::OpenScope { application: scope.as_str().parse()? });
        for writer in 0..WRITERS {
            make(&mut write, &scope, &own_node(writer));
        }
        store.commit(write).await?;
    }
    let first = scope(0)?;
    for start in (0..NODES).step_by(100) {
        let mut write = write()?;
        for number in start..start + 100 {
            make(&mut write, &first, &node(number));
        }
        store.commit(write).await?;
    }
    Ok(())
}
