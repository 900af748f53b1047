"""What is remembered of the problems that a problem stands under or over (problem_group.py)."""

import msgspec

UNDERLYING = 100
"""Underlying problems that a problem names, the last ones (design section 2: references inline)."""
_replace = msgspec.structs.replace


class Grouping(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Which problem it was put under, and which were put under it or merged into it."""

    parent: str = ""
    domain: str = ""
    """The parent's."""
    underlying: tuple[str, ...] = ()

    def with_one(self, problem: str) -> "Grouping":
        return _replace(self, underlying=(*(p for p in self.underlying if p != problem), problem)[-UNDERLYING:])

    def without(self, problem: str) -> "Grouping":
        return _replace(self, underlying=tuple(p for p in self.underlying if p != problem))
