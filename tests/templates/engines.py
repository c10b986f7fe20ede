"""Renders cases by both engines. A case is {"template", "vars", "templates": {name: text},
"options": [names of Jinja's Environment]}; a result is {"out": text} or {"error": text}."""

import json
import subprocess

import jinja2

import own


def by_ours(render, cases):
    """All at once: `render` is the program of render.c."""
    keys = ("template", "vars", "templates", "options")
    wanted = json.dumps([{k: c[k] for k in keys} for c in cases])
    done = subprocess.run([render], input=wanted, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"Bail out! {render}: {done.returncode} {done.stderr}")
    return json.loads(done.stdout)


def by_jinja(case):
    env = own.environment(
        loader=jinja2.DictLoader(case["templates"]), **{o: True for o in case["options"]})
    try:
        return {"out": env.from_string(case["template"]).render(case["vars"])}
    except Exception as e:  # any: Python's own errors come through
        return {"error": f"{type(e).__name__}: {e}"}
