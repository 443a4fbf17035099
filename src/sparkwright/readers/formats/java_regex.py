r"""Java's regular expressions, written so that Rust's (Sail's) match the same; what Rust lacks is said.

`\d`, `\w` and `\s` are ASCII in Java and Unicode in Rust, a dot leaves out more line ends in Java: both are spelled
out. The groups are kept apart, with what may leave them out of a match: engines give '' for a group that took no part.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_ASCII = {"d": "0-9", "w": "a-zA-Z0-9_", "s": " \\t\\n\\x0B\\f\\r"}
_POSIX = {
    "Lower": "a-z",
    "Upper": "A-Z",
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Punct": "!-/:-@\\[-`{-~",
    "XDigit": "0-9a-fA-F",
    "Space": _ASCII["s"],
    "Blank": " \\t",
    "ASCII": "\\x00-\\x7F",
}
_DOT = "[^\\n\\r\\x{85}\\x{2028}\\x{2029}]"
_META = frozenset("\\.+*?()|[]{}^$-#&~")
_SPACED = re.compile(r"\(\?[a-z]*s")
_QUANTIFIER = re.compile(r"(?:[*+?]|\{(\d+)(?:,\d*)?\})")
_ESCAPE = re.compile(r"\\(?:x\{[0-9A-Fa-f]+\}|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[pP]\{\w+\}|[pP]\w|0[0-7]{1,3}|(?s:.))")


@dataclass
class Group:
    """One pair of parentheses, or one branch of an alternation: its place in the text, what it is in."""

    start: int
    parent: Group | None
    number: int | None = None
    end: int = 0
    optional: bool = False
    bars: list[int] = field(default_factory=list)


@dataclass
class JavaRegex:
    """A regular expression for both engines: `text`, its capturing `groups` in order, what only Java has of it."""

    text: str
    groups: tuple[Group, ...]
    lacks: tuple[str, ...]
    is_odd: bool

    def may_be_empty(self, start: int, end: int) -> bool:
        """Whether that part of the text matches nothing at all; in doubt it does."""
        part = re.sub(r"\\x\{([0-9A-Fa-f]+)\}", lambda found: f"\\U{int(found[1], 16):08x}", self.text[start:end])
        try:
            return re.fullmatch(part, "") is not None
        except (re.error, OverflowError):
            return True

    def left_out_with(self, group: Group) -> tuple[int, int] | None:
        """The innermost part of the text around the group that may be left out of a match; None where none may."""
        one: Group | None = group
        while one is not None:
            if one is not group and one.bars:
                edges = [one.start, *(bar + 1 for bar in one.bars)]
                ends = [*one.bars, one.end]
                return next((a, b) for a, b in zip(edges, ends, strict=True) if a <= group.start <= b)
            if one.optional:
                return one.start, one.end
            one = one.parent
        return None


def portable(source: str) -> JavaRegex:
    """Read a regular expression of Java."""
    return _Scan(source).whole()


class _Scan:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.out = ""
        self.lacks: list[str] = []
        self.groups: list[Group] = []
        self.dot = "." if _SPACED.search(source) else _DOT
        self.is_odd = False

    def whole(self) -> JavaRegex:
        top = Group(0, None)
        inner = top
        while self.at < len(self.source):
            inner = self.step(inner)
        top.end = len(self.out)
        return JavaRegex(
            self.out, tuple(self.groups), tuple(dict.fromkeys(self.lacks)), self.is_odd or inner is not top
        )

    def step(self, inner: Group) -> Group:
        character = self.source[self.at]
        if character == "(":
            return self.open(inner)
        if character == ")":
            return self.close(inner)
        if character == "|":
            inner.bars.append(len(self.out))
            self.put("|", 1)
        elif character == "[":
            self.out += self.bracket()
            self.quantifier()
        elif character == "\\":
            self.out += self.escape(inside=False)
            self.quantifier()
        else:
            self.put({".": self.dot, "]": "\\]", "}": "\\}"}.get(character, character), 1)
            self.quantifier()
        return inner

    def put(self, text: str, taken: int) -> None:
        self.out += text
        self.at += taken

    def open(self, inner: Group) -> Group:
        head = re.compile(r"\(\?<[A-Za-z]\w*>|\(\?:|\(\?[a-zA-Z-]*[:)]|\(\?(?:<?[=!]|>)|\(").match(self.source, self.at)
        assert head is not None
        text = head.group()
        if re.fullmatch(r"\(\?[ism-]*\)", text):
            self.put(text, len(text))
            return inner
        if re.fullmatch(r"\(\?(?:<?[=!]|>)", text):
            self.lacks.append("look-around")
        captures = text == "(" or (text.startswith("(?<") and text.endswith(">"))
        if not captures and re.search(r"[a-zA-Z]", re.sub("[ism]", "", text)):
            self.lacks.append("flags")
        self.put("(" if captures else text, len(text))
        group = Group(len(self.out), inner)
        if captures:
            self.groups.append(group)
            group.number = len(self.groups)
        return group

    def close(self, inner: Group) -> Group:
        inner.end = len(self.out)
        self.put(")", 1)
        inner.optional = self.quantifier() == 0
        if inner.parent is None:
            self.is_odd = True
            return inner
        return inner.parent

    def quantifier(self) -> int:
        """Take a quantifier with its mode; how often it wants what stands before it at least."""
        found = _QUANTIFIER.match(self.source, self.at)
        if not found:
            return 1
        text = found.group()
        self.put(text, len(text))
        if self.source.startswith("+", self.at):
            self.lacks.append("possessive quantifiers")
        if self.source.startswith(("+", "?"), self.at):
            self.put(self.source[self.at], 1)
        return int(found.group(1)) if found.group(1) else int(text == "+")

    def escape(self, *, inside: bool) -> str:
        """The escape that stands here, in or out of brackets, and step over it."""
        if self.source.startswith("\\Q", self.at):
            quoted, _, _ = self.source[self.at + 2 :].partition("\\E")
            self.at = min(self.at + 4 + len(quoted), len(self.source))
            return "".join(_plain(c) for c in quoted)
        found = _ESCAPE.match(self.source, self.at)
        if not found:
            self.at, self.is_odd = len(self.source), True
            return ""
        self.at = found.end()
        return self.meant(found.group(), inside=inside)

    def meant(self, text: str, *, inside: bool) -> str:
        letter = text[1]
        if letter.lower() in _ASCII and len(text) == 2:
            return _class(_ASCII[letter.lower()], inverted=letter.isupper(), inside=inside)
        if letter in "pP" and len(text) > 2:
            name = text[2:].strip("{}")
            if name in _POSIX:
                return _class(_POSIX[name], inverted=letter == "P", inside=inside)
            if len(name) > 2:
                self.lacks.append(f"the class {name}")
            return text
        if letter == "u" and len(text) == 6:
            return f"\\x{{{text[2:]}}}"
        if letter == "0" and len(text) > 2:
            return f"\\x{{{int(text[2:], 8):x}}}"
        if letter == "e":
            return "\\x1B"
        if letter == "Z":
            return "\\z"
        if letter in "tnrfaxAz" or (letter in "bB" and not inside):
            return text
        if letter.isdigit() or letter.isalpha():
            self.lacks.append("back-references" if letter.isdigit() or letter == "k" else f"the escape {text!r}")
            return text
        return _plain(letter)

    def bracket(self) -> str:
        """The class in brackets that stands here, and step over it."""
        start = "[^" if self.source.startswith("[^", self.at) else "["
        self.at += len(start)
        out = start
        if self.source.startswith("]", self.at):
            self.is_odd = True
        while self.at < len(self.source) and self.source[self.at] != "]":
            character = self.source[self.at]
            if character == "\\":
                out += self.escape(inside=True)
            elif character == "[":
                if self.source.startswith("[:", self.at):
                    self.lacks.append("nested brackets with a colon")
                out += self.bracket()
            else:
                doubled = character in "-~" and out.endswith(character)
                out += "\\" + character if doubled else character
                self.at += 1
        self.is_odd = self.is_odd or self.at >= len(self.source)
        self.at += 1
        return out + "]"


def _class(content: str, *, inverted: bool, inside: bool) -> str:
    if inverted:
        return f"[^{content}]"
    return content if inside else f"[{content}]"


def _plain(character: str) -> str:
    return "\\" + character if character in _META else character
