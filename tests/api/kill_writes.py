#!/usr/bin/env python3
"""Usage: kill_writes.py STATE-FOLDER ROUNDS PROGRAM [ARGUMENT...]

Starts the server, lets several writers write, kills it with SIGKILL at a random moment, looks at
the database as it lies there, starts it again and compares: what was acknowledged is there, what
was not is there or not, and asking again with the same Idempotency-Key makes it once. Prints a line
for each failure, at last "N kills, N writes acknowledged"; fails if there was a failure."""
import http.client
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

from client import Client

WRITERS = 6
state, rounds, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
failures = []


def fail(text):
    failures.append(text)
    print(text)


class Writer(threading.Thread):
    """One system, counted up in its comment; between that, systems made and removed. `sure` is what
    was acknowledged; `pending` the request whose answer never came."""

    def __init__(self, number, sure, made):
        super().__init__(daemon=True)
        self.number = number
        self.sure = sure
        self.made = set(made)
        self.pending = None
        self.acknowledged = 0

    def write(self, method, path, body, **headers):
        self.pending = (method, path, body, headers)
        answer = self.client.ask(method, path, body, **headers)
        if answer.status >= 300:
            fail(f"{method} {path}: {answer.status} {answer.text}")
            raise SystemExit
        self.pending = None
        self.acknowledged += 1
        return answer

    def step(self):
        key = f"{os.getpid()}-{time.time_ns()}-{self.number}"
        if random.random() < 0.6:
            self.write("PATCH", f"/api/v1/systems/w{self.number}", {"comment": str(self.sure + 1)},
                       Idempotency_Key=key)
            self.sure += 1
        elif len(self.made) < 5:
            name = f"w{self.number}-{key}"
            self.write("POST", "/api/v1/systems", {"name": name, "profile": "bar"},
                       Idempotency_Key=key)
            self.made.add(name)
        else:
            name = random.choice(sorted(self.made))
            self.write("DELETE", f"/api/v1/systems/{name}", None, Idempotency_Key=key)
            self.made.remove(name)

    def run(self):
        self.client = Client()
        try:
            while True:
                self.step()
        except (OSError, http.client.HTTPException):
            pass  # killed


def start():
    log = open(os.environ.get("LOG", "/dev/null"), "ab")
    server = subprocess.Popen(command, stdout=log, stderr=log)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            Client().must("GET", "/api/v1/status")
            return server
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.01)
    sys.exit(f"the server does not start: exit status {server.poll()}")


def check_database():
    """On a copy: opening the store would repair what the next start has to repair."""
    with tempfile.TemporaryDirectory() as folder:
        for name in os.listdir(state):
            if name.startswith("bootwright.db") and not name.endswith("-shm"):
                shutil.copy(f"{state}/{name}", folder)
        store = sqlite3.connect(f"{folder}/bootwright.db")
        whole = store.execute("PRAGMA integrity_check").fetchall()
        if whole != [("ok",)]:
            fail(f"integrity_check: {whole[:3]}")
        dangling = store.execute("PRAGMA foreign_key_check").fetchall()
        if dangling:
            fail(f"foreign_key_check: {dangling[:3]}")
        store.close()


def repeat(writer):
    """The answer that never came: asking again gives it, and what was asked is done once."""
    if not writer.pending:
        return
    method, path, body, headers = writer.pending
    answer = Client().ask(method, path, body, **headers)
    expected = {"PATCH": 200, "POST": 201, "DELETE": 204}[method]
    if answer.status != expected:
        fail(f"again: {method} {path}: {answer.status} {answer.text}")
    if method == "PATCH":
        writer.sure += 1
    elif method == "POST":
        writer.made.add(body["name"])
    else:
        writer.made.discard(path.rsplit("/", 1)[1])


def compare(writers):
    for writer in writers:
        repeat(writer)
    client = Client()
    systems = {item["name"]: item for item in client.must("GET", "/api/v1/systems")["items"]}
    for writer in writers:
        comment = systems[f"w{writer.number}"]["comment"]
        if comment != str(writer.sure):
            fail(f"w{writer.number} is at {comment}, but {writer.sure} was acknowledged")
        there = {name for name in systems if name.startswith(f"w{writer.number}-")}
        if there != writer.made:
            fail(f"w{writer.number}: made {writer.made}, there are {there}")


def main():
    server = start()
    for number in range(WRITERS):
        Client().must("PUT", f"/api/v1/systems/w{number}", {"profile": "bar", "comment": "0"})
    last = [(0, set())] * WRITERS
    total = 0
    for _ in range(rounds):
        writers = [Writer(number, *last[number]) for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        time.sleep(random.random() * 0.15)  # the moment of the accident
        server.send_signal(signal.SIGKILL)
        server.wait()
        for writer in writers:
            writer.join()
        check_database()
        server = start()
        compare(writers)
        last = [(writer.sure, writer.made) for writer in writers]
        total += sum(writer.acknowledged for writer in writers)
    server.terminate()
    status = server.wait()
    if status:
        fail(f"the last server ends with {status}")
    print(f"{rounds} kills, {total} writes acknowledged")
    return 1 if failures or total < rounds else 0


sys.exit(main())
