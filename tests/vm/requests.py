#!/usr/bin/python3
"""Prints what machines ask a network interface's host for, a line each, as it comes in:
"tftp ADDRESS FILE" and "http ADDRESS METHOD PATH".

Usage: requests.py INTERFACE
"""
import socket
import sys

ALL, IP, IP6, TCP, UDP, TFTP_PORT = 3, 0x0800, 0x86dd, 6, 17, 69
METHODS = (b"GET ", b"HEAD ", b"POST ")


def parts_of(frame):
    """Protocol, sender and what is in the packet; None: it is neither IPv4's nor IPv6's."""
    kind, packet = int.from_bytes(frame[12:14], "big"), frame[14:]
    if kind == IP:
        return packet[9], socket.inet_ntoa(packet[12:16]), packet[(packet[0] & 15) * 4:]
    if kind == IP6: # firmware and loaders send no extension headers with what is of interest here
        return packet[6], socket.inet_ntop(socket.AF_INET6, packet[8:24]), packet[40:]
    return None


def request_of(frame):
    parts = parts_of(frame)
    if parts is None:
        return None
    protocol, sender, segment = parts
    if protocol == UDP and segment[2:4] == TFTP_PORT.to_bytes(2, "big") and segment[8:10] == b"\0\1":
        return f"tftp {sender} {segment[10:].split(bytes(1))[0].decode()}"
    if protocol == TCP and len(segment) > 20:
        text = segment[(segment[12] >> 4) * 4:]
        if text.startswith(METHODS):
            method, path = text.split(b"\r\n")[0].decode(errors="replace").split(" ")[:2]
            return f"http {sender} {method} {path}"
    return None


def main():
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL)) as wire:
        wire.bind((sys.argv[1], ALL))
        while True:
            frame, (_, _, kind, *_) = wire.recvfrom(65536)
            line = request_of(frame) if kind == socket.PACKET_HOST else None
            if line:
                print(line, flush=True)


main()
