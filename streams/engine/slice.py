"""One slice of a batch: record by record until an agent has to give way, or stands at a turn whose world is not there."""

import logging
from time import perf_counter
from typing import Any, NamedTuple

from streams.engine.folding import NEVER, ComeDue, Folding, Step
from streams.engine.held import Held
from streams.engine.inbox import Inbox
from streams.engine.part import Part
from streams.engine.record import Batch
from streams.engine.table import UnreadableRow

log = logging.getLogger(__name__)

SLICE_SECONDS = 0.005
"""An agent gives way after this; a commit may come between slices."""
SLICE_RECORDS = 500
SLOW_RECORD = 1.0
STUCK_RECORD = 5.0


class Slice(NamedTuple):
    """What was done of a batch."""

    records: int
    """Read and done with, from the front."""
    messages: int
    """Folded in them."""
    awaited: int
    """Number of the turn that the next record stands at while its world is not there, else 0."""
    is_cut: bool
    """So much was due that the next record is begun and not done."""


def work_off(folding: Folding, held: Held, part: Part, inbox: Inbox, batch: Batch, step: Step, come_due: ComeDue | None, world: Any, stepped: bool) -> Slice:
    """Fold one slice into the open unit; what raises is refused, and the rest goes on.

    `stepped`: slices depend on nothing but the records. TimeoutError where a record took longer than a unit may be open.
    """
    done, folded, awaited, started = 0, 0, 0, perf_counter()
    until = started + (SLOW_RECORD if stepped else SLICE_SECONDS)
    folding.due_seconds = 0.0
    decode, fold, is_packed, turn = inbox.decode, folding.fold, inbox.is_packed, held.turn
    # In a packed record only the first message may be put off.
    pauses, is_cut = NEVER if stepped else until, False
    for record in batch.records:
        if done and (done & 15 == 15 or is_packed) and (folded >= SLICE_RECORDS or perf_counter() > until):
            break
        if record.offset >= part.position:          # else: a re-read of what is committed already
            try:
                decoded = decode(record, batch.partition)
            except Exception as error:                      # noqa: BLE001 - whatever it is, it is the record's reason
                folding.refuse(part, record, error)
            else:
                messages = decoded if is_packed else (decoded,)
                if turn is not None and (awaited := held.awaited(messages)):
                    break
                for n, message in enumerate(messages):
                    by = NEVER if n else pauses
                    if type(message) is turn:
                        part.turn(message.number)
                        world, by = held.turned(message.number), NEVER
                    try:
                        if not fold(part, inbox, message, step, come_due, world, by):
                            is_cut = True
                            break
                    except UnreadableRow:
                        raise
                    except inbox.fatal:
                        raise
                    except Exception as error:              # noqa: BLE001 - whatever a step raises is the record's reason
                        folding.refuse(part, record, error)
                    folded += 1
            if is_cut:
                break
            part.position = record.offset + 1
        done += 1
    # What had come due in a long silence is done at one go, and is many records' work, not one's.
    if (spent := perf_counter() - started - folding.due_seconds) > SLOW_RECORD:
        _slow(batch, max(done - 1, 0), spent)
    return Slice(done, folded, awaited, is_cut)


def _slow(batch: Batch, n: int, spent: float) -> None:
    log.warning("%s/%d: %.1f s for the records up to offset %d", batch.topic, batch.partition, spent, batch.records[n].offset)
    if spent > STUCK_RECORD:
        raise TimeoutError(f"{batch.topic}/{batch.partition} offset {batch.records[n].offset} took {spent:.1f} s: a unit open that long is fenced, and would come again for ever")
