#!/usr/bin/python3
"""The work of render.c by Jinja2: renders one answer file for N systems, prints the seconds of the
fastest round and the bytes.

usage: render.py FOLDER TEMPLATE VARIABLES.json SYSTEMS ROUNDS
"""

import json
import sys
import time

import jinja2


def fail(message):
    raise jinja2.TemplateRuntimeError(message)


def main():
    folder, name, variables, systems, rounds = sys.argv[1:]
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), undefined=jinja2.StrictUndefined,
        auto_reload=False, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True)
    env.globals["fail"] = fail
    with open(variables, encoding="utf-8") as f:
        common = json.load(f)
    everyone = [{"name": f"m{i:05d}", "hostname": f"m{i:05d}",
                 "ip_address": f"10.80.{i // 256 % 256}.{i % 256}"} for i in range(int(systems))]
    best, size = 1e9, 0
    for _ in range(int(rounds)):
        start = time.monotonic()
        size = sum(len(env.get_template(name).render(common, **one).encode()) for one in everyone)
        best = min(best, time.monotonic() - start)
    print(f"{best:.6f} {size}")


if __name__ == "__main__":
    main()
