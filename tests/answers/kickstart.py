#!/usr/bin/python3
"""Checks the structure of a kickstart: commands and options that the release knows, sections that
are closed, what is given once only, what may not be missing.

usage: kickstart.py COMMANDS.txt KICKSTART    prints what is wrong, ends with 1 if anything is
       kickstart.py --scripts KICKSTART DIR   writes the scripts of its sections to DIR
"""

import re
import shlex
import sys

OFTEN = {"network", "repo", "user", "group", "sshkey", "sshpw", "part", "logvol", "volgroup",
         "raid", "btrfs", "timesource", "ignoredisk", "module", "mount"}
NEEDED = {"lang", "keyboard", "timezone", "rootpw", "bootloader", "clearpart", "zerombr", "url"}
SECTIONS = {"%pre", "%post", "%packages", "%pre-install", "%onerror", "%traceback", "%addon"}
ENDS = {"reboot", "poweroff", "halt", "shutdown"}


def parse(path):
    """Yields (number, section, line); the section is "" among the commands."""
    section, start = "", 0
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            line = line.rstrip("\n")
            word = line.split()[0] if line.split() else ""
            if word == "%end":
                if not section:
                    raise ValueError(f"{number}: %end without a section")
                section = ""
            elif not section and word.startswith("%") and word not in ("%include", "%ksappend"):
                if word not in SECTIONS:
                    raise ValueError(f"{number}: no such section: {word}")
                section, start = line, number
            elif section and word in SECTIONS:
                raise ValueError(f"{number}: {word} inside the section of line {start}")
            else:
                yield number, section, line
    if section:
        raise ValueError(f"{start}: a section without %end")


def commands_of(path):
    """Command lines, also those that a %pre script writes for %include, from a here-document."""
    for number, section, line in parse(path):
        written = section.startswith("%pre") and re.match(r"(network|part|url|repo) ", line)
        if (not section and line and line[0] not in "#%") or written:
            yield number, line


def load(path):
    known = {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            words = line.split()
            if words and words[0] != "#":
                known[words[0]] = set(words[1:])
    return known


def check_command(known, line):
    words = shlex.split(line, comments=True)
    options = known.get(words[0])
    if options is None:
        return f"no such command: {words[0]}"
    for word in words[1:]:
        name = word.split("=")[0]
        if name.startswith("--") and name not in options:
            return f"{words[0]} has no option {name}"
        if not name.startswith("--") and "*" not in options:
            return f"{words[0]} takes no argument '{word}'"
        if name.startswith("--") and word.endswith("="):
            return f"{name} is empty"
    return ""


def check(known, path):
    seen = set()
    for number, line in commands_of(path):
        word = line.split()[0]
        why = check_command(known, line)
        if not why and word in seen and word not in OFTEN:
            why = f"{word} is given twice"
        if why:
            raise ValueError(f"{number}: {why}")
        seen.add(word)
    if not seen & ENDS:
        raise ValueError("nothing says reboot: the installer would wait for a key")
    if not seen & {"autopart", "part"}:
        raise ValueError("nothing says how to partition")
    missing = NEEDED - seen
    if missing:
        raise ValueError("missing: " + ", ".join(sorted(missing)))
    if not any(section.startswith("%packages") for _, section, _ in parse(path)):
        raise ValueError("missing: %packages")


def write_scripts(path, folder):
    """One file for each script section, with the interpreter that Anaconda takes by default."""
    texts = {}
    order = []
    for number, section, line in parse(path):
        if section.split(" ")[0] in ("%pre", "%post", "%onerror"):
            if not order or order[-1][0] != section or number != order[-1][1] + 1:
                order.append([section, number])
                texts[len(order)] = ["#!/bin/sh"]
            order[-1][1] = number
            texts[len(order)].append(line)
    for index, lines in texts.items():
        with open(f"{folder}/{index}.sh", "w", encoding="utf-8") as f:
            f.write("\n".join(lines) + "\n")


def main():
    if sys.argv[1] == "--scripts":
        write_scripts(sys.argv[2], sys.argv[3])
        return 0
    try:
        check(load(sys.argv[1]), sys.argv[2])
    except ValueError as why:
        print(f"{sys.argv[2]}: {why}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
