"""Trino's functions of texts and regular expressions in Spark's words."""

from __future__ import annotations

import re

from sqlglot import exp

from sparkwright.readers.views_terms import Differs, call, is_text, only

# What Trino takes for white space, as Java and Rust spell it.
_BLANKS = r"\t-\r\x{1c}-\x{20}\x{1680}\x{2000}-\x{2006}\x{2008}-\x{200a}\x{2028}\x{2029}\x{205f}\x{3000}"


def trim(node: exp.Expr) -> exp.Expr:
    """TRIM, LTRIM, RTRIM: Trino takes all white space."""
    position = str(node.args.get("position") or "BOTH").upper()
    if node.args.get("expression") or node.args.get("collation"):
        raise Differs("TRIM of given characters")
    parts = {"LEADING": f"^[{_BLANKS}]+", "TRAILING": f"[{_BLANKS}]+$"}
    pattern = parts.get(position) or "|".join(parts.values())
    return call("REGEXP_REPLACE", node.this, exp.Literal.string(pattern), exp.Literal.string(""))


def like(node: exp.Expr) -> exp.Expr:
    """LIKE; only Spark has an escape where none is named."""
    pattern = node.expression
    if not isinstance(pattern, exp.Literal) or "\\" in pattern.name:
        raise Differs("LIKE with a backslash, or with a pattern that is no literal")
    return node


def substring(node: exp.Expr) -> exp.Expr:
    """SUBSTR from a place that is known."""
    start = node.args.get("start")
    if not isinstance(start, exp.Literal) or not start.name.isdigit() or int(start.name) < 1:
        raise Differs("SUBSTR from a place that is no positive number")
    return only("this", "start", "length")(node)


def padded(node: exp.Expr) -> exp.Expr:
    """LPAD, RPAD."""
    if not is_text(node.args.get("fill_pattern")):
        raise Differs("LPAD or RPAD with a filling that is no literal")
    return node


def strpos(node: exp.Expr) -> exp.Expr:
    """STRPOS as LOCATE."""
    only("this", "substr")(node)
    return call("LOCATE", node.args["substr"], node.this)


def split_part(node: exp.Expr) -> exp.Expr:
    """SPLIT_PART; NULL where there are fewer parts."""
    mark, part = node.args.get("delimiter"), node.args.get("part_index")
    if mark is None or not is_text(mark) or not isinstance(part, exp.Literal) or not part.name.isdigit():
        raise Differs("SPLIT_PART with a delimiter or a number that is no literal")
    if int(part.name) < 1:
        raise Differs("SPLIT_PART of a part before the first")
    pattern = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", mark.name)
    return call("GET", call("SPLIT", node.this, exp.Literal.string(pattern)), exp.Literal.number(int(part.name) - 1))


def replace(node: exp.Expr) -> exp.Expr:
    """REPLACE of a text that is not empty."""
    if not is_text(node.expression):
        raise Differs("REPLACE of a text that is no literal")
    return node


_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_", "s": " \\t\\n\\r\\f"}


def _pattern(node: exp.Expr) -> exp.Expr:
    """A regular expression that Trino, Java and Rust read alike."""
    if not is_text(node):
        raise Differs("a regular expression that is no literal")
    text, made, at, is_class = node.name, "", 0, False
    while at < len(text):
        character = text[at]
        after = text[at + 1 : at + 2]
        if character == "\\":
            if after not in _CLASSES and not (after and not after.isalnum() and after.isascii()):
                raise Differs(f"the regular expression {text!r}")
            spelled = _CLASSES.get(after, "\\" + after)
            made += f"[{spelled}]" if after in _CLASSES and not is_class else spelled
            at += 2
            continue
        if (character == "(" and after == "?") or (is_class and character in "[&~") or not character.isprintable():
            raise Differs(f"the regular expression {text!r}")
        is_class = character == "[" or (is_class and character != "]")
        made += character
        at += 1
    if re.search(r"[*+?}]\+", made):
        raise Differs(f"the regular expression {text!r}")
    return exp.Literal.string(made)


def regexp_like(node: exp.Expr) -> exp.Expr:
    """REGEXP_LIKE."""
    only("this", "expression")(node)
    return exp.RegexpLike(this=node.this.copy(), expression=_pattern(node.expression))


def regexp_extract(node: exp.Expr) -> exp.Expr:
    """NULL where nothing matches; a group that may take no part in a match is refused."""
    pattern, group = _pattern(node.expression), node.args.get("group") or exp.Literal.number(0)
    is_sure = group.name == "0" or not re.search(r"\||\)[?*{]", pattern.name)
    if not group.name.isdigit() or not is_sure or node.args.get("position") or node.args.get("occurrence"):
        raise Differs("REGEXP_EXTRACT of a group that may be missing")
    found = call("REGEXP_EXTRACT", node.this, pattern, group)
    return exp.Case(ifs=[exp.If(this=exp.RegexpLike(this=node.this.copy(), expression=pattern.copy()), true=found)])


def regexp_replace(node: exp.Expr) -> exp.Expr:
    """REGEXP_REPLACE with a plain replacement."""
    replacement = node.args.get("replacement") or exp.Literal.string("")
    if not isinstance(replacement, exp.Literal) or re.search(r"[$\\]", replacement.name):
        raise Differs("REGEXP_REPLACE with groups in its replacement")
    return call("REGEXP_REPLACE", node.this, _pattern(node.expression), replacement)
