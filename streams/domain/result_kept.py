"""What an executor or a tester said that changed nothing: kept on `progress` with the reason (late, twice, unknown)."""

import msgspec

from streams.domain.ids import identify
from streams.domain.instant import Instant
from streams.domain.view import Emit


class ResultKept(msgspec.Struct, frozen=True, gc=False):
    """One result without effect."""

    id: str
    about: str
    """RestorationCommand or ServiceTest."""
    ref: str
    """Its id, as the result named it."""
    state: str
    """late, twice or unknown."""
    outcome: str
    text: str
    domain: str
    at: Instant


def keep(about: str, ref: str, state: str, outcome: str, text: str, domain: str, at: Instant, position: str) -> list[Emit]:
    """Tell of a result that changed nothing; `position`: where it was read, which makes its id."""
    ident = identify(domain, "result", ref, position or outcome, at)
    return [Emit("progress", ref, ResultKept(ident, about, ref, state, outcome, text[:256], domain, at), at)]
