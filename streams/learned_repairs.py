"""What was learnt of how long repairs take, from the state of stage 6, as `spm learned repairs` shows it."""

import msgspec

from streams.domain import etr_learnt
from streams.domain.etr_curve import quantile
from streams.domain.etr_learnt import RepairTimes
from streams.domain.instant import SECOND
from streams.engine.table import RowFormat, TableSpec
from streams.stored import Stored

INBOX = "network-inbox"
"""Whose reader learns."""
TABLE = "repair-times"
SHARES = (0.5, 0.8)


class Repairs(msgspec.Struct, frozen=True):
    """One class of closed problems."""

    kind: str
    """cause|type|site, or fewer of them; *: all problems."""
    cases: float
    """Closed problems; those of long ago count less."""
    half_seconds: int
    """Within which half of them were restored, time in which they were pending or held left out."""
    most_seconds: int
    """Within which four in five were: what is promised (design: expectedResolutionDate)."""


def of_state(stored: Stored) -> list[Repairs]:
    """Read what is stored of it, whether or not a processor runs; the most frequent class first."""
    row, due, _ = etr_learnt.TABLES[TABLE]
    reader = RowFormat(TableSpec(TABLE, row, due))
    found: list[Repairs] = []
    for partition, key, value in stored.state(INBOX):
        table, _, kind = key.decode().partition("\0")
        if table == TABLE:
            times: RepairTimes = reader.decode(value, f"{INBOX}/{partition} table {table} key {kind!r}")
            half, most = (quantile(dict(times.ended), share) // SECOND for share in SHARES)
            found.append(Repairs(kind, round(times.cases, 2), half, most))
    return sorted(found, key=lambda one: (-one.cases, one.kind))
