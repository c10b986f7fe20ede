#!/usr/bin/python3
"""Random templates from a grammar, rendered by Bootwright's engine and by Jinja2: both print the
same bytes, or both fail.

usage: generate.py RENDER [COUNT] [SEED]     compares, and prints TAP with what was covered
       generate.py --show NUMBER [SEED]      prints one of them

The expressions are those of grammar.py; this file has the statements, which must know the names in
scope. One template in twelve gets something wrong on purpose. The run fails where a construct was
never used or where fewer than 85 % of the templates render.
"""

import collections
import json
import random
import re
import sys

import engines
import grammar

HELPERS = {
    "inc": "[{{ name }}{% if x is defined %} {{ x }}{% endif %}]\n",
    "lib": "{% macro field(name, value='v', kind=none) -%}\n<{{ name }}={{ value|e }}{{ kind or '' }}>"
           "{%- endmacro %}{% set version = '1.' ~ 2 %}{% macro wrap(tag) %}<{{ tag }}>{{ caller() }}</{{ tag }}>"
           "{% endmacro %}{% macro all() %}{{ varargs|join(',') }};{{ kwargs|dictsort }}{% endmacro %}",
    "base": "head {{ name }}\n{% block one %}one{% endblock %}\n  {% block two scoped %}two {{ n }}{% endblock %}\n"
            "{% for x in strs %}{% block item scoped %}({{ x }}){% endblock %}{% endfor %}\ntail\n",
    "middle": "{% extends 'base' %}{% block one %}middle, {{ super() }}{% endblock %}ignored",
}
MARK = re.compile("«([a-z]+)(!?)»")
ATOM = re.compile(r"\w+(\.[a-z]\w*|\[\d\])*|'[^'\\]*'|\d+")
LETTERS = ["a", "b", "e", "A", "Bob", " ", "  ", "-", "_", ".", "x-y", "0", "42", "<b>", "&", "\"", "ß", "ü", "É", "Ж",
           "ω", "中", "😀", "\\n", "\\t", "\\\\", "\\'", "foo bar", "\\x41", "\\u00e9", "%", "{}", "/", "?", "=", "é"]
TEXTS = ["text", "a b", "d-i x string ", "\n", "\n\n", "  ", "\t", " \n  ", "{ }", "% }", "# ", "é ü", "\n    key: ", "\\", "'\"",
         "{ { ", "{ %", "\r\n", "end\n", "-", "\n- "]


class Coverage(collections.Counter):
    """What was used, by name; names are declared so that what is missing shows."""

    def __init__(self):
        super().__init__()
        for rows in grammar.KINDS.values():
            self.update({row: 0 for row in rows})
        self.update({row: 0 for row in grammar.WRONG})
        self.update({s[4:]: 0 for s in dir(Template) if s.startswith("put_")})


class Template:
    """One random template."""

    def __init__(self, seed, number, used):
        self.rng = random.Random(f"{seed}/{number}")
        self.used = used
        self.counter = 0
        self.in_loop = 0
        self.level = 0     # of bodies around
        self.captured = 0  # of those, macros and call blocks
        self.scope = {"int": ["n", "m"], "str": ["name", "t", "empty"], "float": ["f"], "bool": ["yes", "no"],
                      "nums": ["nums"], "strs": ["strs"], "users": ["users"], "dict": ["ed"]}
        self.macros = []

    # expressions

    def expression(self, kind, depth=3):
        if kind == "letters":
            return "".join(self.rng.choice(LETTERS) for _ in range(self.rng.randint(0, 4)))
        if kind == "text":
            return "'" + self.expression("letters") + "'"
        names = self.scope.get(kind, [])
        if names and (depth <= 0 or self.rng.random() < 0.3):
            return self.rng.choice(names)
        rows = grammar.KINDS[kind]
        if depth <= 0:
            rows = [r for r in rows if "«" not in r] or rows[:3]
        row = self.rng.choice(rows)
        self.used[row] += 1
        return MARK.sub(lambda m: self.part(m, row, depth - 1), row)

    def part(self, match, row, depth):
        if row == match.group(0):  # a kind that is just another one
            return self.expression(match.group(1), depth)
        if match.group(2):
            depth = 0
        text = self.expression(match.group(1), depth)
        if match.group(1) == "letters" or match.group(2) or ATOM.fullmatch(text):
            return text if not (match.group(2) and not ATOM.fullmatch(text)) else f"({text})"
        return f"({text})"

    # text and tags

    def space(self):
        return self.rng.choice([" ", " ", " ", "", "  ", "\n  "])

    def tag(self, inside):
        left = self.rng.choice(["", "", "", "", "-", "+"])
        right = self.rng.choice(["", "", "", "", "-", "+"])
        return "{%" + left + " " + inside + " " + right + "%}"

    def output(self, inside):
        left, right = self.rng.choice(["", "", "", "-"]), self.rng.choice(["", "", "", "-"])
        return "{{" + left + " " + inside + self.space() + " " + right + "}}"

    def text(self):
        return "".join(self.rng.choice(TEXTS) for _ in range(self.rng.randint(0, 3)))

    def fresh(self):
        self.counter += 1
        return f"v{self.counter}"

    def body(self, depth, most=3):
        """Some text and statements; names that are set in it are gone after it."""
        outer = {k: list(v) for k, v in self.scope.items()}
        macros = list(self.macros)
        self.level += 1
        out = "".join(self.text() + self.statement(depth) for _ in range(self.rng.randint(0, most)))
        self.scope, self.macros = outer, macros
        self.level -= 1
        return out + self.text()

    def statement(self, depth):
        names = [s for s in dir(self) if s.startswith("put_")]
        if depth <= 0:
            names = ["put_print", "put_print", "put_set", "put_comment", "put_raw", "put_print_tag", "put_include"]
        elif self.rng.random() < 0.35:
            names = ["put_print"]
        name = self.rng.choice(names)
        self.used[name[4:]] += 1
        return getattr(self, name)(depth - 1)

    # statements

    def kind(self):
        return self.rng.choice(["int", "str", "str", "bool", "float", "nums", "strs", "dict", "users"])

    def put_print(self, depth):
        return self.output(self.expression(self.rng.choice(["any", "str", "str", "int", "float", "bool", "list"])))

    def put_print_tag(self, depth):
        return self.tag("print " + self.expression("scalar", 1))

    def put_comment(self, depth):
        sign = self.rng.choice(["", "", "-", "+"])
        return "{#" + sign + " {{ x }} {% y %} # " + self.rng.choice(["", "\n", "-"]) + "#}"

    def put_raw(self, depth):
        return self.tag("raw").replace("+%}", "%}") + "{{ x }} {% y %}\n {# z" + self.tag("endraw")

    def put_if(self, depth):
        out = self.tag("if " + self.expression("bool")) + self.body(depth)
        for _ in range(self.rng.randint(0, 2)):
            out += self.tag("elif " + self.expression("bool", 2)) + self.body(depth, 2)
        if self.rng.random() < 0.5:
            out += self.tag("else") + self.body(depth)
        return out + self.tag("endif")

    def loop_body(self, names, depth):
        outer = {k: list(v) for k, v in self.scope.items()}
        for kind, name in names:
            self.scope.setdefault(kind, []).append(name)
        self.in_loop += 1
        out = self.body(depth)
        if self.rng.random() < 0.6:
            out += self.put_loop_variable(depth)
        self.in_loop -= 1
        self.scope = outer
        return out

    def put_loop_variable(self, depth):
        if not self.in_loop:
            return ""
        return self.output("loop." + self.rng.choice([
            "index", "index0", "revindex", "revindex0", "first", "last", "length", "depth", "depth0",
            "cycle('a', 'b', 'c')", "changed(loop.index // 2)", "previtem|default('-')|string|length",
            "nextitem|d('-') is string"]))

    def put_for(self, depth):
        name = self.fresh()
        kind, over = self.rng.choice([("int", "nums"), ("str", "strs"), ("str", "str"), ("int", "nums")])
        test = self.rng.choice(["", "", f" if {name}|string|length > 1"])
        out = self.tag(f"for {name} in ({self.expression(over)}){test}") + self.loop_body([(kind, name)], depth)
        if self.rng.random() < 0.4:
            out += self.tag("else") + self.body(depth, 1)
        return out + self.tag("endfor")

    def put_for_pairs(self, depth):
        key, value = self.fresh(), self.fresh()
        over = self.rng.choice([
            "{'a': 1, 'b': 2}.items()", "[('x', 3), ('y', 4)]", "{'q': 5}|items", "{'z': 1, 'A': 2}|dictsort", "[]"])
        target = self.rng.choice([f"{key}, {value}", f"({key}, {value})"])
        return (self.tag(f"for {target} in {over}") + self.loop_body([("str", key), ("int", value)], depth)
                + self.tag("endfor"))

    def put_for_users(self, depth):
        user = self.fresh()
        inner = self.output(f"{user}.name") + self.output(f"{user}.city.n") + self.output(f"{user}['age'] + 1")
        return (self.tag(f"for {user} in ({self.expression('users')})") + inner + self.loop_body([], depth)
                + self.tag("endfor"))

    def put_for_groups(self, depth):
        key, group = self.fresh(), self.fresh()
        by = self.rng.choice(["'age'", "'city.n'", "attribute='on'", "'size', default=3"])
        return (self.tag(f"for {key}, {group} in users|groupby({by})") + self.output(key)
                + self.loop_body([("users", group)], depth) + self.tag("endfor"))

    def put_for_recursive(self, depth):
        node = self.fresh()
        return (self.tag(f"for {node} in tree recursive") + self.output(f"{node}.n") + self.output("loop.depth")
                + self.tag(f"if {node}.kids") + "<" + self.output(f"loop({node}.kids)") + ">" + self.tag("endif")
                + self.tag("endfor"))

    def put_set(self, depth):
        kind = self.kind()
        known = self.scope.get(kind, [])
        again = [n for n in known if n.startswith("v")]
        name = self.rng.choice(again) if again and self.rng.random() < 0.3 else self.fresh()
        out = self.tag(f"set {name} = {self.expression(kind)}")
        known.append(name)
        return out

    def put_set_global(self, depth):
        # Read before it is set, and not in an inner body: else Jinja calls it undefined before.
        return "{{ m }}" + self.tag("set m = m + 1") + "{{ m }}" if not self.level else ""

    def put_set_pair(self, depth):
        one, two = self.fresh(), self.fresh()
        out = self.tag(f"set {one}, {two} = {self.expression('int', 2)}, ({self.expression('str', 2)})")
        self.scope["int"].append(one)
        self.scope["str"].append(two)
        return out

    def put_set_block(self, depth):
        name = self.fresh()
        chain = self.rng.choice(["", "", "|upper", "|trim|replace('a', 'b')", "|indent(2)", "|e"])
        out = self.tag(f"set {name}{chain and ' ' + chain}") + self.body(depth) + self.tag("endset")
        self.scope["str"].append(name)
        return out

    def put_with(self, depth):
        one, two = self.fresh(), self.fresh()
        out = self.tag(f"with {one} = {self.expression('int', 2)}, {two} = {self.expression('str', 2)}")
        outer = {k: list(v) for k, v in self.scope.items()}
        self.scope["int"].append(one)
        self.scope["str"].append(two)
        out += self.body(depth) + self.tag("endwith")
        self.scope = outer
        return out

    def put_namespace(self, depth):
        name = self.fresh()
        return (self.tag(f"set {name} = namespace(sum={self.expression('lit')}, s='')")
                + self.tag(f"for x in ({self.expression('nums', 1)})") + self.tag(f"set {name}.sum = {name}.sum + loop.index")
                + self.tag(f"set {name}.s = {name}.s ~ x") + self.tag("endfor") + self.output(f"{name}.sum") + self.output(f"{name}.s"))

    def put_list_append(self, depth):
        name = self.fresh()
        return (self.tag(f"set {name} = [{self.expression('int', 1)}]") + self.tag(f"for x in ({self.expression('strs', 1)})")
                + self.tag(f"set _ = {name}.append(x)") + self.tag("endfor") + self.output(name))

    def put_filter(self, depth):
        chain = self.rng.choice(["upper", "trim", "indent(3)", "replace('a', 'o')|lower", "e", "wordwrap(9)", "truncate(20, true)", "title"])
        return self.tag("filter " + chain) + self.body(depth) + self.tag("endfilter")

    def put_macro(self, depth):
        name = self.fresh()
        outer = {k: list(v) for k, v in self.scope.items()}
        loops, self.in_loop = self.in_loop, 0
        self.scope = {k: [x for x in v if not x.startswith("v")] for k, v in outer.items()}
        self.scope["int"].append("a")
        self.scope["str"].append("b")
        self.captured += 1
        out = (self.tag(f"macro {name}(a, b='«', c=none)".replace("«", self.rng.choice(["", "x", "y z"])))
               + self.body(depth) + self.output("c") + self.tag("endmacro"))
        self.captured -= 1
        self.scope, self.in_loop = outer, loops
        self.macros.append(name)
        return out + self.put_macro_call(depth)

    def put_macro_call(self, depth):
        if not self.macros:
            return ""
        args = self.rng.choice(["«int»", "«int», «str»", "a=«int»", "«int», b=«str»", "b=«str», a=«int»", "«int», c=«any»",
                                "*[«int», «str»]", "«int», **{'c': «int»}"])
        args = MARK.sub(lambda m: "(" + self.expression(m.group(1), 1) + ")", args)
        return self.output(f"{self.rng.choice(self.macros)}({args})")

    def put_macro_extra(self, depth):
        name = self.fresh()
        return (self.tag(f"macro {name}(a)") + "{{ a }}{{ varargs }}{{ kwargs }}" + self.tag("endmacro")
                + self.output(f"{name}({self.expression('int', 1)}, {self.expression('str', 1)}, k={self.expression('int', 1)})")
                + self.output(f"{name}.name ~ {name}.arguments ~ {name}.catch_varargs ~ {name}.caller"))

    def put_call(self, depth):
        name = self.fresh()
        outer = {k: list(v) for k, v in self.scope.items()}
        out = self.tag(f"macro {name}(t)") + "<{{ t }}>{{ caller(t, 1) }}|{{ caller('q') }}" + self.tag("endmacro")
        self.scope["str"].append("u")
        self.scope["int"].append("w")
        self.captured += 1
        out += self.tag(f"call(u, w=5) {name}({self.expression('text')})") + self.body(depth, 2) + self.tag("endcall")
        self.captured -= 1
        self.scope = outer
        return out

    def put_include(self, depth):
        # Without context within a macro Jinja prints "<generator object …>": see differs.cases.
        alone = "" if self.captured else " without context"
        return self.tag(self.rng.choice([
            "include 'inc'", "include 'inc'" + alone, "include 'none' ignore missing", "include ['none', 'inc']",
            "include 'in' ~ 'c'", "include ['a', 'b'] ignore missing with context", "with x = 1 %}{% include 'inc' %}{% endwith"]))

    def put_import(self, depth):
        name = self.fresh()
        return (self.tag(f"import 'lib' as {name}" + self.rng.choice(["", " with context", " without context"]))
                + self.output(f"{name}.field({self.expression('str', 1)}, value={self.expression('str', 1)})") + self.output(f"{name}.version")
                + self.output(f"{name}.all(1, 2, b=({self.expression('int', 1)}))"))

    def put_from(self, depth):
        return (self.tag("from 'lib' import field as put, version" + self.rng.choice(["", " with context", ", wrap"]))
                + self.output(f"put('n', ({self.expression('str', 1)}))") + self.output("version"))

    def put_call_imported(self, depth):
        out = self.tag("from 'lib' import wrap") + self.tag(f"call wrap({self.expression('text')})")
        self.captured += 1
        out += self.body(depth, 2) + self.tag("endcall")
        self.captured -= 1
        return out

    # whole templates

    def blocks(self):
        out = self.tag(self.rng.choice(["extends 'base'", "extends 'middle'", "extends ('middle' if yes else 'base')"]))
        out += self.text() + self.put_set(1)
        self.used["set"] += 1
        self.used["extends"] += 1
        for name in ("one", "two", "item"):
            if self.rng.random() < 0.6:
                super_call = self.rng.choice(["", self.output("super()"), self.output("super()|upper")])
                self.used["super"] += bool(super_call)
                out += self.tag("block " + name) + super_call + self.body(1, 2) + self.tag("endblock")
        return out

    def make(self):
        if self.rng.random() < 0.12:
            text = self.blocks()
        else:
            text = self.text() + "".join(self.statement(2) + self.text() for _ in range(self.rng.randint(1, 5)))
            if self.rng.random() < 0.05:
                text += self.tag("block own") + self.body(1) + self.tag("endblock") + self.output("self.own()")
                self.used["self"] += 1
        # After an extends Jinja does not compile what stands outside the blocks.
        if self.rng.random() < 1 / 12 and "extends" not in text:
            wrong = self.rng.choice(grammar.WRONG)
            self.used[wrong] += 1
            text += wrong
        return {"template": text, "vars": self.variables(), "templates": HELPERS,
                "options": [o for o in ("trim_blocks", "lstrip_blocks", "keep_trailing_newline") if self.rng.random() < 0.5]}

    def variables(self):
        pick, some = self.rng.choice, self.rng.randint
        words = ["a", "Abc", "zeta", "b c", "Ärger", "x", "", "Bob"]
        return {
            "name": pick(["web7", "Web 7", "", "äöü ß", "a-b_c.d"]), "t": pick(["", " pad ", "line one\nline two\n\n three", "<i>&amp; 'q'</i>", "0", "αβγ Жук", "%s {}"]),
            "empty": "", "n": some(-5, 50), "m": some(0, 9), "f": pick([2.5, -0.5, 1e9, 3.14159, 100.0, 1e-9, 0.1]), "yes": True, "no": False, "nothing": None,
            "nums": [some(-3, 12) for _ in range(some(0, 6))], "strs": [pick(words) for _ in range(some(0, 5))], "ed": pick([{}, {"k": "v <>", "j": None}, {"B": 1, "a": 2.5, "c": [1]}]),
            "users": [{"name": pick(["Bob", "alice", "Carl"]), "age": some(18, 22), "city": {"n": pick(["Ulm", "ulm", "Bonn"])}, "on": some(0, 1) == 1} for _ in range(some(0, 4))],
            "host": {"name": "web7", "ip": "192.0.2.91", "dns": ["192.0.2.1", "192.0.2.2"], "opts": {"console": "ttyS0", "quiet": None, "Ram": 4}},
            "tree": [{"n": "a", "kids": [{"n": "b", "kids": []}, {"n": "c", "kids": [{"n": "d", "kids": []}]}]}, {"n": "e", "kids": []}],
        }


def jinja_names(used):
    """Jinja's filters and tests that no template had. What we leave out is in engines.py."""
    text = "\n".join(row for row in used if used[row])
    words = set(re.findall(r"\|\s*([a-z]\w*)", text)) | set(re.findall(r"(?:map|is|is not|select|reject|selectattr|rejectattr)\W+'?([a-z]+|[<>=!]+)", text))
    words |= set(re.findall(r"(?:selectattr|rejectattr)\('[^']*', '(\w+)'", text))
    words |= set(re.findall(r"(?:select|reject|map)\('([^']+)'", text))
    return sorted(n for n in engines.wanted_names() if n not in words)


def show(number, case, ours, theirs):
    print(f"# template {number}: {case['options']}")
    for name, what in (("template", case["template"]), ("ours", ours), ("jinja", theirs), ("vars", case["vars"])):
        print(f"#   {name}: {json.dumps(what, ensure_ascii=False)}")


def main():
    if sys.argv[1] == "--show":
        seed = sys.argv[3] if len(sys.argv) > 3 else "1"
        print(json.dumps(Template(seed, int(sys.argv[2]), collections.Counter()).make(), indent=1, ensure_ascii=False))
        return 0
    render = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
    seed = sys.argv[3] if len(sys.argv) > 3 else "1"
    used = Coverage()
    cases = [Template(seed, i, used).make() for i in range(count)]
    rendered, differing = 0, 0
    for i, (case, ours, theirs) in enumerate(zip(cases, *engines.by_both(render, cases), strict=True)):
        if theirs != ours and not ("error" in theirs and "error" in ours):
            differing += 1
            if differing <= 5:
                show(i, case, ours, theirs)
        rendered += "out" in theirs
    # So few templates that chance leaves something out say nothing about what they cover.
    missing = [row for row, n in used.items() if not n] + jinja_names(used) if count >= 5000 else []
    print("1..3" if count >= 5000 else "1..2")
    print(f"{'not ' * bool(differing)}ok 1 - {count - differing} of {count} random templates agree, seed {seed}")
    print(f"{'not ' * (rendered < 0.85 * count)}ok 2 - {rendered} rendered ({100 * rendered / count:.1f} %), {count - rendered} failed")
    if count >= 5000:
        print(f"{'not ' * bool(missing)}ok 3 - {len(used)} constructs used, {sum(used.values())} times")
    for row in missing:
        print(f"# never used: {row}")
    return 1 if differing or missing or rendered < 0.85 * count else 0


if __name__ == "__main__":
    sys.exit(main())
