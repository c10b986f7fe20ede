#!/usr/bin/python3
"""Checks JSON or YAML files against a JSON schema (draft 7).

usage: schema.py SCHEMA.json [--under KEY] FILE...
       --under: only what stands under that key of the file
"""

import json
import sys

import jsonschema
import yaml


class Loader(yaml.SafeLoader):
    """A key that is given twice is a mistake that YAML's readers pass over."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise ValueError(f"'{key}' is given twice")
        return super().construct_mapping(node, deep)


def load(path, key):
    with open(path, encoding="utf-8") as f:
        document = yaml.load(f, Loader)  # JSON is YAML
    if key:
        if set(document) != {key}:
            raise ValueError(f"nothing but '{key}' belongs here")
        document = document[key]
    return document


def main():
    args = sys.argv[1:]
    with open(args.pop(0), encoding="utf-8") as f:
        schema = json.load(f)
    key = ""
    if args[0] == "--under":
        key = args[1]
        args = args[2:]
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    bad = 0
    for path in args:
        try:
            errors = sorted(validator.iter_errors(load(path, key)), key=str)
        except (ValueError, yaml.YAMLError) as why:
            print(f"{path}: {why}")
            bad = 1
            continue
        for error in errors:
            print(f"{path}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")
            bad = 1
    return bad


if __name__ == "__main__":
    sys.exit(main())
