"""Phrases of English as data: what a piece of a question does, whatever the tables are about."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from sparkwright.generators.offline.english import ADJECTIVES, ARTICLES


class Kind(StrEnum):
    """What a piece of a question does."""

    AGGREGATE = "aggregate"
    SUPERLATIVE = "superlative"
    COMPARISON = "comparison"
    POSTFIX = "postfix"
    BETWEEN = "between"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    MONTH = "month"
    MISSING = "missing"
    WEEKDAY = "weekday"
    QUARTER = "quarter"
    EARLY = "early"
    SHARE = "share"
    MORE = "more"
    CLOCK = "clock"
    UNIT = "unit"
    BUCKET = "bucket"
    GROUP = "group"
    BY = "by"
    ORDER = "order"
    DIRECTION = "direction"
    TOP = "top"
    NEGATION = "negation"
    DISTINCT = "distinct"
    COMMON = "common"
    ABOVE_AVERAGE = "above average"
    AND = "and"
    OR = "or"
    BOTH = "both"
    OF = "of"
    POSSESSIVE = "possessive"
    PREPOSITION = "preposition"
    RELATIVE = "relative"
    WITH = "with"
    NAMED = "named"
    LIKE = "like"
    BE = "be"
    ASK = "ask"
    EVERYTHING = "everything"
    STOP = "stop"
    SCHEMA = "schema"
    VALUE = "value"
    VERB = "verb"
    FILLER = "filler"
    UNKNOWN = "unknown"


# Phrases stand between semicolons, without articles; a column's own name of the same words may win over them.

_AGGREGATES = {
    "count": """
        how many; number of; count of; count number of; count total number of; total number of; total count
        of; total amount of; amount of; how often; frequency of; many; count; how much; number of times; how
        many times
    """,
    "avg": """
        average; mean; average of; on average; avg; average number of; average value of; average amount of
    """,
    "sum": """
        sum of; sum; total; total of; combined; total value of; total sum of
    """,
    "max": """
        maximum; max; maximum of; maximal; maximum value of; maximum number of; peak
    """,
    "min": """
        minimum; min; minimum of; minimal; minimum value of; minimum number of
    """,
    "median": """
        median; median of
    """,
    "stddev": """
        standard deviation of; standard deviation
    """,
}

_SUPERLATIVES = {
    "desc": """
        most; maximum; max; most number of; highest number of; largest number of; greatest number of;
        maximum number of; largest amount of; most amount of; highest amount of; most times; biggest number
        of; most often
    """,
    "asc": """
        least; fewest; minimum; min; least number of; smallest number of; fewest number of; lowest number
        of; minimum number of; least amount of; smallest amount of; lowest amount of; least often
    """,
}

_COMPARISONS = {
    ">": """
        more than; over; above; greater than; larger than; bigger than; higher than; exceeding; exceeds;
        exceed; in excess of; >; beyond; upwards of
    """,
    ">=": """
        at least; no less than; no fewer than; not less than; minimum of; >=; =>; greater than or equal to;
        more than or equal to; at or above; from at least; not below
    """,
    "<": """
        less than; under; below; fewer than; smaller than; lower than; <
    """,
    "<=": """
        at most; no more than; not more than; up to; maximum of; <=; =<; less than or equal to; not
        exceeding; at or below; not over
    """,
    "=": """
        exactly; equal to; equals; equal; =; ==; same as; is equal to; precisely
    """,
    "!=": """
        not equal to; !=; <>; other than; different from; except; except for; excluding; apart from;
        besides; differs from
    """,
}

_TIME_COMPARISONS = {
    ">": """
        after; later than; newer than; since end of
    """,
    "<": """
        before; earlier than; prior to
    """,
    ">=": """
        since; as of
    """,
    "<=": """
        until; till; through; by end of
    """,
}

_POSTFIX = {
    ">=": """
        or more; or above; or greater; or higher; or over; or later; or after; and above; or larger; and
        over; or older; or longer
    """,
    "<=": """
        or less; or fewer; or below; or lower; or earlier; or before; or under; or smaller; or younger; or
        shorter
    """,
}

_DIRECTIONS = {
    "asc": """
        in ascending order; by ascending order of; by ascending order; ascending order of; ascending order;
        ascending; ascendingly; in increasing order; increasing; in alphabetical order; alphabetically;
        alphabetical order; in alphabetic order; alphabetical; in lexicographical order; in lexicographic
        order; asc; in ascending alphabetical order; from low to high; from lowest to highest; from smallest
        to largest; from least to most; from earliest to latest; chronologically; in chronological order;
        from youngest to oldest; in ascending lexicographical order; from to z; in increasing lexicographic
        order; from fewest to most; from shortest to longest; from least to greatest; from cheapest to most
        expensive; lexicographically; in ascending order of; in alphabetical order by; in alphabetical order
        of; in alphabetic order by; in ascending order by; in increasing order of; alphabetic
    """,
    "desc": """
        in descending order; by descending order of; by descending order; descending order of; descending
        order; descending; descendingly; in decreasing order; decreasing; desc; in reverse alphabetical
        order; in reverse order; from high to low; from highest to lowest; from largest to smallest; from
        most to least; from latest to earliest; from oldest to youngest; from most recent to oldest; from
        newest to oldest; in reversed order; in descending alphabetical order; in reverse chronological
        order; from biggest to smallest; reverse; from longest to shortest; from greatest to least; in
        descending order of; in descending order by; in decreasing order of; in descending lexicographical
        order; in reverse alphabetic order; from z to; reverse alphabetical; from most expensive to cheapest
    """,
}

_AFFIXES = {
    "startswith": """
        starts with; start with; starting with; begins with; begin with; beginning with; started with;
        starts with letter; start with letter; starting with letter; begins with letter; begin with letter;
        beginning with letter; that starts with; starts with prefix; have prefix; has prefix; with prefix
    """,
    "endswith": """
        ends with; end with; ending with; ends in; ending in; ends with letter; end with letter; ending with
        letter; has suffix; have suffix; with suffix
    """,
}

_PHRASES: dict[Kind, str] = {
    Kind.BETWEEN: """
        between; in between; ranging from; in range of; in range
    """,
    Kind.GROUP: """
        for each; for every; per; in each; of each; at each; by each; from each; each; every; on each;
        within each; grouped by; group by; for each of; broken down by; with each; to each; for all
        different; for each distinct; for each different; in every; of every; across each; under each; split
        by; associated with each; corresponding to each; and group by; having each; for different; of
        different; in different; belonging to each; in each of; by different
    """,
    Kind.BY: """
        by
    """,
    Kind.ORDER: """
        sorted by; ordered by; order by; sort by; in order of; sorted in order of; ordered in; arranged by;
        rank by; ranked by; order them by; sort them by; sort results by; order results by; sort result by;
        order result by; sorted according to; sorted in; sort list by; order list by; listed by; order;
        sort; ordered; sorted; listed in; ranked in; list them in; sort them in; order them in; order names
        by; sort names by; sorted from; ordered from; in order; rank; ranked; rank them by; sorting by;
        ordering by; sort data by; sort in; order in; sort results in; order results in; sort result in;
        listed in order of; arrange by; sort list in; ordering
    """,
    Kind.DISTINCT: """
        different; distinct; unique; differing; distinctive; various; no duplicate; without repetition;
        without duplicate; unique value of; distinct value of
    """,
    Kind.COMMON: """
        common; frequent; popular; frequently; commonly; prevalent; often; frequently used; commonly used;
        frequently occurring; commonly occurring; widely used
    """,
    Kind.NEGATION: """
        not; no; never; none; without; neither; nor; cannot; n't; don't; doesn't; didn't; isn't; aren't;
        wasn't; weren't; haven't; hasn't; won't; can't; lacking; lack; lacks; without any; do not have any;
        no longer; not any; hadn't
    """,
    Kind.AND: """
        and; &; as well as; along with; together with; and also; but; plus; and then; followed by; and
        corresponding; with corresponding; and their; and its; and his; and her; and whose; and respective;
        and their respective; and their corresponding; also
    """,
    Kind.OR: """
        or; either
    """,
    Kind.BOTH: """
        both
    """,
    Kind.OF: """
        of
    """,
    Kind.PREPOSITION: """
        in; on; at; from; to; for; into; within; under; during; through; about; via; across; among;
        belonging to; located in; toward; onto; inside; out of; along; upon; throughout; as
    """,
    Kind.RELATIVE: """
        that; which; who; whose; where; when; whom; such that; given that; if; in which; for which; of
        which; to which; at which; from which; while; on which; with which; by which; of whom; so that; than
    """,
    Kind.WITH: """
        with; having; have; has; had; having had; do; does; did; contain; contains; containing; include;
        includes; including; own; owns; owned; owning; get; got; gets; holding; hold; holds; held
    """,
    Kind.NAMED: """
        named; called; titled; entitled; with name; by name of; known as; name is; with title; whose name
        is; labelled; labeled
    """,
    Kind.LIKE: """
        contains word; containing word; with word; has word; have word; include word; contain word;
        containing; contain; contains; has substring; have substring; contains substring; contain substring;
        containing substring; includes; including word; substring; contains string; includes word; include
        substring; having substring; with substring; contain letter; contains letter; have letter; contains
        phrase; includes phrase; contain phrase; with phrase
    """,
    Kind.BE: """
        is; are; was; were; be; been; being; am; become; became; equals to; equal; 's
    """,
    Kind.ASK: """
        show; list; find; give; return; what; which; who; tell; display; get; report; please; me; us;
        what's; where; when; how; compute; calculate; determine; retrieve; fetch; provide; select; state;
        present; print; identify; see; look; whats; whose; need; want; know; like; could; would; can; let;
        look up; i'd; i'm; i want; i need
    """,
    Kind.EVERYTHING: """
        all information; all detail; all info; every detail; everything; all column; complete information;
        full detail; all of information; all attribute; all field; all available information; full
        information; all record; information; detailed information
    """,
    Kind.ABOVE_AVERAGE: """
        above average; below average; more than average; less than average; higher than average; lower than
        average; greater than average; larger than average; smaller than average; over average; under
        average; bigger than average; longer than average; shorter than average; exceeding average; older
        than average; younger than average; older than mean; faster than average; slower than average
    """,
}

_IRREGULAR_SUPERLATIVES = {
    "oldest": "old",
    "eldest": "old",
    "farthest": "far",
    "furthest": "far",
    "latest": "late",
    "greatest": "large",
    "biggest": "big",
    "hottest": "hot",
    "wettest": "wet",
    "driest": "dry",
    "last": "late",
    "smallest": "small",
    "most recently": "recent",
    "first": "early",
}

_BUCKET_PHRASES = {
    "weekday": "day of week; weekday; weekdays; days of week",
    "hour": "hour of day; time of day",
    "month": "month of year; calendar month",
}

_QUARTERS = {
    "1": "first quarter; q1",
    "2": "second quarter; q2",
    "3": "third quarter; q3",
    "4": "fourth quarter; last quarter; q4",
}

# What asks for more than a plan can say; named so that no verb or filler swallows it.
_BEYOND = """
    per capita; percentage; percentages; percent; share; proportion; ratio; fraction; rate of; difference;
    correlation; trend; growth; delete; update; drop; insert; predict; will; why; next year; cumulative;
    running total
"""

_MORE_FILLERS = "in total; at all; in all; at least once; of all"


def _entries(words: str) -> list[tuple[str, ...]]:
    entries = (tuple(word for word in phrase.split() if word not in ARTICLES) for phrase in words.split(";"))
    return [entry for entry in entries if entry]


def _superlative_adjectives() -> dict[tuple[str, ...], tuple[Kind, str]]:
    found: dict[tuple[str, ...], tuple[Kind, str]] = {}
    for word, (direction, axis) in ADJECTIVES.items():
        opposite = "asc" if direction == "desc" else "desc"
        stem = word[:-1] + "i" if word.endswith("y") else word[:-1] if word.endswith("e") else word
        for form in (f"{stem}est", f"{stem}{stem[-1]}est", f"most {word}"):
            found[tuple(form.split())] = (Kind.SUPERLATIVE, f"{direction} {axis}")
        found["least", *word.split()] = (Kind.SUPERLATIVE, f"{opposite} {axis}")
        for form in (f"{stem}er", f"{stem}{stem[-1]}er", f"more {word}"):
            found[*form.split(), "than"] = (Kind.COMPARISON, f"{'>' if direction == 'desc' else '<'} {axis}")
        found["less", *word.split(), "than"] = (Kind.COMPARISON, f"{'<' if direction == 'desc' else '>'} {axis}")
    for word, base in _IRREGULAR_SUPERLATIVES.items():
        if base:
            direction, axis = ADJECTIVES[base]
            found[tuple(word.split())] = (Kind.SUPERLATIVE, f"{direction} {axis}")
    return found


def _phrases() -> dict[tuple[str, ...], tuple[Kind, str]]:
    found = _superlative_adjectives()
    tables = {
        Kind.COMPARISON: _COMPARISONS,
        Kind.POSTFIX: _POSTFIX,
        Kind.DIRECTION: _DIRECTIONS,
        Kind.SUPERLATIVE: _SUPERLATIVES,
        Kind.AGGREGATE: _AGGREGATES,
    }
    for kind, table in tables.items():
        for meaning, words in table.items():
            found.update(dict.fromkeys(_entries(words), (kind, meaning)))
    for meaning, words in _TIME_COMPARISONS.items():
        found.update(dict.fromkeys(_entries(words), (Kind.COMPARISON, f"{meaning} date")))
    for kind, words in _PHRASES.items():
        found.update({entry: (kind, " ".join(entry)) for entry in _entries(words)})
    for kind, table in ((Kind.BUCKET, _BUCKET_PHRASES), (Kind.QUARTER, _QUARTERS), (Kind.LIKE, _AFFIXES)):
        for meaning, words in table.items():
            found.update(dict.fromkeys(_entries(words), (kind, meaning)))
    found.update({entry: (Kind.FILLER, " ".join(entry)) for entry in _entries(_MORE_FILLERS)})
    found.update({entry: (Kind.UNKNOWN, " ".join(entry)) for entry in _entries(_BEYOND)})
    found["early",] = found["ahead", "of", "schedule"] = (Kind.EARLY, "early")
    found.update({("more",): (Kind.MORE, ">"), ("fewer",): (Kind.MORE, "<"), ("less",): (Kind.MORE, "<")})
    for word in ("weekend", "weekends"):
        found[(word,)] = (Kind.WEEKDAY, "weekend")
    for word, meaning in (("percentage", "percentage"), ("percent", "percentage"), ("share", "share")):
        found[word, "of"] = (Kind.SHARE, meaning)
    for word in ("proportion", "fraction"):
        found[word, "of"] = (Kind.SHARE, "share")
    for word in ("better", "worse"):
        found[word, "than"] = (Kind.COMPARISON, f"> {word}")
    for word in ("worst", "best"):
        found[(word,)] = (Kind.SUPERLATIVE, word)
    found["top",] = (Kind.TOP, "desc")
    found["bottom",] = (Kind.TOP, "asc")
    return found


PHRASES = MappingProxyType(_phrases())
LONGEST_PHRASE = max(len(phrase) for phrase in PHRASES)
