"""What Bootwright adds to Jinja2, written a second time in Python with Python's own libraries: the
reference for the C engine's own filters, and what the answer files need to render under Jinja2."""

import base64
import crypt
import hashlib
import ipaddress
import json
import re
from xml.sax.saxutils import escape

import jinja2


def fail(message):
    raise jinja2.TemplateRuntimeError(message)


def text(value):
    value = str(value)
    if "\0" in value:
        raise ValueError("NUL")
    return value


def quoted(value):
    return "'" + value.replace("'", "'\\''") + "'"


def shell(value):
    value = text(value)
    return value if re.fullmatch(r"[A-Za-z0-9_@%+=:,./-]+", value, re.ASCII) else quoted(value)


def grub(value):
    value = text(value)
    if re.search(r"[\n\r]", value):
        raise ValueError("line break")
    return quoted(value)


def pxe(value):
    value = text(value)
    if re.search(r"[\0-\x1f\x7f]", value):
        raise ValueError("control character")
    return value


def xml(value):
    value = text(value)
    if re.search(r"[\0-\x08\x0b\x0c\x0e-\x1f]", value):
        raise ValueError("control character")
    return escape(value, {'"': "&quot;", "'": "&apos;"})


def yaml(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def b64encode(value):
    return base64.b64encode(str(value).encode()).decode()


def interface(value, length=None):
    value = str(value)
    if length is not None:
        value = value.split("/")[0] + "/" + str(length)
    if "/" not in value:
        raise ValueError("no length")
    return ipaddress.ip_interface(value)


def network(value, netmask=None):
    return str(interface(value, netmask).network.network_address)


def broadcast(value, netmask=None):
    found = interface(value, netmask)
    if found.version != 4:
        raise ValueError("IPv4 only")
    return str(found.network.broadcast_address)


def prefix(value):
    value = str(value)
    if "/" in value:
        return interface(value).network.prefixlen
    return ipaddress.ip_network("0.0.0.0/" + value).prefixlen


def netmask(value):
    value = str(value)
    if "." in value:
        value = str(prefix(value))
    return str(ipaddress.ip_network("0.0.0.0/" + value.removeprefix("/")).netmask)


def address(value):
    return str(ipaddress.ip_interface(str(value)).ip)


def hexadecimal(value):
    return f"{int(ipaddress.IPv4Address(address(value))):08X}"


def password_hash(password, hashtype="sha512", salt=None, rounds=None, seed=None):
    prefixes = {"sha512": "$6$", "sha256": "$5$", "yescrypt": "$y$j9T$"}
    if (salt is None) == (seed is None) or not password:
        raise ValueError("salt or seed")
    if seed is not None:
        salt = hashlib.sha256(str(seed).encode()).hexdigest()[:16]
    if not re.fullmatch(r"[./0-9A-Za-z]{1,%d}" % (64 if hashtype == "yescrypt" else 16), str(salt)):
        raise ValueError("salt")
    if rounds is not None and (hashtype == "yescrypt" or not 1000 <= rounds <= 100000):
        raise ValueError("rounds")
    count = f"rounds={rounds}$" if rounds not in (None, 5000) else ""
    found = crypt.crypt(str(password), prefixes[hashtype] + count + str(salt))
    if not found:
        raise ValueError("crypt")
    return found


FILTERS = {
    "shell": shell, "grub": grub, "pxe": pxe, "xml": xml, "yaml": yaml, "b64encode": b64encode,
    "network": network, "broadcast": broadcast, "address": address, "netmask": netmask,
    "prefix": prefix, "hex": hexadecimal, "password_hash": password_hash,
    "ipaddr_network": network, "ipaddr_broadcast": broadcast, "ipaddr_address": address,
    "hexip": hexadecimal,
}
GLOBALS = {"fail": fail}


def environment(**options):
    """Jinja2 as Bootwright has it: strict about what is undefined, and with these."""
    env = jinja2.Environment(undefined=jinja2.StrictUndefined, **options)
    env.filters.update(FILTERS)
    env.globals.update(GLOBALS)
    return env
