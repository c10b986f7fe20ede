#!/usr/bin/python3
"""Checks NetworkManager's keyfiles and systemd-networkd's files in a folder: sections and keys that
they have, addresses that are addresses, names that lead somewhere.

usage: keyfiles.py FOLDER
"""

import configparser
import ipaddress
import os
import re
import sys

NM = {
    "connection": "id type interface-name master slave-type",
    "ethernet": "mac-address mtu",
    "infiniband": "mac-address mtu",
    "bond": None,
    "bridge": "stp priority forward-delay hello-time max-age ageing-time",
    "vlan": "id parent",
    "ipv4": "method address# route# gateway dns dns-search",
    "ipv6": "method address# route# gateway dns",
}
NETWORKD = {
    "Match": "Name PermanentMACAddress",
    "Link": "MTUBytes",
    "Network": "DHCP IPv6AcceptRA Address Gateway DNS Domains VLAN Bond Bridge "
               "PrimarySlave",
    "Route": "Destination Gateway",
    "NetDev": "Name Kind",
    "Bond": "Mode LACPTransmitRate TransmitHashPolicy MinLinks AdSelect FailOverMACPolicy "
            "MIIMonitorSec UpDelaySec DownDelaySec ARPIntervalSec ARPIPTargets ARPValidate "
            "PrimaryReselectPolicy",
    "Bridge": "STP Priority ForwardDelaySec",
    "VLAN": "Id",
}


def lines_of(path):
    section = ""
    with open(path, encoding="utf-8") as f:
        for line in f.read().splitlines():
            found = re.fullmatch(r"\[([A-Za-z0-9]+)\]", line)
            if found:
                section = found[1]
                yield section, "", ""
            elif line:
                key, equals, value = line.partition("=")
                if not equals or not section:
                    raise ValueError(f"neither section nor KEY=VALUE: '{line}'")
                yield section, key, value


def check_file(path, known):
    for section, key, value in lines_of(path):
        if section not in known:
            raise ValueError(f"no section [{section}]")
        allowed = known[section]
        if key and allowed is not None and re.sub(r"[0-9]+$", "#", key) not in allowed.split() \
                and key not in allowed.split():
            raise ValueError(f"[{section}] has no {key}")
        if not value and key:
            raise ValueError(f"{key} is empty")
        if re.match(r"[aA]ddress", key):
            ipaddress.ip_interface(value)
        if key.lower() == "gateway":
            ipaddress.ip_address(value)
        if re.match(r"route[0-9]", key):
            to, via = value.split(",")
            ipaddress.ip_network(to)
            ipaddress.ip_address(via)
        if key == "Destination":
            ipaddress.ip_network(value)


def check_masters(folder):
    profiles = {}
    for name in os.listdir(folder):
        if name.endswith(".nmconnection"):
            parser = configparser.ConfigParser(interpolation=None)
            parser.read(os.path.join(folder, name))
            profiles[parser["connection"]["id"]] = parser
    for name, parser in profiles.items():
        master = parser["connection"].get("master")
        if master and profiles[master]["connection"]["type"] != parser["connection"]["slave-type"]:
            raise ValueError(f"{name}: its master is of another sort")
        parent = parser["vlan"].get("parent") if "vlan" in parser else None
        if parent and parent not in profiles:
            raise ValueError(f"{name}: there is no {parent}")


def main():
    folder = sys.argv[1]
    for name in sorted(os.listdir(folder)):
        known = NM if name.endswith(".nmconnection") else \
            NETWORKD if name.endswith((".network", ".netdev")) else None
        try:
            if known:
                check_file(os.path.join(folder, name), known)
        except ValueError as why:
            print(f"{name}: {why}")
            return 1
    try:
        check_masters(folder)
    except (ValueError, KeyError, configparser.Error) as why:
        print(f"keyfiles: {why}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
