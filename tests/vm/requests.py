#!/usr/bin/python3
"""Prints what machines ask a network interface's host for, a line each, as it comes in:
"tftp ADDRESS FILE" and "http ADDRESS METHOD PATH".

Usage: requests.py INTERFACE
"""
import socket
import sys

IP, TCP, UDP, TFTP_PORT = 0x0800, 6, 17, 69
METHODS = (b"GET ", b"HEAD ", b"POST ")


def request_of(frame):
    if frame[12:14] != IP.to_bytes(2, "big"):
        return None
    packet = frame[14:]
    segment = packet[(packet[0] & 15) * 4:]
    sender = socket.inet_ntoa(packet[12:16])
    if packet[9] == UDP and segment[2:4] == TFTP_PORT.to_bytes(2, "big") and segment[8:10] == b"\0\1":
        return f"tftp {sender} {segment[10:].split(bytes(1))[0].decode()}"
    if packet[9] == TCP and len(segment) > 20:
        text = segment[(segment[12] >> 4) * 4:]
        if text.startswith(METHODS):
            method, path = text.split(b"\r\n")[0].decode(errors="replace").split(" ")[:2]
            return f"http {sender} {method} {path}"
    return None


def main():
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(IP)) as wire:
        wire.bind((sys.argv[1], IP))
        while True:
            frame, (_, _, kind, *_) = wire.recvfrom(65536)
            line = request_of(frame) if kind == socket.PACKET_HOST else None
            if line:
                print(line, flush=True)


main()
