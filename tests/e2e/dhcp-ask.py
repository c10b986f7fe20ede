#!/usr/bin/python3
"""Asks for a boot file as a machine's firmware does, and prints what is offered as one line of
KEY=VALUE words: DHCPDISCOVER by RFC 2131, 2132 and 4578 on a raw socket, or DHCPv6 SOLICIT by RFC
8415 and 5970. With a name, for IPv4, the offer is taken: DHCPREQUEST with that host name. With the
address that another server gave, the first entry of PXE's menu is chosen: "boots" is its file.

dhcp-ask.py INTERFACE 4|6 ARCHITECTURE [ipxe] [MAC] [name=NAME] [at=ADDRESS]
"""
import os
import socket
import struct
import sys
import time

SECONDS = 4
ARCHITECTURES_OVER_HTTP = (15, 16, 18, 19)


def option(code, value):
    return bytes([code, len(value)]) + value


def option6(code, value):
    return struct.pack(">HH", code, len(value)) + value


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    total = (total & 0xFFFF) + (total >> 16)
    return 0xFFFF - ((total & 0xFFFF) + (total >> 16))


class Client:
    def __init__(self, interface, architecture, ipxe, mac):
        self.interface = interface
        self.architecture = architecture
        self.ipxe = ipxe
        who = "HTTPClient" if architecture in ARCHITECTURES_OVER_HTTP else "PXEClient"
        self.vendor = f"{who}:Arch:{architecture:05}:UNDI:003000".encode()
        if not mac:
            with open(f"/sys/class/net/{interface}/address", encoding="ascii") as file:
                mac = file.read().strip()
        self.mac = bytes.fromhex(mac.replace(":", ""))

    def message(self, xid, kind, more=b""):
        options = option(53, kind) + option(60, self.vendor) + more
        options += option(93, struct.pack(">H", self.architecture)) + option(94, b"\1\3\x10")
        options += option(55, bytes([1, 3, 6, 12, 15, 26, 43, 54, 60, 66, 67]))
        if self.ipxe:
            options += option(77, b"iPXE") + option(175, b"\1\4\0\0\0\0")
        head = struct.pack(">BBBB4sHH", 1, 1, 6, 0, xid, 0, 0x8000)
        head += bytes(16) + self.mac + bytes(10 + 64 + 128) + b"\x63\x82\x53\x63"
        return head + options + b"\xff"

    def frame(self, payload):
        udp = struct.pack(">HHHH", 68, 67, 8 + len(payload), 0) + payload
        parts = (0x45, 0, 20 + len(udp), 1, 0, 64, socket.IPPROTO_UDP)
        addresses = bytes(4) + b"\xff" * 4
        head = struct.pack(">BBHHHBBH", *parts, 0) + addresses
        head = struct.pack(">BBHHHBBH", *parts, checksum(head)) + addresses
        return b"\xff" * 6 + self.mac + b"\x08\x00" + head + udp

    def ask4(self):
        return self.exchange4(os.urandom(4), b"\1")

    def take4(self, name):
        xid = os.urandom(4)
        offer = self.exchange4(xid, b"\1")
        if not offer:
            return None
        server = options4(offer[240:])[54]
        return self.exchange4(xid, b"\3", option(50, offer[16:20]) + option(54, server)
                              + option(12, name.encode()))

    def choose(self, address):
        """The PXE specification 2.1, 2.2.3: a request to port 4011 names the menu's entry; UEFI
        asks there, too, where the offer has neither a menu nor a file."""
        offer = self.exchange4(os.urandom(4), b"\1")
        if not offer:
            return None, ""
        menu = options4(options4(offer[240:]).get(43, b"")).get(9)
        entry = option(43, option(71, menu[:2] + bytes(2)) + b"\xff") if menu else b""
        asked = bytearray(self.message(os.urandom(4), b"\3", entry))
        asked[12:16] = socket.inet_aton(address)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            wire.bind((address, 0))
            wire.settimeout(SECONDS)
            wire.sendto(asked, (socket.inet_ntoa(offer[20:24]), 4011))
            return offer, file_of(wire.recv(2048))

    def exchange4(self, xid, kind, more=b""):
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800)) as wire:
            wire.bind((self.interface, 0))
            wire.send(self.frame(self.message(xid, kind, more)))
            deadline = time.monotonic() + SECONDS
            while (left := deadline - time.monotonic()) > 0:
                wire.settimeout(left)
                try:
                    frame = wire.recv(2048)
                except TimeoutError:
                    break
                answer = frame[14 + (frame[14] & 15) * 4 + 8:]
                if frame[23] == socket.IPPROTO_UDP and answer[:1] == b"\2" and answer[4:8] == xid:
                    return answer
        return None

    def solicit(self, xid):
        message = b"\1" + xid + option6(1, struct.pack(">HH", 3, 1) + self.mac)
        message += option6(3, b"\0\0\0\1" + bytes(8)) + option6(8, bytes(2))
        message += option6(6, struct.pack(">HHHH", 16, 23, 59, 60))
        message += option6(61, struct.pack(">H", self.architecture))
        message += option6(16, struct.pack(">IH", 343, len(self.vendor)) + self.vendor)
        if self.ipxe:
            message += option6(15, struct.pack(">H", 4) + b"iPXE")
        return message

    def ask6(self):
        xid = os.urandom(3)
        index = socket.if_nametoindex(self.interface)
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as wire:
            wire.bind(("::", 546, 0, index))
            wire.settimeout(SECONDS)
            wire.sendto(self.solicit(xid), ("ff02::1:2", 547, 0, index))
            try:
                while True:
                    answer = wire.recv(2048)
                    if answer[1:4] == xid:
                        return answer
            except TimeoutError:
                return None


def options4(data):
    found = {}
    while data and data[0] != 255:
        if data[0] == 0:
            data = data[1:]
            continue
        found[data[0]] = data[2:2 + data[1]]
        data = data[2 + data[1]:]
    return found


def file_of(answer):
    return options4(answer[240:]).get(67, answer[108:236]).rstrip(b"\0").decode()


def show4(answer, more=""):
    found = options4(answer[240:])
    name = file_of(answer)
    print(f"address={socket.inet_ntoa(answer[16:20])}"
          f" server={socket.inet_ntoa(answer[20:24])} file={name or '-'}"
          f" vendor={found.get(60, b'-').decode()}"
          f" router={socket.inet_ntoa(found[3]) if 3 in found else '-'}"
          f" dns={socket.inet_ntoa(found[6][:4]) if 6 in found else '-'}"
          f" menu={'yes' if b'Bootwright' in found.get(43, b'') else 'no'}"
          f" prefix={found.get(210, b'-').decode()}"
          f" in={'option' if 67 in found else 'field'}{more}")


def show6(answer):
    address, url, dns, vendor = "-", "-", "-", "-"
    data = answer[4:]
    while len(data) >= 4:
        code, length = struct.unpack(">HH", data[:4])
        value, data = data[4:4 + length], data[4 + length:]
        if code == 3 and len(value) >= 32:
            address = socket.inet_ntop(socket.AF_INET6, value[16:32])
        elif code == 59:
            url = value.decode()
        elif code == 16:
            vendor = value[6:6 + struct.unpack(">H", value[4:6])[0]].decode()
        elif code == 23:
            dns = socket.inet_ntop(socket.AF_INET6, value[:16])
    print(f"address={address} file={url} vendor={vendor} dns={dns}")


def main():
    interface, family, architecture, *rest = sys.argv[1:]
    names = [word.removeprefix("name=") for word in rest if word.startswith("name=")]
    addresses = [word.removeprefix("at=") for word in rest if word.startswith("at=")]
    macs = [word for word in rest if word != "ipxe" and "=" not in word]
    client = Client(interface, int(architecture), "ipxe" in rest, macs[0] if macs else None)
    more = ""
    if family == "6":
        answer = client.ask6()
    elif addresses:
        answer, boots = client.choose(addresses[0])
        more = f" boots={boots}"
    else:
        answer = client.take4(names[0]) if names else client.ask4()
    if not answer:
        print("no answer")
    elif family == "6":
        show6(answer)
    else:
        show4(answer, more)


main()
