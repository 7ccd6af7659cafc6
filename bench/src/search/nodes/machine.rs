//! The machine: processors, memory, disks, firmware, and the kernel that runs on them.

use serde_json::{Map, Value, json};

use super::{Dice, Node};

const FLAGS: &str = "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx \
    fxsr sse sse2 ss ht syscall nx pdpe1gb rdtscp lm constant_tsc rep_good nopl xtopology cpuid \
    tsc_known_freq pni pclmulqdq ssse3 fma cx16 pcid sse4_1 sse4_2 x2apic movbe popcnt aes xsave avx \
    f16c rdrand hypervisor lahf_lm abm 3dnowprefetch fsgsbase bmi1 avx2 smep bmi2 erms invpcid";

const MODULES: &[&str] = &[
    "xfs",
    "ext4",
    "jbd2",
    "mbcache",
    "crc16",
    "btrfs",
    "loop",
    "dm_mod",
    "sg",
    "sd_mod",
    "t10_pi",
    "ahci",
    "libahci",
    "libata",
    "scsi_mod",
    "virtio_net",
    "virtio_blk",
    "virtio_pci",
    "virtio_ring",
    "virtio",
    "net_failover",
    "failover",
    "crc32c_intel",
    "nf_conntrack",
    "nf_nat",
    "bridge",
    "stp",
    "overlay",
    "br_netfilter",
    "veth",
    "tun",
    "iptable_filter",
    "ip_tables",
    "x_tables",
];

const MEMORY: &[(&str, bool)] = &[
    ("active", true),
    ("anon_pages", true),
    ("bounce", false),
    ("buffers", true),
    ("cached", true),
    ("commit_limit", false),
    ("committed_as", true),
    ("dirty", true),
    ("free", true),
    ("available", true),
    ("inactive", true),
    ("mapped", true),
    ("nfs_unstable", false),
    ("page_tables", true),
    ("slab", true),
    ("slab_reclaimable", true),
    ("slab_unreclaim", true),
    ("total", false),
    ("vmalloc_chunk", false),
    ("vmalloc_total", false),
    ("writeback", false),
];

pub(super) fn attributes(node: Node, run: usize) -> Map<String, Value> {
    let (mut fixed, mut moving) = (Dice::new(node, 1), Dice::new(node, 2000 + run as u64));
    let uptime = 86_400 + 1800 * run as u64 + fixed.below(10_000_000);
    let idle = uptime * 3;
    let mut attributes = Map::new();
    let mut put = |name: &str, value: Value| attributes.insert(name.to_owned(), value);
    put("cpu", processors(&mut fixed));
    put("kernel", kernel(&mut fixed));
    put("memory", memory(&mut fixed, &mut moving));
    put("filesystem", filesystem(&mut fixed, &mut moving));
    put("block_device", disks(&mut fixed));
    put("dmi", firmware(&mut fixed));
    put("uptime_seconds", json!(uptime));
    put("uptime", json!(format!("{} days {} hours", uptime / 86_400, uptime / 3600 % 24)));
    put("idletime_seconds", json!(idle));
    put("idletime", json!(format!("{} days {} hours", idle / 86_400, idle / 3600 % 24)));
    put("machine_id", json!(fixed.hex(32)));
    put(
        "virtualization",
        json!({ "systems": { "kvm": "guest" }, "system": "kvm", "role": "guest" }),
    );
    attributes
}

fn processors(dice: &mut Dice) -> Value {
    let cores = 2 + 2 * dice.below(3);
    let model = dice.one(&["AMD EPYC 7B13", "Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz"]);
    let flags: Vec<&str> = FLAGS.split_whitespace().collect();
    let mut cpu = Map::new();
    for core in 0..cores {
        let one = json!({
            "vendor_id": "GenuineIntel", "family": "6", "model": "106", "model_name": model,
            "stepping": "6", "mhz": "2000.000", "cache_size": "49152 KB", "physical_id": "0",
            "core_id": core.to_string(), "cores": cores.to_string(),
        });
        cpu.insert(core.to_string(), one);
    }
    let more = json!({
        "total": cores, "cores": cores, "real": 1, "architecture": "x86_64", "model_name": model,
        "flags": flags, "vulnerability": { "meltdown": "Not affected", "retbleed": "Mitigation: Enhanced IBRS" },
    });
    if let Value::Object(more) = more {
        cpu.extend(more);
    }
    Value::Object(cpu)
}

fn kernel(dice: &mut Dice) -> Value {
    let release =
        dice.one(&["6.1.0-18-amd64", "6.1.0-21-amd64", "5.15.0-105-generic", "6.8.0-31-generic"]);
    let mut modules = Map::new();
    for name in MODULES {
        let module = json!({ "size": (16_384 * (1 + dice.below(60))).to_string(), "refcount": dice.below(9).to_string() });
        modules.insert((*name).to_owned(), module);
    }
    json!({
        "name": "Linux", "release": release, "version": "#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)",
        "machine": "x86_64", "processor": "unknown", "os": "GNU/Linux", "modules": modules,
    })
}

fn memory(fixed: &mut Dice, moving: &mut Dice) -> Value {
    let mut memory = Map::new();
    for (name, moves) in MEMORY {
        let dice = if *moves { &mut *moving } else { &mut *fixed };
        memory.insert((*name).to_owned(), json!(format!("{}kB", 1000 + dice.below(16_000_000))));
    }
    let swap = json!({ "cached": "0kB", "total": "2097148kB", "free": "2097148kB" });
    memory.insert("swap".to_owned(), swap);
    Value::Object(memory)
}

fn filesystem(fixed: &mut Dice, moving: &mut Dice) -> Value {
    let (mut by_device, mut by_mountpoint) = (Map::new(), Map::new());
    for (device, mount, moves) in [
        ("/dev/vda1", "/", true),
        ("/dev/vdb1", "/srv", true),
        ("/dev/vda15", "/boot/efi", false),
        ("tmpfs", "/run", false),
        ("shm", "/dev/shm", false),
    ] {
        let size = 1_000_000 + fixed.below(500_000_000);
        let used = (if moves { &mut *moving } else { &mut *fixed }).below(size);
        let uuid = format!("{}-{}-{}", fixed.hex(8), fixed.hex(4), fixed.hex(12));
        let one = |other: &str, others: &str| {
            json!({
                "kb_size": size.to_string(), "kb_used": used.to_string(),
                "kb_available": (size - used).to_string(),
                "percent_used": format!("{}%", 100 * used / size), "total_inodes": (size / 16).to_string(),
                "inodes_used": (size / 160).to_string(), "fs_type": "ext4", "uuid": uuid,
                "mount_options": ["rw", "relatime", "errors=remount-ro"], other: [others],
            })
        };
        by_device.insert(device.to_owned(), one("mounts", mount));
        by_mountpoint.insert(mount.to_owned(), one("devices", device));
    }
    json!({ "by_device": by_device, "by_mountpoint": by_mountpoint })
}

fn disks(dice: &mut Dice) -> Value {
    let mut disks = Map::new();
    for name in ["vda", "vdb", "sr0"] {
        let disk = json!({
            "size": (2048 * dice.below(500_000_000)).to_string(), "removable": "0",
            "rotational": "1", "physical_block_size": "512", "logical_block_size": "512",
            "vendor": "0x1af4", "state": "running", "timeout": "30", "queue_depth": "64",
        });
        disks.insert(name.to_owned(), disk);
    }
    Value::Object(disks)
}

fn firmware(dice: &mut Dice) -> Value {
    let serial = dice.hex(12);
    json!({
        "bios": { "vendor": "SeaBIOS", "version": "1.16.2-1", "release_date": "04/01/2014", "rom_size": "64 kB" },
        "system": { "manufacturer": "QEMU", "product_name": "Standard PC (Q35 + ICH9, 2009)", "serial_number": serial, "uuid": dice.hex(32) },
        "chassis": { "manufacturer": "QEMU", "type": "Other", "version": "pc-q35-7.2", "boot_up_state": "Safe" },
        "processor": { "type": "Central Processor", "family": "Other", "manufacturer": "QEMU", "status": "Populated, Enabled" },
    })
}
