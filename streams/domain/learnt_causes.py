"""What localization knows of which alarm types cause which: as stage 2 told it last (learn.py)."""

from collections.abc import Mapping
from typing import cast

import msgspec

from streams.domain.learnt import Learnt
from streams.domain.view import View

_MEMO = "|learnt"
"""No problem's id."""


class KnownCauses(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The pairs; one row."""

    pairs: tuple[Learnt, ...]


def known_causes(view: View) -> Mapping[tuple[str, str], Learnt]:
    """Return the pairs by (cause, effect)."""
    row = cast(KnownCauses | None, view.learnt_causes.get(""))
    if row is None:
        return {}
    told: tuple[KnownCauses, dict[tuple[str, str], Learnt]] | None = view.memo.get(_MEMO)
    if told is None or told[0] is not row:
        told = view.memo[_MEMO] = row, {(pair.cause, pair.effect): pair for pair in row.pairs}
    return told[1]
