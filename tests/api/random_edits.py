#!/usr/bin/env python3
"""Usage: random_edits.py SEED STEPS

Random changes of all sorts, with sync by hand only. After every few a sync, and what is published
then must be, byte for byte, what a sync of all makes of it that has lost its manifest. In most of the
rounds only systems change, so that the first of the two finds little or nothing to do. The published
tree is STATE/tftp of the environment's STATE. Prints how many changes were taken, and how often the
sync had nothing to do."""
import hashlib
import os
import random
import sys
import time

from client import Client

EVERY = 4
TREE = os.environ["STATE"] + "/tftp/current"
NAMES = {
    "distros": ["d1", "d2"],
    "profiles": ["p1", "p2", "p3", "p4"],
    "systems": [f"s{n}" for n in range(8)],
    "images": ["i1", "i2"],
    "networks": ["n1", "n2", "n3"],
    "menus": ["m1", "m2", "m3"],
    "groups": ["g1", "g2"],
    "templates": ["t1", "t2"],
}
OTHERS = [kind for kind in NAMES if kind != "systems"] + ["settings"]
# Of each field some values; None unsets it.
OPTIONS = [{}, {"quiet": True}, {"a": "1 2"}, {"b": "$z"}, {"!quiet": True}, {"c": ["1", "2"]}, None]
SHARED = {
    "kernel_options": OPTIONS,
    "boot_loaders": [["ipxe"], ["pxe", "grub"], ["grub", "ipxe", "pxe"], None],
    "autoinstall": ["debian.preseed", "t1", "", None],
    "autoinstall_meta": OPTIONS,
    "comment": ["x", "\u00e9\u2603\U0001f600", None],
    "enable_ipxe": [True, False, None],
    "filename": ["lpxelinux.0", "x.efi", "", None],
    "http_boot": ["image", "ipxe", "grub", None],
    "installer_network": ["static", "dhcp", None],
    "loaders_from": ["auto", "distro", "server", None],
    "name_servers": [["10.0.0.1"], ["10.0.0.2", "2001:db8::1"], [], None],
    "name_servers_search": [["a.example", "b.example"], ["c.example"], None],
    "next_server_v4": ["10.77.0.9", None],
    "proxy": ["http://p:1/", "http://q:2/", None],
    "root": ["initrd", "nfs:10.0.0.1:/r", "iscsi:10.0.0.1:::1:iqn.2026-01.org.example:w", "", None],
    "server": ["10.77.0.8", "boot.example", None],
    "virt_ram": [512, None],
}
FIELDS = {
    "distros": {
        "arch": ["x86_64", "aarch64"],
        "breed": ["debian", "suse", "redhat", "coreos"],
        "hypervisor": ["/srv/t/linux", None],
        "kernel_options": OPTIONS,
        "os_version": ["bookworm", "rhel6", None],
        "tree": ["/srv/t", "http://x/y.iso", None],
    },
    "profiles": {
        **SHARED,
        "dhcp_tag": ["rack1", "", None],
        "enable_menu": [True, False, None],
        "menu": NAMES["menus"] + [None],
    },
    "systems": {
        **SHARED,
        "gateway": ["10.77.0.254", None],
        "groups": [["g1"], []],
        "hostname": ["h1", "h2.example.org", None],
        "netboot_enabled": [True, False, None],
        "profile": NAMES["profiles"],
        "serial_device": ["0", "hvc0", None],
        "status": ["testing", None],
    },
    "images": {
        "image_type": ["direct", "iso", "memdisk", "virt-clone"],
        "kernel_options": OPTIONS,
        "menu": NAMES["menus"] + [None],
    },
    "networks": {
        "address": ["10.77.0.0/24", "10.78.0.0/24", "fd77::/64"],
        "dhcp_interface": ["br0", "br0.10", None],
        "dhcp_mode": ["full", "proxy", "none", None],
        "dhcp_range": [["10.77.0.50-10.77.0.60"], ["fd77::10-fd77::20"], None],
        "gateway": ["10.77.0.1", None],
        "next_server_v6": ["fd77::1", None],
        "server": ["10.78.0.1", None],
        "vlan": [10, None],
    },
    "menus": {"display_name": ["Tools", "(x) [y] {z}", None], "parent": NAMES["menus"] + [None]},
    "groups": {"comment": ["a", "b"]},
    "templates": {"content": ["x {{ name }}\n", "y\n"]},
    "settings": {
        "dhcp_range": ["10.77.0.50,10.77.0.99", None],
        "enable_ipxe": [True, False, None],
        "generations_kept": [0, 1, None],
        "http_port": [8080, None],
        "kernel_options": OPTIONS,
        "manage_dhcp": [True, True, False],
        "name_servers_search": SHARED["name_servers_search"],
        "unknown_machines": ["menu", "local", "none"],
    },
}
CARD = {
    "dhcp_tag": ["r1", "", None],
    "if_gateway": ["10.77.0.1", None],
    "ip_address": [f"10.77.0.{n}" for n in range(10, 40)] + [None],
    "ipv6_address": [f"fd77::{n}" for n in range(10, 40)] + [None],
    "mac_address": [f"52:54:00:{n % 2:02x}:00:{n:02x}" for n in range(16)],
    "management": [True, False, None],
    "mtu": [1500, None],
    "netmask": ["255.255.255.0", None],
}
# What an item cannot be without.
NEEDED = {
    "distros": {"kernel": "/srv/t/linux", "initrd": ["/srv/t/initrd.gz"], "breed": "debian"},
    "images": {"file": "/srv/t/linux", "image_type": "direct"},
}
client = Client()
rnd = random.Random(int(sys.argv[1]))


def values(fields, most):
    """Often of one field alone, for what it publishes must not hide behind another's."""
    some = rnd.sample(sorted(fields), min(len(fields), rnd.choice([1, 1, most])))
    return {field: rnd.choice(fields[field]) for field in some}


def patch(kind):
    if kind != "systems" or rnd.random() < 0.5:
        return values(FIELDS[kind], 4)
    card = rnd.choice(["eth0", "eth1", "eth0.10"])
    return {"interfaces": {card: None if rnd.random() < 0.1 else values(CARD, len(CARD))}}


def whole(kind):
    body = {field: value for field, value in patch(kind).items() if value is not None}
    body.update(NEEDED.get(kind, {}))
    if kind == "profiles" and rnd.random() < 0.7:
        body["distro"] = rnd.choice(NAMES["distros"])
    elif kind == "profiles":
        body["parent"] = rnd.choice(NAMES["profiles"])
    elif kind == "systems":
        body.setdefault("profile", rnd.choice(NAMES["profiles"]))
    elif kind == "networks":
        body.setdefault("address", "10.79.0.0/16")
    if "interfaces" in body:
        body["interfaces"] = {
            name: {field: value for field, value in card.items() if value is not None}
            for name, card in body["interfaces"].items()
            if card
        }
    return body


def undo():
    revisions = client.must("GET", "/api/v1/history?limit=20")["items"]
    return "POST", f"/api/v1/history/{rnd.choice(revisions)['revision']}:revert?force=1", None


def change(kind):
    """A method, a path and a body: of what may well be refused."""
    if kind == "settings":
        return "PATCH", "/api/v1/settings", patch(kind)
    path = f"/api/v1/{kind}/{rnd.choice(NAMES[kind])}"
    at = rnd.random()
    if at < 0.55:
        return "PATCH", path, patch(kind)
    if at < 0.75:
        return "PUT", path, whole(kind)
    if at < 0.82:
        return "POST", path + ":rename", {"name": rnd.choice(NAMES[kind])}
    if at < 0.86:
        return "POST", path + ":copy", {"name": rnd.choice(NAMES[kind])}
    if at < 0.93:
        return "DELETE", path + rnd.choice(["", "", "?recursive=1"]), None
    if at < 0.97 and kind == "systems":
        return "POST", path + ":reinstall" + rnd.choice(["", "?cancel=1"]), None
    return undo()


def sync():
    """The task that it was, when it has ended."""
    task = client.must("POST", "/api/v1/sync", {})
    while task["state"] in ("waiting", "running"):
        time.sleep(0.01)
        task = client.must("GET", f"/api/v1/tasks/{task['id']}")
    return task


def published():
    """Mode and sum of every file by its path."""
    tree = {}
    for folder, _, names in os.walk(TREE + "/"):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                tree[path] = (os.lstat(path).st_mode, hashlib.sha256(file.read()).hexdigest())
    del tree[TREE + "/manifest.json"]
    return tree


def compare(log):
    """True where there was nothing to do. What cannot be published is undone."""
    task = sync()
    while task["state"] == "failed":
        last = client.must("GET", "/api/v1/history?limit=1")["items"][0]["revision"]
        log.append(f"undone: {task['error']['detail']}")
        method, path = ("POST", f"/api/v1/history/{last}:revert?all=1&force=1")
        if client.ask(method, path).status >= 300:
            client.must("DELETE", f"/api/v1/systems/{rnd.choice(NAMES['systems'])}")
        task = sync()
    before = published()
    os.unlink(TREE + "/manifest.json")
    assert sync()["state"] == "done"
    after = published()
    differ = [path for path in sorted({*before, *after}) if before.get(path) != after.get(path)]
    if differ:
        sys.exit("\n".join(log[-20:] + ["not as a full sync publishes it:"] + differ))
    return task["result"]["changed"] == 0


def main():
    log, taken, idle, only_systems = [], 0, 0, False
    client.must("PATCH", "/api/v1/settings", {"server": "10.77.0.1", "auto_sync": False})
    for kind in ("distros", "menus", "groups", "templates", "images"):
        for name in NAMES[kind]:
            client.must("PUT", f"/api/v1/{kind}/{name}", NEEDED.get(kind, {}))
    for name in NAMES["profiles"]:
        client.must("PUT", f"/api/v1/profiles/{name}", {"distro": "d1"})
    for name in NAMES["systems"]:
        client.must("PUT", f"/api/v1/systems/{name}", {"profile": "p1"})
    for step in range(1, int(sys.argv[2]) + 1):
        kind = "systems" if only_systems or rnd.random() < 0.5 else rnd.choice(OTHERS)
        method, path, body = change(kind)
        if method == "PUT" and client.ask("GET", path).status == 200:
            answer = client.ask(method, path, body, If_Match="*")
        else:
            answer = client.ask(method, path, body)
        assert answer.status < 500, f"{method} {path} {body}: {answer.text}"
        taken += answer.status < 300
        log.append(f"{step}: {method} {path} {body}: {answer.status}")
        if step % EVERY == 0:
            idle += compare(log)
            only_systems = rnd.random() < 0.7
    print(f"{taken} changes, {idle} syncs had nothing to do")


main()
