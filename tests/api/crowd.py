#!/usr/bin/env python3
"""Usage: crowd.py STATE-FOLDER SEED ROUNDS PROGRAM [ARGUMENT...]

Starts the server and lets many use it at once: machines install themselves over the boot port, others
add, edit, rename and remove systems and change their profile, others sync and go back. In every other
round the server is killed now and then. After each round what was acknowledged is stored, no machine
whose end was acknowledged finds its installer, HTTP tells what the files say, and these are, byte
for byte, what a sync of all makes. Prints a line for each failure, at last what was done."""
import hashlib
import http.client
import os
import random
import subprocess
import sys
import threading
import time

from client import Client

MACHINES, WRITERS, SECONDS = 5, 3, 1.5
STATE, ROUNDS, COMMAND = sys.argv[1], int(sys.argv[3]), sys.argv[4:]
TREE = STATE + "/tftp/current/"
GONE = (OSError, http.client.HTTPException)
FORMATS = {"pxelinux": "pxelinux.cfg/01-{}", "grub": "grub/system/{}.cfg", "ipxe": "ipxe/{}.ipxe"}
MENUS = {"pxelinux": "pxelinux.cfg/default", "grub": "grub/grub.cfg", "ipxe": "ipxe/default.ipxe"}
rnd = random.Random(int(sys.argv[2]))
stop = threading.Event()
failures = []


def fail(text):
    failures.append(text)
    print(text, flush=True)


def get(path, method="GET"):
    connection = http.client.HTTPConnection("127.0.0.1", 80, timeout=60)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def read(path):
    try:
        with open(TREE + path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None


def file_of(name, mac):
    return FORMATS[name].format(mac if name == "grub" else mac.replace(":", "-"))


def installers(mac):
    """Where the machine would still find its own installer."""
    told = {f"file {name}": read(file_of(name, mac)) for name in FORMATS}
    told.update({f"HTTP {name}": get(f"/boot/{name}?mac={mac}")[1] for name in FORMATS})
    return [where for where, text in told.items() if "/autoinstall/system/" in (text or "")]


class Worker(threading.Thread):
    def __init__(self, number):
        super().__init__(daemon=True)
        self.number = number
        self.rnd = random.Random(rnd.random())
        self.done = 0

    def ask(self, method, path, body=None, **headers):
        answer = self.client.ask(method, path, body, **headers)
        if answer.status >= 500 and answer.status != 503:
            fail(f"{method} {path}: {answer.status} {answer.text}")
        self.done += answer.status < 300
        return answer

    def run(self):
        self.client = Client()
        while not stop.is_set():
            try:
                self.step()
            except GONE:
                time.sleep(0.02)  # killed
            time.sleep(self.rnd.random() * 0.03)


class Machine(Worker):
    local = False

    def step(self):
        name, mac = f"m{self.number}", f"52:54:00:01:00:{self.number:02x}"
        if self.local and self.rnd.random() < 0.5:
            found = installers(mac)
            if found:
                fail(f"{name} has ended, and finds its installer: {found}")
            return
        self.local = False
        if self.ask("POST", f"/api/v1/systems/{name}:reinstall").status >= 300:
            return
        get(f"/boot/ipxe?mac={mac}")
        get(f"/autoinstall/system/{name}")
        if self.rnd.random() < 0.3:
            path = f"/api/v1/systems/{name}:reinstall?cancel=1"
            self.local = self.ask("POST", path).status < 300
            return
        get(f"/report/start/system/{name}")
        while not self.local:
            try:
                self.local = get(f"/report/end/system/{name}")[0] == 200
            except GONE:  # installers try again
                time.sleep(0.02)
        found = installers(mac)
        if found:
            fail(f"{name} has just ended, and finds its installer: {found}")


class Writer(Worker):
    """`have`: the comment of each of its systems as it was acknowledged; `pending`: what was not."""

    def __init__(self, number):
        super().__init__(number)
        self.have = {}
        self.pending = None

    def write(self, method, path, body, done):
        self.pending = (method, path, body, f"{time.time_ns()}-{self.number}", done)
        self.repeat()

    def repeat(self):
        method, path, body, key, done = self.pending
        answer = self.ask(method, path, body, Idempotency_Key=key)
        self.pending = None
        if answer.status < 300:
            done()
        elif answer.status != 409:
            fail(f"{method} {path} {body}: {answer.status} {answer.text}")

    def step(self):
        if self.pending:
            self.repeat()
            return
        new = f"w{self.number}-{time.time_ns()}"
        comment = new[::-1]
        card = {"mac_address": f"52:54:00:02:{self.number:02x}:{self.rnd.randrange(256):02x}",
                "ip_address": f"10.77.{self.number + 1}.{self.rnd.randrange(1, 255)}"}
        body = {"comment": comment, "interfaces": {"eth0": card}}
        at = self.rnd.random()
        if len(self.have) < 4:
            self.write("POST", "/api/v1/systems", {"name": new, "profile": "bar", **body},
                       lambda: self.have.update({new: comment}))
            return
        name = self.rnd.choice(sorted(self.have))
        path = f"/api/v1/systems/{name}"
        if at < 0.5:
            self.write("PATCH", path, body, lambda: self.have.update({name: comment}))
        elif at < 0.7:
            self.write("POST", path + ":rename", {"name": new},
                       lambda: self.have.update({new: self.have.pop(name)}))
        elif at < 0.85:
            self.write("DELETE", path, None, lambda: self.have.pop(name))
        else:
            self.ask("PATCH", "/api/v1/profiles/bar", {"kernel_options": {"a": new}})


class Syncer(Worker):
    def step(self):
        at = self.rnd.random()
        if at < 0.5:
            self.ask("POST", "/api/v1/sync" + self.rnd.choice(["", "?dry_run=1"]), {})
        elif at < 0.7:
            self.ask("POST", "/api/v1/sync", {"systems": ["m0", "m1"]})
        elif at < 0.9:
            self.ask("POST", "/api/v1/sync:rollback", {})
        else:
            self.ask("PATCH", "/api/v1/settings", {"auto_sync": self.rnd.random() < 0.5})
        time.sleep(0.1)


def start():
    log = open(os.environ.get("LOG", "/dev/null"), "ab")
    server = subprocess.Popen(COMMAND, stdout=log, stderr=log)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            Client().must("GET", "/api/v1/status")
            return server
        except OSError:
            time.sleep(0.01)
    sys.exit(f"the server does not start: exit status {server.poll()}")


def sync(client):
    task = client.must("POST", "/api/v1/sync", {})
    while task["state"] in ("waiting", "running"):
        time.sleep(0.01)
        task = client.must("GET", f"/api/v1/tasks/{task['id']}")
    if task["state"] != "done":
        fail(f"sync: {task}")


def published():
    tree = {}
    for folder, _, names in os.walk(TREE):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                tree[os.path.join(folder, name)] = hashlib.sha256(file.read()).hexdigest()
    del tree[TREE + "manifest.json"]
    return tree


def check_told(macs):
    for mac in macs:
        for name in FORMATS:
            own = read(file_of(name, mac))
            if get(f"/boot/{name}?mac={mac}")[1] != (read(MENUS[name]) if own is None else own):
                fail(f"HTTP tells {mac} another {name} file than the published one")


def check(workers):
    client = Client()
    for worker in workers:
        worker.client = client
        if getattr(worker, "pending", None):
            worker.repeat()
    systems = {item["name"]: item for item in client.must("GET", "/api/v1/systems")["items"]}
    for worker in workers:
        if isinstance(worker, Writer):
            mine = {name: item["comment"] for name, item in systems.items()
                    if name.startswith(f"w{worker.number}-")}
            if mine != worker.have:
                fail(f"stored {mine}, acknowledged {worker.have}")
    macs = {name: item["interfaces"]["eth0"]["mac_address"] for name, item in systems.items()}
    for name, mac in macs.items():
        deadline = time.monotonic() + 10  # a start publishes what the last one did not come to
        found = systems[name].get("netboot_enabled") is False
        while found and time.monotonic() < deadline:
            found = installers(mac)
        if found:
            fail(f"{name} boots from its disk, and finds its installer: {found}")
    check_told(macs.values())
    sync(client)
    check_told(macs.values())
    before = published()
    os.unlink(TREE + "manifest.json")
    sync(client)
    after = published()
    for path in sorted({*before, *after}):
        if before.get(path) != after.get(path):
            fail(f"not as a full sync publishes it: {path}")


def crowd(workers, server, kills):
    """Kills the server so many times, and returns the one that runs at last."""
    stop.clear()
    for worker in workers:
        worker.start()
    for _ in range(kills):
        time.sleep(SECONDS / kills * (0.5 + rnd.random()))  # the moment of the accident
        server.kill()
        server.wait()
        server = start()
    time.sleep(0.1 if kills else SECONDS)
    stop.set()
    for worker in workers:
        worker.join(60)
        if worker.is_alive():
            sys.exit(f"{type(worker).__name__} {worker.number} waits for ever")
    return server


def main():
    server = start()
    for number in range(MACHINES):
        card = {"mac_address": f"52:54:00:01:00:{number:02x}"}
        Client().must("PUT", f"/api/v1/systems/m{number}",
                      {"profile": "bar", "install_tries": 0, "interfaces": {"eth0": card}})
    sync(Client())
    last, done = [], 0
    for count in range(ROUNDS):
        workers = [kind(number) for kind, most in ((Machine, MACHINES), (Writer, WRITERS),
                                                   (Syncer, 1)) for number in range(most)]
        for worker, before in zip(workers, last):
            worker.__dict__.update({key: before.__dict__[key] for key in ("have", "local")
                                    if key in before.__dict__})
        server = crowd(workers, server, 3 * (count % 2))
        check(workers)
        last = workers
        done += sum(worker.done for worker in workers)
    server.terminate()
    if server.wait():
        fail(f"the last server ends with {server.returncode}")
    print(f"{done} requests, {len(failures)} failures")
    return 1 if failures else 0


sys.exit(main())
