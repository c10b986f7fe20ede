"""Renders cases by both engines. A case is {"template", "vars", "templates": {name: text},
"options": [names of Jinja's Environment]}; a result is {"out": text} or {"error": text}."""

import json
import multiprocessing
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


def by_both(render, cases):
    """Two lists of results. Jinja compiles each template, so it gets two processors."""
    with multiprocessing.Pool(2) as pool:
        return by_ours(render, cases), pool.map(by_jinja, cases, chunksize=100)


# What Jinja has and we leave out, with the reason; differs.cases shows each.
LEFT_OUT = {"attr", "pprint", "random", "urlize"}


def wanted_names():
    """The filters and tests of Jinja that the engine has to know."""
    env = jinja2.Environment()
    return (set(env.filters) - LEFT_OUT) | set(env.tests)
