"""What an unresolved name may stand for, and the rule that would resolve it: for people, nothing decides by it.

Near names come from a fuzzy search over all declared ones (RapidFuzz); a rule is only proposed after it has been tried:
with it the name resolves to that object.
"""

import re
from collections.abc import Iterable, Iterator

import msgspec
from rapidfuzz import fuzz, process

from streams.edge.declared_names import AMBIGUOUS
from streams.edge.distinguished_name import parts_of
from streams.edge.feed import Feed
from streams.edge.name_forms import is_host, without_case
from streams.edge.names import Names
from streams.edge.patterns import pattern

NEAREST = 3
LIKE = 60.0
"""Percent of likeness below which a name is not near."""
MOST_ALIKE = 1_000
"""Declared names with the same numbers that are looked at."""
_BETWEEN = "@|#;_-~>\\"
_DEFAULT_BETWEEN = "/,: "
_RUN = re.compile(r"\d+")


class Advice(msgspec.Struct, frozen=True):
    """About one name."""

    candidates: tuple[str, ...]
    """Ids of declared objects, the likeliest first."""
    rule: str = ""
    """What to write into topology.yaml, "" where nothing that was tried resolves it."""
    resolves: int = 0
    """Of the names it was given to try, how many the rule resolves."""


class Adviser:
    """Advises on the names of one network."""

    def __init__(self, names: Names) -> None:
        self._names = names
        declared = [*names.nodes, *(alias for alias, id in names.aliases.items() if id in names.nodes)]
        self._choices = {name: without_case(name) for name in declared}
        self._by_numbers: dict[tuple[str, ...], list[str]] = {}
        for name in declared:
            self._by_numbers.setdefault(_numbers(name), []).append(name)

    def advise(self, feed: Feed, name: str, others: Iterable[str]) -> Advice:
        """Return what `name` may be in this feed; `others` are tried with the rule too."""
        near, tried = self.nearest(name), list(others)
        best = Advice(near, f"aliases: [{_quoted(name)}] at {near[0]}, if it is that", 1) if near else Advice(())
        for rule, changed in _rules(feed, name):
            if (id := self._meant(changed, name)) is not None:
                return Advice(tuple(dict.fromkeys((id, *near)))[:NEAREST], rule, sum(self._meant(changed, other) is not None for other in tried))
        for id in near:
            if (written := rewrite_of(name, id)) is not None:
                match, to = written
                changed = msgspec.structs.replace(feed, rewrite=((match, to), *feed.rewrite))
                resolves = sum(self._meant(changed, other) is not None for other in tried)
                if resolves > best.resolves or not best.rule.startswith("rewrite"):
                    best = Advice(tuple(dict.fromkeys((id, *near))), f"rewrite: [{{match: {_quoted(match)}, to: {_quoted(to)}}}]", resolves)
        return best

    def _meant(self, feed: Feed, name: str) -> str | None:
        found = self._names.find(feed, name)
        return None if found is None or found.id == AMBIGUOUS else found.id

    def nearest(self, name: str) -> tuple[str, ...]:
        """Return the declared objects with the likest names, then those with the same numbers in their names."""
        folded = without_case(name)
        found = [declared for declared, _, _ in _extract(folded, self._choices, LIKE)]
        if numbers := _numbers(name):
            same = {declared: self._choices[declared] for declared in self._by_numbers.get(numbers, ())[:MOST_ALIKE]}
            found += [declared for declared, _, _ in _extract(folded, same, 0.0)]
        ids = dict.fromkeys(self._names.aliases.get(declared, declared) for declared in found)
        return tuple(ids)[:NEAREST]


def _extract(name: str, choices: dict[str, str], cutoff: float) -> list[tuple[str, float, str]]:
    found = process.extract(name, choices, scorer=fuzz.ratio, processor=None, limit=2 * NEAREST, score_cutoff=cutoff)
    return [(declared, likeness, folded) for folded, likeness, declared in found]


def _numbers(name: str) -> tuple[str, ...]:
    return tuple(sorted(run[0].lstrip("0") or "0" for run in _RUN.finditer(name)))


def _rules(feed: Feed, name: str) -> Iterator[tuple[str, Feed]]:
    """Yield rules worth trying, the most certain first: (as it is written, the feed with it)."""
    naming = feed.names
    for n, char in enumerate(name):
        if char == "." and is_host(name[:n]) and is_host(suffix := re.split(r"[/,: ]", name[n + 1:], maxsplit=1)[0].rstrip(".")):
            suffixes = (*naming.suffixes, suffix)
            yield f"names: {{suffixes: [{', '.join(suffixes)}]}}", _with(feed, suffixes=suffixes)
    for kind in dict.fromkeys(kind for part in parts_of(name) or () for kind, _ in part):
        kinds = (*naming.parts, kind)
        yield f"names: {{parts: [{', '.join(kinds)}]}}", _with(feed, parts=kinds)
    for char in dict.fromkeys(c for c in name if c in _BETWEEN):
        separators = (naming.separators or _DEFAULT_BETWEEN) + char
        yield f"names: {{separators: {_quoted(separators)}}}", _with(feed, separators=separators)


def rewrite_of(name: str, id: str) -> tuple[str, str] | None:
    """Return (match, to) that turns `name` into `id` and others like it into theirs: by the numbers that both have."""
    numbers = [(run.start(), run.end(), run[0].lstrip("0") or "0") for run in _RUN.finditer(name)]
    groups: dict[str, int] = {}
    match, start = "^", 0
    wanted = [run[0].lstrip("0") or "0" for run in _RUN.finditer(id)]
    for begin, end, number in numbers:
        match += _literal(name[start:begin])
        if number in wanted and number not in groups:
            groups[number] = len(groups) + 1
            match += r"0*(\d+)"
        else:
            match += r"\d+"
        start = end
    if not groups or any(number not in groups for number in wanted) or len(groups) > 9:
        return None
    match += f"{_literal(name[start:])}$"
    to = _RUN.sub(lambda run: f"{run[0][: len(run[0]) - len(run[0].lstrip('0') or '0')]}\\{groups[run[0].lstrip('0') or '0']}", id.replace("\\", "\\\\"))
    # A digit after a group's number would be read as part of it; then there is no such rule.
    try:
        return (match, to) if pattern(match).sub(to, name) == id else None
    except (ValueError, IndexError):
        return None


def _literal(text: str) -> str:
    return re.escape(text).replace("\\-", "-").replace("\\ ", " ")


def _with(feed: Feed, **but: object) -> Feed:
    return msgspec.structs.replace(feed, names=msgspec.structs.replace(feed.names, **but))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
