#!/usr/bin/python3
"""Compares what `bootwright boot explain --output=json` says with what a machine did: the files
that it asked for (requests.py), in their order, and its kernel's command line. Says what differs and
exits with 1.

explained.py EXPLANATION ASKED [COMMAND-LINE]"""
import json
import re
import sys

# What loaders ask for beside what leads them on: shim for lists of revoked programs, GRUB for its
# lists of modules and fonts, PXELINUX by the machine's UUID, firmware for a file's size first.
BESIDE = re.compile(
    r"(tftp|http) ((\S+/)?(revocations|shim_certificate)\w*\.efi|grub/(\w+-efi/)?\w+\.(lst|mod|cfg|pf2)"
    r"|(\S+/)?\w+-efi/\S+|grub/fonts/\S+|grub/locale/\S*|pxelinux\.cfg/[0-9a-f]{8}-[0-9a-f-]{27}"
    r"|\S*//?grub\S*)$")


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def request_of(line):
    """"tftp PATH" of "tftp ADDRESS /PATH", "http PATH" of "http ADDRESS METHOD /PATH"."""
    words = line.rstrip("\n").split(" ")
    return f"{words[0]} {words[-1].lstrip('/')}"


def without_repeats(lines):
    return [line for i, line in enumerate(lines) if i == 0 or line != lines[i - 1]]


def compare_files(steps, asked):
    """Each explained file was asked for after the one before it; what else was is harmless."""
    wanted = without_repeats([f"{step['protocol']} {step['path']}" for step in steps
                              if step["kind"] == "file" and step.get("protocol") in ("tftp", "http")])
    at, seen, wrong = 0, set(), []
    for one in wanted:
        while at < len(asked) and asked[at] != one:
            at += 1
        if at == len(asked):
            wrong.append(f"explained, but not asked for in this order: {one}")
            at = 0
        else:
            seen.add(one)
    last = max((i for i, line in enumerate(asked) if line in seen), default=-1)
    for line in asked[:last]:
        if line not in seen and not BESIDE.match(line):
            wrong.append(f"asked for, but not explained: {line}")
    return wrong


def main():
    chain = load(sys.argv[1])["chains"][0]
    with open(sys.argv[2], encoding="utf-8") as file:
        asked = [request_of(line) for line in file if line.startswith(("tftp ", "http "))]
    wrong = [f"explained as broken: {found['problem']}" for found in chain["problems"]]
    wrong += compare_files(chain["steps"], asked)
    start = chain["start"] or {}
    said = start.get("command_line", "")
    # a disk's kernel is not ours to know, and the memory test does not say how it was called
    if "kernel" in start and start["what"] != "memtest" and len(sys.argv) > 3 \
            and sys.argv[3] != said:
        wrong.append(f"command line on the console: {sys.argv[3]}\nand explained: {said}")
    print("\n".join(wrong or ["as explained"]))
    print("asked for:", *asked, sep="\n  ")
    return 1 if wrong else 0


sys.exit(main())
