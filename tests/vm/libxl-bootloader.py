#!/usr/bin/env python3
"""Runs a bootloader program as libxl does (tools/libs/light/libxl_bootloader.c): on a raw pty, with
an output file that is there already, or a FIFO as xend had it, and a folder of mode 0600; then reads
the answer as libxl does and removes what it names.

libxl-bootloader.py [--fifo] [--hangup MARK | --signal N MARK] PROGRAM [WORD...] -- DISK

Prints what the program wrote on its console, then "status N", "kernel SHA256", "ramdisk SHA256",
"args TEXT", and "left NAME" for each file that nobody would remove. --hangup closes the console, and
--signal sends a signal, as soon as the file MARK is there."""
import hashlib
import os
import pty
import select
import shutil
import signal
import sys
import termios
import threading
import time
import tty

BASE = "/run/xen/bootloader.7"


def take_options(words):
    options = {"fifo": False, "hangup": None, "signal": None}
    while words and words[0].startswith("--"):
        word = words.pop(0)
        if word == "--fifo":
            options["fifo"] = True
        elif word == "--hangup":
            options["hangup"] = words.pop(0)
        elif word == "--signal":
            options["signal"] = (int(words.pop(0)), words.pop(0))
    return options


def make_places(fifo):
    os.makedirs("/run/xen", exist_ok=True)
    shutil.rmtree(BASE + ".d", ignore_errors=True)
    if os.path.lexists(BASE + ".out"):
        os.unlink(BASE + ".out")
    os.mkdir(BASE + ".d", 0o600)
    if fifo:
        os.mkfifo(BASE + ".out", 0o600)
    else:
        os.close(os.open(BASE + ".out", os.O_WRONLY | os.O_CREAT, 0o600))


def arguments(words):
    """libxl's own options come first, but for those that stand for a domain's kernel= and so on."""
    own = [w for w in words[1:] if w.startswith(("--kernel=", "--ramdisk=", "--args="))]
    disk = words.index("--") if "--" in words else len(words)
    rest = [w for w in words[1:disk] if w not in own]
    given = ["--output=" + BASE + ".out", "--output-format=simple0",
             "--output-directory=" + BASE + ".d"]
    if any(w.startswith("--output-format=") for w in rest):
        given.pop(1)
    return [words[0], *own, *given, *rest, *words[disk + 1:]]


def wait_for(path, pid):
    while not os.path.exists(path):
        os.kill(pid, 0)
        time.sleep(0.01)


def trouble(options, pid, master):
    try:
        if options["hangup"]:
            wait_for(options["hangup"], pid)
            os.close(master)
        elif options["signal"]:
            wait_for(options["signal"][1], pid)
            os.kill(pid, options["signal"][0])
    except ProcessLookupError:
        pass


def read_fifo(into):
    with open(BASE + ".out", "rb") as fifo:
        into.append(fifo.read())


def console(master):
    text = b""
    while True:
        try:
            if not select.select([master], [], [], 0.2)[0]:
                continue
            chunk = os.read(master, 4096)
        except OSError:
            return text
        if not chunk:
            return text
        text += chunk


def take_file(what, path):
    with open(path, "rb") as file:
        print(what, hashlib.file_digest(file, "sha256").hexdigest())
    os.unlink(path)


def parse(answer):
    for item in answer.split(b"\0"):
        name, _, value = item.partition(b" ")
        if name in (b"kernel", b"ramdisk"):
            take_file(name.decode(), value)
        elif name == b"args":
            print("args", value.decode())
        elif item:
            print("unexpected", item)


def main():
    words = sys.argv[1:]
    options = take_options(words)
    answer = []
    make_places(options["fifo"])
    argv = arguments(words)
    if options["fifo"]:
        threading.Thread(target=read_fifo, args=(answer,), daemon=True).start()
    pid, master = pty.fork()
    if pid == 0:
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        os.environ["TERM"] = "vt100"
        os.execvp(argv[0], argv)
    tty.setraw(master, termios.TCSANOW)
    threading.Thread(target=trouble, args=(options, pid, master), daemon=True).start()
    text = console(master)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    sys.stdout.write(text.decode(errors="replace").replace("\r\n", "\n"))
    print("\nstatus", status)
    if not options["fifo"]:
        with open(BASE + ".out", "rb") as file:
            answer.append(file.read())
    if status == 0:
        for _ in range(100):
            if answer:
                break
            time.sleep(0.05)
        if any(w == "--output-format=simple0" for w in argv):
            parse(answer[0])
        else:
            print(answer[0].decode())
    elif answer and answer[0]:
        print("an answer although it failed:", answer[0])
    for name in sorted(os.listdir(BASE + ".d")):
        print("left", name)
    shutil.rmtree(BASE + ".d")
    os.unlink(BASE + ".out")


main()
