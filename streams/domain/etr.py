"""The expected time of restoration of a problem: who says it, and which of several counts.

Precedence: what people in the field or a supplier promised, then what was learnt of such problems, then policy
(`restore_in` by priority). What has gone by already is no promise: the next one counts. Stage 6 revises what is learnt
and what is policy before it passes (etr_desk.py), no more often than `etr_every` unless the cause changes.
"""

from typing import NamedTuple

from streams.domain.forecast import Source
from streams.domain.instant import Instant
from streams.domain.problem_record import ProblemRecord


class Promise(NamedTuple):
    """What is told as the expected time of restoration."""

    etr: Instant
    source: Source
    cases: int = 0
    confidence: float = 0.0


def promise(row: ProblemRecord, at: Instant) -> Promise:
    """Return the best promise that has not gone by at `at`; where all have, the latest of them."""
    known = []
    if row.ticket is not None and row.ticket.promised_at:
        known.append(Promise(row.ticket.promised_at, _who(row, row.ticket.promised_at)))
    if (said := row.forecast) is not None:
        known.append(Promise(said.etr, said.source, said.cases, said.confidence))
    if said is None or said.source is not Source.POLICY:
        known.append(Promise(row.etr, Source.POLICY))
    return next((one for one in known if one.etr > at), None) or max(known, key=lambda one: one.etr)


def _who(row: ProblemRecord, promised_at: Instant) -> Source:
    """Tell a supplier's promise, which came with the ticket of what it was asked, from that of our own people."""
    asked = row.desk.requests if row.desk is not None else ()
    return Source.SUPPLIER if any(one.party and one.ticket is not None and one.ticket.promised_at == promised_at for one in asked) else Source.FIELD
