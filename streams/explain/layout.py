"""Boxes in layers along dependencies: what all stands on to the left, what stands on it to the right.

The layer of a box is the longest way to it from anything it depends on; dependencies that close a circle do not count.
Within a layer boxes stand near what they are connected with: a few sweeps over the mean place of their neighbours.
"""

from collections.abc import Iterable, Mapping, Sequence

SWEEPS = 6

Way = tuple[str, str]
"""(what is depended on, the dependent)."""


def layers(names: Sequence[str], ways: Iterable[Way]) -> list[list[str]]:
    """Return the boxes column by column, top to bottom."""
    forward = _without_circles(names, sorted(ways))
    depth = dict.fromkeys(names, 0)
    for _ in names:
        deeper = {to: depth[on] + 1 for on, to in forward if depth[to] <= depth[on]}
        if not deeper:
            break
        for on, to in forward:
            depth[to] = max(depth[to], depth[on] + 1)
    # What nothing is under stands right before what stands on it, not far to the left of it.
    grounded = {to for _, to in forward}
    for name in names:
        above = [depth[to] for on, to in forward if on == name]
        if name not in grounded and above:
            depth[name] = min(above) - 1
    columns: list[list[str]] = [[] for _ in range(max(depth.values(), default=0) + 1)]
    for name in names:
        columns[depth[name]].append(name)
    columns = [column for column in columns if column]
    return _ordered(columns, forward)


def _without_circles(names: Sequence[str], ways: Sequence[Way]) -> list[Way]:
    """Return the ways but those that lead back to where a walk along them came from."""
    out: dict[str, list[str]] = {name: [] for name in names}
    for on, to in ways:
        out[on].append(to)
    kept: list[Way] = []
    done: set[str] = set()
    for start in names:
        trail: list[tuple[str, int]] = [] if start in done else [(start, 0)]
        within = {start}
        while trail:
            here, n = trail.pop()
            if n == len(out[here]):
                done.add(here)
                within.discard(here)
                continue
            trail.append((here, n + 1))
            to = out[here][n]
            if to not in within:
                kept.append((here, to))
                if to not in done:
                    within.add(to)
                    trail.append((to, 0))
    return kept


def _ordered(columns: list[list[str]], ways: Sequence[Way]) -> list[list[str]]:
    beside: dict[str, list[str]] = {}
    for on, to in ways:
        beside.setdefault(on, []).append(to)
        beside.setdefault(to, []).append(on)
    for sweep in range(SWEEPS):
        place = rows(columns, ways)
        for column in columns if sweep % 2 == 0 else reversed(columns):
            column.sort(key=lambda name: (_mean(beside.get(name, ()), place, place[name]), name))
            place |= dict(zip(column, sorted(place[name] for name in column), strict=True))
    return columns


def rows(columns: Sequence[Sequence[str]], ways: Iterable[Way]) -> dict[str, float]:
    """Return box -> its row: the longest column has a row for each; in the others boxes stand as near to what they are connected with as their order lets them."""
    if not columns:
        return {}
    beside: dict[str, list[str]] = {}
    for on, to in ways:
        beside.setdefault(on, []).append(to)
        beside.setdefault(to, []).append(on)
    longest = max(range(len(columns)), key=lambda n: len(columns[n]))
    last = len(columns[longest]) - 1
    found: dict[str, float] = {name: float(n) for n, name in enumerate(columns[longest])}
    for n in (*range(longest - 1, -1, -1), *range(longest + 1, len(columns))):
        wanted = [_mean([one for one in beside.get(name, ()) if one in found], found, last / 2) for name in columns[n]]
        spread = _rising([row - place for place, row in enumerate(wanted)])
        low, high = 0.0, float(last - len(wanted) + 1)
        found |= {name: min(max(spread[place], low), high) + place for place, name in enumerate(columns[n])}
    return found


def _rising(values: Sequence[float]) -> list[float]:
    """Return the values nearest to these that never fall (pool adjacent violators)."""
    pools: list[tuple[float, int]] = []
    for value in values:
        mean, size = value, 1
        while pools and pools[-1][0] > mean:
            before, n = pools.pop()
            mean, size = (before * n + mean * size) / (n + size), n + size
        pools.append((mean, size))
    return [mean for mean, size in pools for _ in range(size)]


def _mean(names: Sequence[str], place: Mapping[str, float], own: float) -> float:
    return sum(place[name] for name in names) / len(names) if names else own
