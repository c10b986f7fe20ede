#!/usr/bin/python3
"""The work of render.c by Jinja2: renders one answer file for N systems, prints the processor's
seconds of the fastest round and the bytes.

usage: render.py FOLDER TEMPLATE VARIABLES.json SYSTEMS ROUNDS
"""

import json
import os
import sys
import time

import jinja2

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../templates"))
import own


def set_variables(variables, machine):
    variables["name"] = variables["hostname"] = machine[0]
    variables["ip_address"] = machine[1]


def main():
    folder, name, variables, systems, rounds = sys.argv[1:]
    env = own.environment(
        loader=jinja2.FileSystemLoader(folder), auto_reload=False, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True)
    with open(variables, encoding="utf-8") as f:
        variables = json.load(f)
    machines = [(f"m{i:05d}", f"10.80.{i // 256 % 256}.{i % 256}") for i in range(int(systems))]
    best, size = 1e9, 0
    for _ in range(int(rounds)):
        start, size = time.process_time(), 0
        for machine in machines:
            set_variables(variables, machine)
            size += len(env.get_template(name).render(variables).encode())
        best = min(best, time.process_time() - start)
    print(f"{best:.6f} {size}")


if __name__ == "__main__":
    main()
