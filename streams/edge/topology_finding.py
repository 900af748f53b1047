"""What is wrong, or odd, in a topology.yaml: where, why, and what to do about it."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches

import msgspec
from rapidfuzz import fuzz, process

MANY = 1_000
"""Names up to which all are compared closely: a tenth of a second."""
FEW = 20


class Finding(msgspec.Struct, frozen=True, order=True):
    """One error (the file is refused), warning (it loads, but probably does not mean what was meant) or note."""

    severity: str
    """error, warning or note."""
    file: str
    """Name of the file it is in: topology.yaml or one that it includes."""
    line: int
    """From 1; 0 where it is about no line."""
    where: str
    """Path in the file: `network.dependencies[4].to`."""
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        where = f" {self.where}:" if self.where else ""
        return f"{place}:{where} {self.message}{'; ' + self.remedy if self.remedy else ''}"


class TopologyError(ValueError):
    """The file cannot be used. Its text names the first errors, one a line; `findings` holds all."""

    SHOWN = 10

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        lines = [str(finding) for finding in self.findings[: self.SHOWN]]
        if len(self.findings) > self.SHOWN:
            lines.append(f"... and {len(self.findings) - self.SHOWN} more; `spm check` lists them")
        super().__init__("\n".join(lines))


def alike(name: str, known: Iterable[str]) -> Collection[str]:
    """Return the known names that are worth comparing closely: of many, the `FEW` likest of a fuzzy search."""
    known = known if isinstance(known, Collection) else list(known)
    return known if len(known) <= MANY else [found for found, _, _ in process.extract(name, list(known), scorer=fuzz.ratio, processor=None, limit=FEW)]


def nearest_name(name: str, known: Iterable[str]) -> str:
    """Return the known name nearest to `name`, whatever the case; "" where none is near."""
    names = {k.casefold(): k for k in sorted(alike(name, known), reverse=True)}
    near = get_close_matches(name.casefold(), names, n=5)
    swapped = [each for each in near if sorted(each) == sorted(name.casefold())]  # otl: olt rather than ont.
    return names[(swapped or near)[0]] if near else ""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return "did you mean 'x'?" for the known name nearest to `name`, "" where none is near."""
    near = nearest_name(name, known)
    return f"did you mean {near!r}?" if near else ""


def path_text(path: Iterable[str | int]) -> str:
    """Write a path as people read it: `network.dependencies[4].to`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")
