#!/usr/bin/python3
"""Compares Bootwright's template engine with Jinja2, case by case, and prints TAP.

usage: compare.py RENDER CASES-FOLDER

A case file holds cases that begin with a line "=== NAME [options]"; the template follows up to the
next one. Both engines must print the same bytes. Options:

    trim lstrip keep  as in Jinja's Environment
    error             both must fail
    differs           deliberately not as Jinja: "--- why" says the reason, "--- ours" what we print
                      (or "--- error"). It fails when Jinja agrees after all.
    bound             one of our bounds: Jinja is not asked

Sections of a case: "--- vars" (JSON, in place of the file vars.json beside the cases),
"--- file NAME" (a template to include), "--- error" (a part of our message). The newline before a
section's end is no part of it.
"""

import json
import os
import sys

import engines

FLAGS = {"trim": "trim_blocks", "lstrip": "lstrip_blocks", "keep": "keep_trailing_newline"}
KINDS = {"error", "differs", "bound"}
SECTIONS = {"vars", "error", "why", "ours"}


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
    return [finish(case, variables) for case in cases]


def finish(case, variables):
    sections = {k: "\n".join(v) for k, v in case["sections"].items()}
    unknown = case["flags"] - FLAGS.keys() - KINDS
    unknown |= {s for s in sections if s not in SECTIONS and not s.startswith("file ")}
    if unknown or len(case["flags"] & KINDS) > 1:
        raise SystemExit(f"{case['name']}: unknown or contradicting: {unknown or case['flags']}")
    if ("differs" in case["flags"]) != ("why" in sections):
        raise SystemExit(f"{case['name']}: a case that differs says why, and no other")
    case["template"] = "\n".join(case["text"])
    case["ours"] = sections.get("ours")
    case["message"] = sections.get("error", "").strip()
    case["vars"] = json.loads(sections["vars"]) if "vars" in sections else variables
    case["templates"] = {k[5:]: v for k, v in sections.items() if k.startswith("file ")}
    case["options"] = [FLAGS[f] for f in case["flags"] if f in FLAGS]
    return case


def judge(case, ours):
    """What is wrong, or None."""
    flags = case["flags"]
    if case["message"] and case["message"] not in ours.get("error", ""):
        return f"error wanted: {case['message']}\nours: {ours}"
    if "bound" in flags:
        return None if case["message"] else "a bound says its error"
    theirs = engines.by_jinja(case)
    if "differs" in flags:
        if not case["message"] and ours.get("out") != case["ours"]:
            return f"wanted: {case['ours']!r}\nours:   {ours}"
        same = theirs == ours or ("error" in theirs and "error" in ours)
        return f"jinja agrees, there is no difference: {theirs}" if same else None
    if ("error" in theirs) != ("error" in flags):
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
    failed = 0
    print(f"1..{len(cases)}")
    for i, (case, ours) in enumerate(zip(cases, engines.by_ours(render, cases), strict=True), 1):
        wrong = judge(case, ours)
        failed += wrong is not None
        print(f"{'not ok' if wrong else 'ok'} {i} - {case['name']}")
        if wrong:
            print("\n".join("# " + line for line in wrong.splitlines()))
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
