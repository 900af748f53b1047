"""A page of deploy/runbooks as what it has an operator do: its shell blocks, word for word."""

import re
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parents[2] / "deploy" / "runbooks"
ELSEWHERE = frozenset({"disaster-recovery"})
"""Carried out by tests of their own: it takes two Kafkas (python -m tests.disaster)."""
_BLOCK = re.compile(r"^( *)```sh\n(.*?)^ *```", re.S | re.M)


class Page(NamedTuple):
    """One task."""

    name: str
    text: str

    @property
    def blocks(self) -> list[str]:
        """Its shell blocks, in order; those within a list lose its indentation."""
        return [re.sub(f"^{indent}", "", block, flags=re.M) for indent, block in _BLOCK.findall(self.text)]

    def section(self, title: str) -> "Page":
        """Return what stands under one of its headings."""
        _, found, rest = self.text.partition(f"\n## {title}\n")
        if not found:
            raise KeyError(title)
        return Page(f"{self.name}: {title}", rest.partition("\n## ")[0])

    @property
    def script(self) -> str:
        return "set -euo pipefail\n" + "\n".join(f'echo "--- block {n}" >&2\n{block}' for n, block in enumerate(self.blocks, 1))


def read(name: str) -> Page:
    return Page(name, (FOLDER / f"{name}.md").read_text())


def tasks() -> dict[str, Page]:
    """Return the pages that have something to carry out on a site of one Kafka, by name."""
    pages = (read(path.stem) for path in sorted(FOLDER.glob("*.md")))
    return {page.name: page for page in pages if page.blocks and page.name not in ELSEWHERE}
