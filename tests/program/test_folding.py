"""What a program's texts can be, without running it: never too little."""

from __future__ import annotations

import ast

import pytest

from sparkwright.program.folding import Folding, Kind, Value


def value_of_last(source: str) -> Value:
    """What the last expression of a source can be."""
    tree = ast.parse(source)
    last = tree.body[-1]
    assert isinstance(last, ast.Expr)
    return Folding(list(ast.walk(tree)), frozenset({"F"}), frozenset({"F"})).value(last.value)


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ("'a'", {"a"}),
        ("'a' + 'b'", {"ab"}),
        ("x = 'a'\nf'{x}-{1}'", {"a-1"}),
        ("x = 'a'\nx = 'b'\nx", {"a", "b"}),
        ("for x in ['a', 'b']:\n    pass\nx + '!'", {"a!", "b!"}),
        ("for k, v in {'a': 'b'}.items():\n    pass\nv", {"b"}),
        ("[x for x in ('a', 'b')]\nx", {"a", "b"}),
        ("'%s.%s' % ('a', 'b')", {"a.b"}),
        ("'{}.{x}'.format('a', x='b')", {"a.b"}),
        ("', '.join(['a', 'b'])", {"a, b"}),
        ("' A '.strip().lower()", {"a"}),
        ("def f(n):\n    return n + '.t'\nf('a')\nf('b')", {"a.t", "b.t"}),
        ("def f(n, m='x'):\n    return m\nf('a')\nf('b', m='y')", {"x", "y"}),
        ("'a' if 1 else 'b'", {"a", "b"}),
        ("d = {'k': 'v', 'l': 'w'}\nd['k']", {"v", "w"}),
        ("x, y = 'a', 'b'\ny", {"b"}),
        ("(x := 'a')\nx", {"a"}),
    ],
)
def test_a_text_is_known(source: str, texts: set[str]) -> None:
    assert value_of_last(source) == frozenset(texts)


@pytest.mark.parametrize(
    "source",
    [
        "x = 'a'\nx += 'b'\nx",
        "x = ['a']\nx.append('b')\nfor y in x:\n    pass\ny",
        "x = ['a']\nx[0] = 'b'\nfor y in x:\n    pass\ny",
        "x = ['a']\nf(x)\nfor y in x:\n    pass\ny",
        "def f(n):\n    return n\ng = f\nf('a')\nn",
        "def f(n):\n    return n\nf(*['a'])\nn",
        "x = x + 'a'\nx",
        "chr(68)",
        "'abc'[::-1]",
        "'{0.x}'.format('a')",
        "'%999999999d' % 1",
        "lambda x: x\nx",
        "a = 'x' + 'y'\nb = [a]\nb2 = b\nfor c in b:\n    pass\nc",
        "','.join(x)",
        "x.join(['a'])",
    ],
)
def test_what_is_not_certain_is_unknown(source: str) -> None:
    assert value_of_last(source) is Kind.UNKNOWN


@pytest.mark.parametrize(
    "source", ["F.col('a')", "F.col('a') > 1", "~F.col('a')", "df.filter('a')", "df.select('a')['b']"]
)
def test_columns_and_frames_are_no_texts(source: str) -> None:
    assert value_of_last(source) is Kind.FRAME


def test_doubling_does_not_take_for_ever() -> None:
    lines = ["a0 = 'x'"] + [f"a{i} = a{i - 1} + a{i - 1}" for i in range(1, 60)]
    assert value_of_last("\n".join(lines) + "\na59") is Kind.UNKNOWN


def test_many_values_are_too_many() -> None:
    assert value_of_last(f"for x in {[str(i) for i in range(100)]}:\n    pass\nx") is Kind.UNKNOWN
