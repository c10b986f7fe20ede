#!/usr/bin/python3
"""Writes the scripts that an answer file carries, one file each: AutoYaST's <script>, Agama's
scripts, the files of Ignition with a mode that says so; and Ignition's other files as they are.

usage: scripts.py FILE DIR [OTHER-FILES-DIR]
"""

import base64
import json
import sys
import xml.etree.ElementTree as xml

YAST = "{http://www.suse.com/1.0/yast2ns}"


def of_autoyast(path):
    for script in xml.parse(path).iter(YAST + "script"):
        yield script.findtext(YAST + "filename"), script.findtext(YAST + "source")


def of_agama(document):
    for kind, scripts in document["scripts"].items():
        for script in scripts:
            yield f"{kind}-{script['name']}", script["content"]


def of_ignition(document):
    for file in document["storage"]["files"]:
        text = base64.b64decode(file["contents"]["source"].split(",", 1)[1]).decode()
        yield file["path"].strip("/").replace("/", "_"), text, file["mode"] & 0o111


def main():
    path, folder = sys.argv[1:3]
    others = sys.argv[3] if len(sys.argv) > 3 else None
    if path.endswith(".xml"):
        found = list(of_autoyast(path))
    else:
        with open(path, encoding="utf-8") as f:
            document = json.load(f)
        if "ignition" in document:
            found = []
            for name, text, runs in of_ignition(document):
                if runs:
                    found.append((name, text))
                elif others:
                    with open(f"{others}/{name}", "w", encoding="utf-8") as f:
                        f.write(text)
        else:
            found = list(of_agama(document))
    for name, text in found:
        with open(f"{folder}/{name}", "w", encoding="utf-8") as f:
            f.write(text + "\n")


if __name__ == "__main__":
    main()
