//! What is asked of containers.

use serde_json::{Map, Value};

use crate::names::ContainerName;
use crate::refusals::{Refusal, containers, request};

/// A container that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewContainer {
    /// Its name: `id` if that is given, else `containername`.
    pub name: ContainerName,
}

impl NewContainer {
    /// Reads `{"id": …}` or `{"containername": …}`; whatever else is there (`containerpath`) says
    /// nothing.
    pub fn read(object: &Map<String, Value>) -> Result<Self, Refusal> {
        let name = object
            .get("id")
            .or_else(|| object.get("containername"))
            .ok_or_else(|| request::field_missing("containername"))?;
        let name = name.as_str().ok_or_else(|| request::field_invalid("containername"))?;
        let name = name.parse().map_err(|_| containers::invalid_name(name))?;
        Ok(Self { name })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::test_values::{any_object, object};
    use super::*;

    #[test]
    fn a_new_container_needs_a_name_and_nothing_else() {
        let missing = || Err(request::field_missing("containername"));
        for (body, expected) in [
            (json!({"id": "new.One-_"}), Ok("new.One-_")),
            (json!({"containername": "one", "containerpath": "/"}), Ok("one")),
            (json!({"id": "one", "containername": "two"}), Ok("one")),
            (json!({"containerpath": "/"}), missing()),
            (json!({"name": "one"}), missing()),
            (json!({"id": ""}), Err(containers::invalid_name(""))),
            (json!({"id": "new container"}), Err(containers::invalid_name("new container"))),
            (json!({"id": 1}), Err(request::field_invalid("containername"))),
        ] {
            let read = NewContainer::read(&object(&body)).map(|new| new.name.to_string());
            assert_eq!(read, expected.map(ToOwned::to_owned), "{body}");
        }
        assert_eq!(
            containers::invalid_name("a b").sentence,
            "Invalid name 'a b' using regex: 'Malformed container name. Must only contain A-Z, a-z, \
             0-9, _, -, or .'."
        );
    }

    proptest! {
        #[test]
        fn any_object_is_read_or_refused(body in any_object(&["id", "containername"])) {
            let _ = NewContainer::read(&body);
        }
    }
}
