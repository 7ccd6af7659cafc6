//! Processors and memory.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Object, Root, set};

/// Each field of `/proc/cpuinfo` that is told, and what Chef calls it.
const FIELDS: &[(&str, &str)] = &[
    ("vendor_id", "vendor_id"),
    ("model name", "model_name"),
    ("cpu family", "family"),
    ("model", "model"),
    ("stepping", "stepping"),
    ("cache size", "cache_size"),
    ("physical id", "physical_id"),
    ("core id", "core_id"),
    ("cpu cores", "cores"),
];

/// The processors and the memory, as the kernel tells of them.
pub(super) fn facts(root: &Root) -> Object {
    let mut facts = Object::new();
    set(&mut facts, "cpu", root.read("proc/cpuinfo").map(|text| processors(&text)));
    set(&mut facts, "memory", root.read("proc/meminfo").map(|text| memory(&text)));
    facts
}

fn processors(text: &str) -> Value {
    let mut told = Object::new();
    let (mut sockets, mut cores) = (BTreeSet::new(), BTreeSet::new());
    let mut total = 0u64;
    for block in text.split("\n\n") {
        let field = |name: &str| {
            let fields = block.lines().filter_map(|line| line.split_once(':'));
            let mut values = fields.filter(|(known, _)| known.trim() == name);
            values.next().map(|(_, value)| value.trim().to_owned())
        };
        let Some(number) = field("processor") else { continue };
        total += 1;
        let mut processor = Object::new();
        for (known, name) in FIELDS {
            set(&mut processor, name, field(known));
        }
        let (socket, core) = (field("physical id"), field("core id"));
        cores.insert((socket.clone(), core));
        sockets.extend(socket);
        told.insert(number, processor.into());
    }
    let count = |them: usize| if them == 0 { total } else { them as u64 };
    told.insert("total".to_owned(), total.into());
    told.insert("real".to_owned(), count(sockets.len()).into());
    let cores = if sockets.is_empty() { total } else { count(cores.len()) };
    told.insert("cores".to_owned(), cores.into());
    told.into()
}

/// How much there is, and not how much is free: that is never the same, so each report would be news.
fn memory(text: &str) -> Value {
    let field = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        Some(value.split_whitespace().collect::<String>())
    };
    let mut memory = Object::new();
    set(&mut memory, "total", field("MemTotal"));
    if let Some(total) = field("SwapTotal") {
        memory.insert("swap".to_owned(), json!({"total": total}));
    }
    memory.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_are_counted_by_threads_cores_and_sockets() {
        let thread = |number, socket, core| {
            format!(
                "processor\t: {number}\nmodel name\t: Fast 3000\nphysical id\t: {socket}\ncore id\t: {core}\nflags\t: a: b\n"
            )
        };
        let text = [thread(0, 0, 0), thread(1, 0, 1), thread(2, 0, 0), thread(3, 1, 0)].join("\n");
        let cpu = processors(&text);
        assert_eq!((&cpu["total"], &cpu["real"], &cpu["cores"]), (&json!(4), &json!(2), &json!(3)));
        assert_eq!(
            cpu["3"],
            json!({"model_name": "Fast 3000", "physical_id": "1", "core_id": "0"})
        );
        // Where the kernel tells of no sockets, as on ARM.
        let cpu =
            processors("processor\t: 0\nBogoMIPS\t: 50.00\n\nprocessor\t: 1\n\nHardware\t: x\n");
        assert_eq!((&cpu["total"], &cpu["real"]), (&json!(2), &json!(2)));
    }

    #[test]
    fn memory_is_written_as_chef_writes_it() {
        let text = "MemTotal:       16384000 kB\nMemFree:          123 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n";
        assert_eq!(memory(text), json!({"total": "16384000kB", "swap": {"total": "0kB"}}));
    }
}
