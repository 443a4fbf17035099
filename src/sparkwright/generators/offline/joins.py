"""Paths over the key graph: which tables lie between those that a question speaks of."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush
from itertools import pairwise

from sparkwright.generators.offline.english import SIDES
from sparkwright.generators.offline.plan import Edge
from sparkwright.generators.offline.reading import decline
from sparkwright.generators.offline.schema import Schema
from sparkwright.generators.offline.words import split_name

Path = tuple[Edge, ...]


class Joiner:
    """Shortest paths between tables, with the words of the question to choose between keys."""

    def __init__(self, schema: Schema, words: Iterable[str] = ()) -> None:
        self._schema = schema
        self._words = set(words)
        self._sides = {side for word in self._words for side in SIDES.get(word, ())} - self._words
        self.assumptions: list[str] = []

    def path(self, start: str, end: str) -> Path | None:
        """The shortest path; () when it is the same table, None when there is none."""
        return self.path_from({start}, end)

    def path_from(self, starts: Iterable[str], end: str) -> Path | None:
        """The cheapest path from any of some tables."""
        starts = list(starts)
        queue: list[tuple[float, int, str, Path]] = [(0.0, i, start, ()) for i, start in enumerate(starts)]
        counter, seen = len(queue), set[str]()
        while queue:
            cost, _, table, path = heappop(queue)
            if table == end:
                return path
            if table in seen:
                continue
            seen.add(table)
            for edge in self._schema.keys.edges(table):
                if edge.right not in seen:
                    counter += 1
                    heappush(queue, (cost + self._cost(path, edge), counter, edge.right, (*path, edge)))
        return None

    def _cost(self, path: Path, edge: Edge) -> float:
        """One a join; more through a common parent, which ties rows that have little to do with each other."""
        fan = 1.5 if edge.many and path and not path[-1].many else 0.0
        return 1.0 + fan - 0.1 * self._mentioned(edge)

    def distance(self, start: str, end: str) -> int:
        """How many joins lie between two tables; a large number where there is no path."""
        path = self.path(start, end)
        return 99 if path is None else len(path)

    def _mentioned(self, edge: Edge) -> int:
        """How many words of the keys' names the question holds."""
        names = {word for pair in edge.on for name in pair for word in self._schema_words(name)}
        return min(3, 2 * len(names & self._words) + len(names & self._sides))

    @staticmethod
    def _schema_words(name: str) -> tuple[str, ...]:
        return tuple(word for word in split_name(name) if word not in ("id", "code", "name"))

    def is_far(self, path: Path) -> bool:
        """Whether a path ties rows so loosely that nobody could mean it."""
        hops = [edge for before, edge in pairwise(path) if edge.many and not before.many]
        return bool(hops) or len(path) > 4

    def check(self, edges: Iterable[Edge]) -> None:
        """Decline where two keys lead to the same table and nothing says which one is meant."""
        for edge in edges:
            rivals = [e for e in self._schema.keys.edges(edge.left) if e.right == edge.right and e.on != edge.on]
            if any(self._mentioned(rival) >= self._mentioned(edge) for rival in rivals):
                keys = " or ".join(f"{a} = {b}" for e in (edge, *rivals) for a, b in e.on)
                raise decline(
                    _short(edge.right),
                    f"{_short(edge.left)} and {_short(edge.right)} may be joined by {keys}",
                    hint="name the key column",
                )


def _short(table: str) -> str:
    return table.split(".", 1)[-1]
