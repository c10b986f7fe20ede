#!/usr/bin/python3
"""Compares Bootwright's template engine with Jinja2, case by case, and prints TAP.

usage: compare.py RENDER CASES-FOLDER

A case file holds cases that begin with a line "=== NAME [options]"; the template follows up to the
next one. Options: trim lstrip keep (as in Jinja's Environment), error (both must fail),
ours (only ours: "--- expect" gives what it must print, "--- error" a part of its message).
Sections of a case: "--- vars" (JSON, in place of the file vars.json beside the cases),
"--- file NAME" (a template to include). The newline before a section's end is no part of it.
"""

import json
import os
import subprocess
import sys

import jinja2

FLAGS = {"trim": "trim_blocks", "lstrip": "lstrip_blocks", "keep": "keep_trailing_newline"}


def parse(path, variables):
    cases = []
    with open(path, encoding="utf-8", newline="") as f:
        lines = f.read().split("\n")
    target = None
    for line in lines:
        if line.startswith("=== "):
            name, *options = line[4:].split(" [")
            case = {"name": f"{os.path.basename(path)}: {name}", "flags": set(),
                    "text": [], "sections": {}}
            if options:
                case["flags"] = set(options[0].rstrip("]").split())
            cases.append(case)
            target = case["text"]
        elif line.startswith("--- "):
            target = case["sections"].setdefault(line[4:], [])
        elif target is not None:
            target.append(line)
    for case in cases:
        unknown = case["flags"] - FLAGS.keys() - {"error", "ours"}
        if unknown:
            raise SystemExit(f"{case['name']}: unknown option {unknown}")
        sections = {k: "\n".join(v) for k, v in case["sections"].items()}
        case["template"] = "\n".join(case["text"])
        case["expect"] = sections.get("expect")
        case["message"] = sections.get("error")
        case["vars"] = json.loads(sections["vars"]) if "vars" in sections else variables
        case["templates"] = {k[5:]: v for k, v in sections.items() if k.startswith("file ")}
        case["options"] = [FLAGS[f] for f in case["flags"] if f in FLAGS]
    return cases


def by_jinja(case):
    env = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        loader=jinja2.DictLoader(case["templates"]),
        **{o: True for o in case["options"]})
    try:
        return {"out": env.from_string(case["template"]).render(case["vars"])}
    except Exception as e:  # any: Python's own errors come through
        return {"error": f"{type(e).__name__}: {e}"}


def judge(case, ours):
    """What is wrong, or None."""
    if "ours" in case["flags"]:
        if case["message"] is not None:
            if case["message"].strip() in ours.get("error", ""):
                return None
            return f"error wanted: {case['message'].strip()}\nours: {ours}"
        if ours.get("out") == case["expect"]:
            return None
        return f"wanted: {case['expect']!r}\nours:   {ours}"
    theirs = by_jinja(case)
    if ("error" in theirs) != ("error" in case["flags"]):
        return f"jinja: {theirs} (does the case lack or have 'error' wrongly?)"
    if "error" in theirs:
        return None if "error" in ours else f"jinja: {theirs}\nours:  {ours}"
    return None if theirs == ours else f"jinja: {theirs}\nours:  {ours}"


def main():
    render, folder = sys.argv[1:]
    with open(os.path.join(folder, "vars.json"), encoding="utf-8") as f:
        variables = json.load(f)
    cases = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".cases"):
            cases += parse(os.path.join(folder, name), variables)
    wanted = [{k: c[k] for k in ("template", "vars", "templates", "options")} for c in cases]
    done = subprocess.run([render], input=json.dumps(wanted), capture_output=True, text=True)
    if done.returncode or not cases:
        print(f"Bail out! {render}: {done.returncode} {done.stderr}")
        return 1
    failed = 0
    print(f"1..{len(cases)}")
    for i, (case, ours) in enumerate(zip(cases, json.loads(done.stdout), strict=True), 1):
        wrong = judge(case, ours)
        failed += wrong is not None
        print(f"{'not ok' if wrong else 'ok'} {i} - {case['name']}")
        if wrong:
            print("\n".join("# " + line for line in wrong.splitlines()))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
