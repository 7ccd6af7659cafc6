//! The network: interfaces, their addresses, routes and counters, and the names that follow from them.

use serde_json::{Map, Value, json};

use super::{Dice, Node};

pub(super) fn attributes(node: Node, run: usize) -> Map<String, Value> {
    let (mut fixed, mut moving) = (Dice::new(node, 2), Dice::new(node, 500_000 + run as u64));
    let (mut interfaces, mut counters) = (Map::new(), Map::new());
    let loopback = json!({
        "mtu": "65536", "flags": ["LOOPBACK", "UP", "LOWER_UP"], "encapsulation": "Loopback",
        "state": "unknown", "addresses": {
            "127.0.0.1": { "family": "inet", "prefixlen": "8", "netmask": "255.0.0.0", "scope": "Node", "ip_scope": "LOOPBACK" },
            "::1": { "family": "inet6", "prefixlen": "128", "scope": "Node", "tags": [], "ip_scope": "LINK LOCAL LOOPBACK" },
        },
    });
    interfaces.insert("lo".to_owned(), loopback);
    let address = node.address();
    let network = address.rsplit_once('.').map_or("10.0.0", |(network, _)| network);
    let mac = mac(&mut fixed);
    let long = format!("fe80::{}:{}:{}:{}", fixed.hex(4), fixed.hex(4), fixed.hex(4), fixed.hex(4));
    for (name, ip, mac) in [
        ("eth0", address.clone(), mac.clone()),
        (
            "eth1",
            format!("192.168.{}.{}", node.number / 250 % 250, node.number % 250),
            self::mac(&mut fixed),
        ),
        ("docker0", "172.17.0.1".to_owned(), self::mac(&mut fixed)),
    ] {
        let broadcast = format!("{network}.255");
        let mut addresses = Map::new();
        addresses.insert(mac.clone(), json!({ "family": "lladdr" }));
        addresses.insert(
            ip,
            json!({ "family": "inet", "prefixlen": "24", "netmask": "255.255.255.0", "broadcast": broadcast, "scope": "Global", "ip_scope": "RFC1918 PRIVATE" }),
        );
        if name == "eth0" {
            addresses.insert(long.clone(), json!({ "family": "inet6", "prefixlen": "64", "scope": "Link", "tags": [], "ip_scope": "LINK LOCAL UNICAST" }));
        }
        let interface = json!({
            "type": "eth", "number": "0", "mtu": "1500", "encapsulation": "Ethernet", "state": "up",
            "flags": ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"], "addresses": addresses,
            "arp": { format!("{network}.1"): self::mac(&mut fixed), format!("{network}.2"): self::mac(&mut fixed) },
            "routes": [
                { "destination": "default", "family": "inet", "via": format!("{network}.1") },
                { "destination": format!("{network}.0/24"), "family": "inet", "scope": "link", "proto": "kernel" },
            ],
            "ring_params": { "max_rx": 256, "max_tx": 256, "current_rx": 256, "current_tx": 256 },
            "offload": { "rx-checksumming": "on [fixed]", "tx-checksumming": "on", "generic-segmentation-offload": "on", "large-receive-offload": "off [fixed]" },
        });
        interfaces.insert(name.to_owned(), interface);
        let dice = if name == "docker0" { &mut fixed } else { &mut moving };
        let mut way = || json!({ "bytes": dice.below(1 << 40).to_string(), "packets": dice.below(1 << 30).to_string(), "errors": "0", "drop": "0", "overrun": "0" });
        counters.insert(name.to_owned(), json!({ "rx": way(), "tx": way() }));
    }
    let attributes = json!({
        "network": {
            "interfaces": interfaces, "default_interface": "eth0", "default_gateway": format!("{network}.1"),
            "settings": sysctl(),
        },
        "counters": { "network": { "interfaces": counters } },
        "ipaddress": address, "ip6address": long, "macaddress": mac,
        "hostname": node.hostname(), "machinename": node.hostname(), "fqdn": node.fqdn(),
        "domain": format!("{}.example.com", node.environment()),
    });
    match attributes {
        Value::Object(attributes) => attributes,
        _ => Map::new(),
    }
}

fn sysctl() -> Value {
    let mut settings = Map::new();
    for name in [
        "net.core.somaxconn",
        "net.core.rmem_max",
        "net.core.wmem_max",
        "net.ipv4.ip_forward",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_max_syn_backlog",
        "net.ipv4.conf.all.rp_filter",
        "net.ipv6.conf.all.forwarding",
    ] {
        settings.insert(name.to_owned(), json!("1"));
    }
    Value::Object(settings)
}

fn mac(dice: &mut Dice) -> String {
    let pairs: Vec<String> = (0..5).map(|_| dice.hex(2).to_uppercase()).collect();
    format!("52:{}", pairs.join(":"))
}
