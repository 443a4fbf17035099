"""Which words of a question are tied to which table, column or value."""

import pytest
from tests.generators.shop import CUSTOMERS, ORDERS, SHOP, without_keys

from sparkwright.errors import CannotAnswer
from sparkwright.generators.offline.keys import KeyGraph
from sparkwright.generators.offline.lexicon import Kind
from sparkwright.generators.offline.linking import Linker
from sparkwright.generators.offline.plan import ColumnRef
from sparkwright.generators.offline.resolve import _told_apart
from sparkwright.generators.offline.schema import Schema
from sparkwright.generators.offline.spans import Span
from sparkwright.generators.offline.words import lemma, split_name

LINKER = Linker(Schema(SHOP))


def spans(text: str) -> list[Span]:
    return list(LINKER.link(text))


def columns(text: str) -> set[str]:
    return {link.column.name for span in spans(text) for link in span.columns if link.score > 0.9}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("arr_delay", ("arrival", "delay")),
        ("StuID", ("student", "id")),
        ("customerName", ("customer", "name")),
        ("num_of_staff", ("number", "of", "staff")),
    ],
)
def test_a_name_is_split_into_the_words_that_people_say(name: str, words: tuple[str, ...]) -> None:
    assert split_name(name) == words


@pytest.mark.parametrize(
    ("word", "base"),
    [("cities", "city"), ("campuses", "campus"), ("boxes", "box"), ("status", "status"), ("Men", "man")],
)
def test_a_plural_and_its_singular_are_one_word(word: str, base: str) -> None:
    assert lemma(word) == base


def test_a_column_is_found_by_the_words_of_its_name() -> None:
    assert columns("the total price") == {"total_price"}
    assert columns("customer names") == {"customer_name"}


def test_a_value_is_found_whatever_its_case_and_however_many_words_it_has() -> None:
    (span,) = [span for span in spans("orders of ann lee") if span.values]
    assert {(link.column.name, link.value) for link in span.values} == {("customer_name", "Ann Lee")}


def test_a_quoted_text_is_one_span() -> None:
    assert [span.kind for span in spans('"no such thing"')] == [Kind.TEXT]


def test_a_word_that_nobody_knows_is_unknown() -> None:
    assert [span.text for span in spans("zebras of customers") if span.kind is Kind.UNKNOWN] == ["zebras"]


def test_keys_are_inferred_from_names_and_values() -> None:
    graph = KeyGraph(without_keys(CUSTOMERS, ORDERS))
    (edge,) = graph.edges("shop.orders")
    assert (edge.right, edge.on, edge.many) == ("shop.customers", (("customer_id", "customer_id"),), False)


def test_declining_names_what_was_not_followed() -> None:
    from sparkwright.domain import Question
    from sparkwright.generators.offline import OfflineGenerator

    with pytest.raises(CannotAnswer, match="zebras") as refused:
        OfflineGenerator().generate(Question("how many zebras are there"), SHOP)
    assert refused.value.part == "zebras"


def test_tables_of_one_name_are_told_apart_by_their_databases() -> None:
    refs = tuple(ColumnRef(f"{database}.daily", "count") for database in ("hr", "ops"))
    assert _told_apart(refs) == ["hr.daily.count", "ops.daily.count"]
    assert _told_apart((ColumnRef("hr.daily", "n"), ColumnRef("hr.raw", "n"))) == ["daily.n", "raw.n"]
    assert _told_apart(refs * 4)[-1] == "2 others"
