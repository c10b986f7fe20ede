#!/usr/bin/env python3
"""Usage: answers.py PATH-TO-A-KERNEL

Holds a running bootwrightd to its own OpenAPI document: fills every field of every type, then asks
every GET of the document with every flag, and every write with a bad body, and validates each
answer against the schema that the document gives for it. Prints TAP."""
import sys
import urllib.parse

import jsonschema

from client import Client

kernel = sys.argv[1]
api = Client()
document = api.must("GET", "/api/v1/openapi.json")
schemas = document["components"]["schemas"]
count = bad = 0


def tell(ok, what, why=""):
    global count, bad
    count += 1
    bad += not ok
    print(("ok" if ok else "not ok"), count, "-", what)
    for line in str(why).splitlines() if not ok else []:
        print("#  ", line[:500])


def resolve(value):
    while "$ref" in value:
        found = document
        for word in value["$ref"][2:].split("/"):
            found = found[word]
        value = found
    return value


def violations(value, schema):
    whole = dict(schema, components=document["components"])
    validator = jsonschema.Draft202012Validator(whole)
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"
            for error in validator.iter_errors(value)]


def judge(operation, what, answer):
    """The answer's status, type and schema must be among those of the operation."""
    responses = operation["responses"]
    response = resolve(responses.get(str(answer.status), responses["default"]))
    content = response.get("content")
    if answer.status < 400 and str(answer.status) not in responses:
        return tell(False, what, f"status {answer.status} is not documented: {answer.text}")
    if not content:
        return tell(answer.text == "", what, f"{answer.status} has a body: {answer.text}")
    if answer.type not in content and answer.type != "application/vnd.oai.openapi+json":
        return tell(False, what, f"{answer.status} {answer.type}: {answer.text}")
    found = violations(answer.json, next(iter(content.values()))["schema"])
    return tell(not found, what, "\n".join(found) + "\n" + answer.text)


# Filling

FIRST_TYPES = ["distro", "repo", "menu", "profile"]  # others refer to them
WORDS = ["word", "192.0.2.1", "2001:db8::1", "192.0.2.0/24", "255.255.255.0", "host.example.org",
         "http://192.0.2.1/x", "/srv/x", "52:54:00:12:34:56", "eth0", "10.0.0.0/8:192.0.2.1",
         "2001:db8:1::/48=2001:db8::1", "192.0.2.100-192.0.2.199", "192.0.2.100,192.0.2.199", "debian12.preseed", kernel,
         "$6$abcdefgh$" + "x" * 86, "ab" * 32, "52-54-00-AA-BB-01", "24", "system", "initrd",
         "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmDME\n-----END PGP PUBLIC KEY BLOCK-----\n", "0", "1"]


def names_of_types():
    """{"system": "systems"} of the types that the document lists."""
    found = {}
    for path, item in document["paths"].items():
        operation = item.get("get", {}).get("operationId", "")
        if path.count("/") == 3 and operation.startswith("list") and "post" in item:
            name = item["post"]["operationId"].removeprefix("create")
            if name + "Resolved" in schemas:
                found[name.lower()] = path.rsplit("/", 1)[1]
    return found


plurals = names_of_types()


def candidates(field, schema):
    """Values that the field may take, likely ones first."""
    kinds = schema["type"]
    if "x-reference" in schema:
        one = [f"one-{schema['x-reference']}"]
    elif "enum" in schema.get("items", schema):
        one = [schema.get("items", schema)["enum"][0]]
    elif "boolean" in kinds:
        one = [True]
    elif "integer" in kinds or schema.get("items", {}).get("type") == "number":
        one = [schema.get("items", schema).get("minimum", 1) or 1]
    elif "object" in kinds:
        return [{"quiet": True, "console": ["tty0", "ttyS0"], "key": "value"},
                {"debian12.preseed": "/srv/x"}]
    else:
        one = WORDS
    return [[value] for value in one] if "array" in kinds else one


def fill_field(path, name, schema, wrap=lambda patch: patch):
    answer = None
    for value in candidates(name, schema):
        answer = api.ask("PATCH", path, wrap({name: value}))
        if answer.status < 300:
            return None
    return f"{path}: {name}: {answer.text}"


def fill(path, type_schema, skip=(), wrap=lambda patch: patch):
    failures = []
    for name, schema in type_schema["properties"].items():
        if schema.get("readOnly") or name in ("name", *skip) or "type" not in schema:
            continue
        if "additionalProperties" in schema and "anyOf" in schema["additionalProperties"] and \
                "$ref" in schema["additionalProperties"]["anyOf"][0]:
            child = resolve(schema["additionalProperties"]["anyOf"][0])
            failures += fill(path, child, (),
                             lambda patch, name=name: {name: {"eth0": patch}})
            continue
        failures.append(fill_field(path, name, schema, wrap))
    return [failure for failure in failures if failure]


# A distro's kernel is measured; a system has a profile or an image; a profile is of a distro.
FIRST = {"distro": {"arch": "x86_64", "kernel": kernel, "initrd": [kernel]},
         "repo": {"breed": "apt", "apt_dists": ["bookworm"], "apt_components": ["main"]},
         "profile": {"distro": "one-distro"}, "system": {"profile": "one-profile"}}
# Fields whose value must fit another's, or that would make a cycle.
SKIP = {"distro": ["kernel", "initrd", "remote_boot_kernel", "remote_boot_initrd", "hypervisor",
                   "efi_loaders"],
        "profile": ["parent", "distro"], "menu": ["parent"], "system": ["image", "protected"]}


def create(name):
    path = f"/api/v1/{plurals[name]}"
    body = dict(FIRST.get(name, {}), name=f"one-{name}")
    answer = api.ask("POST", path, body)
    required = [field for field, schema in schemas[name.capitalize()]["properties"].items()
                if "(required)" in schema.get("description", "") and field not in body]
    for field in required:
        for value in candidates(field, schemas[name.capitalize()]["properties"][field]):
            body[field] = value
            answer = api.ask("POST", path, body)
            if answer.status < 300 or answer.json.get("field") != field:
                break
    tell(answer.status == 201, f"a {name}", answer.text)


def fill_all():
    for name in FIRST_TYPES + sorted(set(plurals) - set(FIRST_TYPES)):
        create(name)
        failures = fill(f"/api/v1/{plurals[name]}/one-{name}", schemas[name.capitalize()],
                        SKIP.get(name, ()))
        tell(not failures, f"a {name} with every field", "\n".join(failures))
    failures = fill("/api/v1/settings", schemas["Settings"])
    tell(not failures, "settings with every field", "\n".join(failures))


# Asking


def path_of(path):
    plural = (path.split("/") + [""])[3]
    name = next((f"one-{one}" for one, many in plurals.items() if many == plural), "nobody")
    return (path.replace("{name}", name).replace("{id}", "1").replace("{revision}", "2")
            .replace("{network}", name).replace("{mac}", "52:54:00:12:34:56"))


def last_revision():
    return api.must("GET", "/api/v1/history?limit=1")["items"][0]["revision"]


def about_boot(path):
    return path.startswith(("/api/v1/boot/", "/api/v1/dhcp"))


def value_of(parameter, path):
    schema = parameter["schema"]
    if "enum" in schema:
        return "1"
    if schema["type"] == "integer":
        return str(max(schema["minimum"], min(2, schema["maximum"])))
    special = {"as_of": str(last_revision()), "sort": "-name", "type": "system",
               "fields": "name,server" if "settings" in path else "name,comment",
               "after": None, "name": None, "state": "started"}
    if about_boot(path):
        special.update({"arch": "x86_64", "firmware": "uefi", "user_class": "iPXE",
                        "network": "one-network", "format": "kea"})
    if parameter["name"] in special:
        return special[parameter["name"]]
    return "!"  # a filter: where it is set


def ask_gets():
    for path, item in document["paths"].items():
        operation = item.get("get")
        if not operation or "text/event-stream" in str(operation["responses"]):
            continue
        url = path_of(path)
        judge(operation, f"GET {url}", api.ask("GET", url))
        for parameter in operation["parameters"]:
            if parameter["in"] != "query":
                continue
            value = value_of(parameter, path)
            if value is None:
                continue
            what = f"{url}?{urllib.parse.urlencode({parameter['name']: value})}"
            answer = api.ask("GET", what)
            if answer.status >= 400 or answer.status < 200:
                tell(False, f"GET {what}", answer.text)
            elif about_boot(path) or parameter["schema"] != {"type": "string"} or \
                    parameter["name"] in ("as_of", "fields", "sort", "type", "state"):
                judge(operation, f"GET {what}", answer)
            else:
                found = violations(answer.json, operation["responses"]["200"]["content"][
                    "application/json"]["schema"])
                there = answer.json["items"] or parameter["name"] in unfilled(path)
                tell(not found and there, f"GET {what} finds what is set", answer.text)


def unfilled(path):
    """Fields of the path's type that fill_all() leaves out."""
    plural = path.split("/")[3]
    name = next((one for one, many in plurals.items() if many == plural), None)
    if not name:  # no items: nothing has been filled in
        return [parameter["name"] for parameter in document["paths"][path]["get"]["parameters"]]
    properties = schemas[name.capitalize()]["properties"]
    return list(SKIP.get(name, ())) + [field for field in properties
                                       if properties[field].get("readOnly")]


def ask_writes():
    for path, item in document["paths"].items():
        for method in ("post", "put", "patch", "delete"):
            operation = item.get(method)
            if not operation:
                continue
            url = path_of(path)
            flags = [parameter["name"] for parameter in operation["parameters"]]
            if "requestBody" in operation:
                judge(operation, f"{method} {url} with a bad body",
                      api.ask(method.upper(), url, {"no such member": 1}))
            if "dry_run" in flags and path not in ("/api/v1/sync",):
                judge(operation, f"{method} {url} as a dry run",
                      api.ask(method.upper(), f"{url}?dry_run=1", body_of(path, method)))


def body_of(path, method):
    if path.endswith(":rename") or path.endswith(":copy"):
        return {"name": "two"}
    if path.endswith("/apply"):
        return api.must("GET", "/api/v1/export")
    if method == "post" and path.count("/") == 3:
        name = next((one for one, many in plurals.items() if path.endswith("/" + many)), None)
        return dict(FIRST.get(name, {}), name="three") if name else {}
    return {} if method != "delete" else None


def main():
    fill_all()
    api.must("POST", "/api/v1/sync", {"wait": 30})
    ask_gets()
    ask_writes()
    print(f"1..{count}")
    return 1 if bad else 0


sys.exit(main())
