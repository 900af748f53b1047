"""A page of deploy/runbooks as what it has an operator do: its shell blocks, word for word."""

import re
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parents[2] / "deploy" / "runbooks"
_BLOCK = re.compile(r"^( *)```sh\n(.*?)^ *```", re.S | re.M)


class Page(NamedTuple):
    """One task."""

    name: str
    text: str

    @property
    def blocks(self) -> list[str]:
        """Its shell blocks, in order; those within a list lose its indentation."""
        return [re.sub(f"^{indent}", "", block, flags=re.M) for indent, block in _BLOCK.findall(self.text)]

    @property
    def script(self) -> str:
        return "set -euo pipefail\n" + "\n".join(f'echo "--- block {n}" >&2\n{block}' for n, block in enumerate(self.blocks, 1))


def tasks() -> dict[str, Page]:
    """Return the pages that have something to carry out, by name."""
    pages = (Page(path.stem, path.read_text()) for path in sorted(FOLDER.glob("*.md")))
    return {page.name: page for page in pages if page.blocks}
