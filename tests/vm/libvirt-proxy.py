#!/usr/bin/env python3
"""A libvirt connection that breaks: forwards one Unix socket to another until the client sends a
given text for the Nth time, then ends that connection, before the server gets the request or after
it has. Later connections are forwarded as they are; so koan can come back and clean up. Or, instead
of ending the connection, the client gets a SIGTERM at that moment, or a command runs to its end before
the server gets the request.

Usage: libvirt-proxy.py LISTEN SERVER TEXT NTH before|after|interrupt|run [COMMAND...]"""
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading

listen, server, text, nth, mode = sys.argv[1:6]
command = sys.argv[6:]
text = text.encode()
left = int(nth)


def forward(client):
    global left
    upstream = socket.socket(socket.AF_UNIX)
    upstream.connect(server)
    seen = b""
    while True:
        ready, _, _ = select.select([client, upstream], [], [])
        if upstream in ready:
            chunk = upstream.recv(65536)
            if not chunk:
                break
            client.sendall(chunk)
        if client in ready:
            chunk = client.recv(65536)
            if not chunk:
                break
            seen = seen[-(len(text) - 1):] + chunk
            if left > 0 and text in seen:
                left -= 1
                seen = b""
                if left == 0 and mode == "interrupt":
                    who = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
                    os.kill(struct.unpack("3i", who)[0], signal.SIGTERM)
                    print("interrupted", flush=True)
                elif left == 0 and mode == "run":
                    subprocess.run(command, check=True)
                    print("ran", flush=True)
                elif left == 0:
                    print("lost", flush=True)
                    if mode == "after":
                        upstream.sendall(chunk)
                        # The answer is the proof that it was obeyed; the client does not get it.
                        upstream.recv(65536)
                    break
            upstream.sendall(chunk)
    client.close()
    upstream.close()


def main():
    if os.path.exists(listen):
        os.unlink(listen)
    door = socket.socket(socket.AF_UNIX)
    door.bind(listen)
    door.listen()
    while True:
        client, _ = door.accept()
        threading.Thread(target=forward, args=(client,), daemon=True).start()


main()
