"""Tokens of a question, and the light morphology that brings words and names to a common form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_TOKEN = re.compile(
    r"""
    (?P<quoted>"[^"]+"|“[^”]+”|(?<!\w)'(?=\S)[^']*?\S'(?!\w)|(?<!\w)‘[^’]+’(?!\w)|`[^`]+`)
  | (?P<date>\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?)?)
  | (?P<clock>(?<![\w:.])(?:\d{1,2}:\d{2}(?![\w:])(?:\s?[ap]m\b)?|\d{1,2}\s?[ap]m\b))
  | (?P<number>(?:(?<![\w)])[-+])?\d+(?:,\d{3})+(?:\.\d+)?(?![\w])|(?:(?<![\w)])[-+])?\d+(?:\.\d+)?(?![\w.]*[A-Za-z_]))
  | (?P<possessive>['’]s\b|(?<=s)['’](?!\w))
  | (?P<word>[^\W_](?:[\w&.@/#+-]*[\w#+%])?(?:['’](?!s\b)\w+)?|[#%$€£])
  | (?P<mark>[,;:.?!()=<>]+)
    """,
    re.VERBOSE,
)


def _pairs(text: str) -> dict[str, str]:
    """Entries between semicolons: a word, then what it stands for."""
    return {short: " ".join(long) for short, *long in (entry.split() for entry in text.split(";"))}


_IRREGULAR = _pairs("""
    people person; men man; women woman; children child; feet foot; mice mouse; criteria criterion; indices
    index; analyses analysis; bases base; cities city; movies movie; cookies cookie; staffs staff; statuses
    status; buses bus; lives life; wives wife; series series; species species; news news; aircrafts aircraft;
    data data; less less; was was; is is; his his; this this; has has; does does; as as; its its; plus plus;
    minus minus; gas gas; yes yes; us us; headquarters headquarter; goalies goalie; calories calorie; cases
    case; axes axis; shelves shelf; leaves leaf
""")


@dataclass(frozen=True)
class Token:
    """One token: `text` as written, `kind` one of word, number, date, clock, quoted, possessive, mark."""

    text: str
    kind: str
    start: int
    end: int

    @property
    def lower(self) -> str:
        """The text in lower case."""
        return self.text.lower()

    @property
    def lemma(self) -> str:
        """The word's base form."""
        return lemma(self.text)


def tokenize(text: str) -> tuple[Token, ...]:
    """Split a question into tokens; a quoted text is one token without its quotes."""
    tokens = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "mark"
        word = match.group()
        if kind == "quoted":
            word = word[1:-1].strip()
        if word:
            tokens.append(Token(word, kind, match.start(), match.end()))
    return tuple(tokens)


@lru_cache(maxsize=20_000)
def lemma(word: str) -> str:
    """The singular of a noun, the bare form of a third person; other words stay as they are."""
    low = word.lower().rstrip(".")
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    if len(low) <= 3 or not low.endswith("s") or low.endswith(("ss", "us", "is")):
        return low
    if low.endswith("ies") and len(low) > 4:
        return low[:-3] + "y"
    if (
        low.endswith("uses")
        and not low.endswith(("houses", "causes", "clauses", "pauses", "spouses", "nurses"))
        and len(low) > 5
    ):
        return low[:-2]
    if low.endswith(("sses", "shes", "ches", "xes", "zes")):
        return low[:-2]
    return low[:-1]


_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z]{2})(?=\d)")
_SEPARATOR = re.compile(r"[^\w#%]+|_+")

ABBREVIATIONS = _pairs("""
    dep departure; arr arrival; orig origin; dest destination; dst destination; src source; num number; no
    number; nbr number; cnt count; qty quantity; amt amount; avg average; dept department; emp employee; stu
    student; cust customer; prod product; mgr manager; addr address; desc description; dob birthday; tel
    telephone; lat latitude; lon longitude; long longitude; lng longitude; alt altitude; temp temperature; humid
    humidity; precip precipitation; visib visibility; max maximum; min minimum; prof professor; sched scheduled;
    fname first name; lname last name; mname middle name; tailnum tail number; dir direction; pct percent; acct
    account; info information; org organization; univ university; yr year; mon month; hrs hour; mins minute;
    secs second; firstname first name; lastname last name; cname name; sname name; pname name; ref reference;
    gov government; pos position; cat category; tz timezone; wgt weight; hgt height; enr enrollment; inst
    institution; ext extension; ssn social security number; dno department number; stuid student id; clubid club
    id; zip zip; sal salary; flno flight number; trans transaction; catalogue catalog; enrolment enrollment
""")


@lru_cache(maxsize=20_000)
def split_name(name: str) -> tuple[str, ...]:
    """The lemmas of an identifier: `arr_delay` is (`arrival`, `delay`), `StuID` is (`student`, `id`)."""
    parts = [part for piece in _SEPARATOR.split(name) for part in _CAMEL.split(piece) if part]
    words: list[str] = []
    for part in parts:
        low = part.lower()
        expanded = ABBREVIATIONS.get(low, low)
        words.extend(lemma(word) for word in expanded.split())
    return tuple(words)
