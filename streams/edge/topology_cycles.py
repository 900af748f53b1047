"""Cycles where none can be: nothing is hosted, in the end, on itself, and nothing is a part of its own part.

`connected` links run both ways and `calls` may go round: those are no mistakes.
"""

from collections.abc import Iterator

from streams.edge.topology_document import Document
from streams.edge.topology_finding import Finding
from streams.edge.topology_rows import DependencyRow

LEVELS = 16
"""Levels that are taken off a hierarchy before what is left is walked: networks have some five; more only take longer."""
ACYCLIC = ("hosted_on", "part_of")


def impossible_cycles(document: Document) -> Iterator[Finding]:
    """Yield one finding for each kind and place where the walk down comes back to where it was."""
    for kind in ACYCLIC:
        beneath: dict[str, dict[str, int]] = {}
        for n, row in _walkable([(n, row) for n, row in enumerate(document.dependencies.all) if row.kind == kind]):
            beneath.setdefault(row.dependent, {}).update((other, n) for other in row.to if other != row.dependent)
        for path, n in _cycles(beneath):
            yield document.row_finding(
                "error",
                document.dependencies.place(n),
                f"{kind} goes round: {' -> '.join(path)}",
                "remove one of these dependencies, or give it the kind it has",
            )


def _walkable(rows: list[tuple[int, DependencyRow]]) -> list[tuple[int, DependencyRow]]:
    """Leave away what ends nowhere near a cycle: rows down to what stands on nothing, again and again (of most networks, all)."""
    for _ in range(LEVELS):
        dependents = {row.dependent for _, row in rows}
        kept = [(n, row) for n, row in rows if not dependents.isdisjoint(row.to)]
        if len(kept) == len(rows):
            break
        rows = kept
    return rows


def _cycles(beneath: dict[str, dict[str, int]]) -> Iterator[tuple[list[str], int]]:
    """Walk depth first without recursion; yield each way back onto the present path, with the row that closes it."""
    done: set[str] = set()
    for start in sorted(beneath):
        if start in done:
            continue
        path, places, todo = [start], {start: 0}, [iter(sorted(beneath[start].items()))]
        while todo:
            other, row = next(todo[-1], (None, 0))
            if other is None:
                todo.pop()
                done.add(path[-1])
                del places[path.pop()]
            elif other in places:
                yield [*path[places[other] :], other], row
            elif other not in done:
                places[other] = len(path)
                path.append(other)
                todo.append(iter(sorted(beneath.get(other, {}).items())))
