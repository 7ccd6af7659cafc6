//! Interfaces and addresses, and which of them the machine is reached by.

use std::net::IpAddr;

use if_addrs::{IfAddr, Interface};
use serde_json::{Value, json};

use super::{Object, Root, set};

/// The addresses of all interfaces.
pub(super) fn addresses() -> Vec<Interface> {
    if_addrs::get_if_addrs().unwrap_or_else(|error| {
        tracing::warn!(%error, "cannot read this machine's addresses");
        Vec::new()
    })
}

/// The interfaces with these addresses; and of the one that leads to the default gateway (else of the
/// first that is no loopback) the machine's own addresses.
pub(super) fn facts(root: &Root, addresses: &[Interface]) -> Object {
    let mut interfaces = Object::new();
    for name in root.list("sys/class/net") {
        if let Some(told) = interface(root, &name, addresses) {
            interfaces.insert(name, told);
        }
    }
    let (mut network, mut facts) = (Object::new(), Object::new());
    let gateway = default_route(root);
    let default = gateway.as_ref().map(|(name, _)| name.clone()).or_else(|| {
        let outward = addresses.iter().find(|it| !it.is_loopback() && !it.is_link_local());
        outward.map(|it| it.name.clone())
    });
    if let Some(name) = &default {
        let own = || addresses.iter().filter(|it| it.name == *name && !it.is_link_local());
        let v4 = own().find(|it| it.ip().is_ipv4()).map(|it| it.ip().to_string());
        let v6 = own().find(|it| it.ip().is_ipv6()).map(|it| it.ip().to_string());
        set(&mut facts, "ipaddress", v4);
        set(&mut facts, "ip6address", v6);
        set(&mut facts, "macaddress", hardware_address(root, name));
    }
    if let Some((name, gateway)) = gateway {
        network.insert("default_interface".to_owned(), name.into());
        network.insert("default_gateway".to_owned(), gateway.into());
    }
    network.insert("interfaces".to_owned(), interfaces.into());
    facts.insert("network".to_owned(), network.into());
    facts
}

fn interface(root: &Root, name: &str, addresses: &[Interface]) -> Option<Value> {
    let read = |file: &str| root.read(&format!("sys/class/net/{name}/{file}"));
    // What is no folder there is no interface.
    let state = read("operstate")?;
    let mut known = Object::new();
    if let Some(address) = hardware_address(root, name) {
        known.insert(address, json!({"family": "lladdr"}));
    }
    for address in addresses.iter().filter(|it| it.name == name) {
        let scope = match address {
            it if it.is_loopback() => "Node",
            it if it.is_link_local() => "Link",
            _ => "Global",
        };
        let told = match &address.addr {
            IfAddr::V4(v4) => {
                let (prefix, mask) = (v4.prefixlen.to_string(), v4.netmask.to_string());
                let mut told = json!({
                    "family": "inet", "prefixlen": prefix, "netmask": mask, "scope": scope,
                });
                if let (Some(broadcast), Some(told)) = (v4.broadcast, told.as_object_mut()) {
                    told.insert("broadcast".to_owned(), broadcast.to_string().into());
                }
                told
            }
            IfAddr::V6(v6) => {
                let prefix = v6.prefixlen.to_string();
                json!({"family": "inet6", "prefixlen": prefix, "scope": scope})
            }
        };
        known.insert(address.ip().to_string(), told);
    }
    let mut interface = Object::new();
    let encapsulation = match read("type").as_deref() {
        Some("1") => Some("Ethernet"),
        Some("772") => Some("Loopback"),
        _ => None,
    };
    let (kind, number) = name.split_at(name.trim_end_matches(|it: char| it.is_ascii_digit()).len());
    interface.insert("type".to_owned(), kind.into());
    set(&mut interface, "number", (!number.is_empty()).then_some(number));
    set(&mut interface, "mtu", read("mtu"));
    set(&mut interface, "encapsulation", encapsulation);
    interface.insert("state".to_owned(), state.into());
    interface.insert("addresses".to_owned(), known.into());
    Some(interface.into())
}

/// An interface's MAC address, as Chef writes it; none for one that has only zeros.
fn hardware_address(root: &Root, name: &str) -> Option<String> {
    let address = root.read(&format!("sys/class/net/{name}/address"))?;
    address.bytes().any(|byte| !b"0:".contains(&byte)).then(|| address.to_uppercase())
}

/// The interface of the default route with the least metric, and its gateway.
fn default_route(root: &Root) -> Option<(String, String)> {
    let v4 = root.read("proc/net/route").and_then(|routes| {
        let routes = routes.lines().skip(1).map(|line| line.split_whitespace().collect::<Vec<_>>());
        let defaults = routes.filter_map(|fields| match fields.as_slice() {
            [name, "00000000", gateway, _, _, _, metric, "00000000", ..] => {
                let metric: u64 = metric.parse().ok()?;
                let gateway = u32::from_str_radix(gateway, 16).ok()?;
                Some((metric, (*name).to_owned(), gateway))
            }
            _ => None,
        });
        let (_, name, gateway) = defaults.min()?;
        // The kernel writes the address as a number of this machine's.
        Some((name, IpAddr::from(gateway.to_ne_bytes()).to_string()))
    });
    v4.or_else(|| {
        let routes = root.read("proc/net/ipv6_route")?;
        let routes = routes.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let defaults = routes.filter_map(|fields| match fields.as_slice() {
            [target, "00", _, _, gateway, metric, _, _, _, name]
                if target.bytes().all(|it| it == b'0') && *name != "lo" =>
            {
                let gateway = u128::from_str_radix(gateway, 16).ok().filter(|it| *it != 0)?;
                Some((u64::from_str_radix(metric, 16).ok()?, (*name).to_owned(), gateway))
            }
            _ => None,
        });
        let (_, name, gateway) = defaults.min()?;
        Some((name, IpAddr::from(gateway.to_be_bytes()).to_string()))
    })
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use if_addrs::{IfOperStatus, Ifv4Addr, Ifv6Addr};

    use super::*;

    fn address(name: &str, ip: &str, prefixlen: u8) -> Interface {
        let addr = match ip.parse().unwrap() {
            IpAddr::V4(ip) => IfAddr::V4(Ifv4Addr {
                ip,
                netmask: Ipv4Addr::from(u32::MAX << (32 - prefixlen)),
                prefixlen,
                broadcast: None,
            }),
            IpAddr::V6(ip) => IfAddr::V6(Ifv6Addr {
                ip,
                netmask: Ipv6Addr::UNSPECIFIED,
                prefixlen,
                broadcast: None,
            }),
        };
        let oper_status = IfOperStatus::Up;
        Interface { name: name.to_owned(), addr, index: None, oper_status, is_p2p: false }
    }

    #[test]
    fn the_machine_is_reached_where_its_default_route_leads() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        for (name, mac) in [("eth0", "52:54:00:aa:bb:cc"), ("eth1", "52:54:00:00:00:01")] {
            for (file, text) in
                [("address", mac), ("operstate", "up"), ("mtu", "1500"), ("type", "1")]
            {
                write(&format!("sys/class/net/{name}/{file}"), &format!("{text}\n"));
            }
        }
        write("sys/class/net/bonding_masters", "bond0\n");
        let route = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n\
            eth0\t00000000\tFE02A8C0\t0003\t0\t0\t200\t00000000\t0\t0\t0\n\
            eth1\t00000000\t0102000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\n";
        write("proc/net/route", route);
        let addresses = [
            address("eth0", "192.168.2.7", 24),
            address("eth1", "fe80::1", 64),
            address("eth1", "2001:db8::7", 64),
            address("eth1", "10.0.2.15", 24),
        ];
        let facts = Value::Object(facts(&Root(folder.path().to_owned()), &addresses));
        assert_eq!(facts["ipaddress"], "10.0.2.15");
        assert_eq!(facts["ip6address"], "2001:db8::7");
        assert_eq!(facts["macaddress"], "52:54:00:00:00:01");
        let network = &facts["network"];
        assert_eq!(network["default_interface"], "eth1");
        let interfaces = network["interfaces"].as_object().unwrap();
        assert_eq!(interfaces.keys().collect::<Vec<_>>(), ["eth0", "eth1"]);
        assert_eq!(
            interfaces["eth0"],
            json!({
                "type": "eth", "number": "0", "mtu": "1500", "encapsulation": "Ethernet",
                "state": "up",
                "addresses": {
                    "52:54:00:AA:BB:CC": {"family": "lladdr"},
                    "192.168.2.7": {
                        "family": "inet", "prefixlen": "24", "netmask": "255.255.255.0",
                        "scope": "Global",
                    },
                },
            })
        );
        let link = &interfaces["eth1"]["addresses"]["fe80::1"];
        assert_eq!(*link, json!({"family": "inet6", "prefixlen": "64", "scope": "Link"}));
    }
}
