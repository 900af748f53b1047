"""Which alarms are active on which object, and which of them announced work explains: what failed, object by object.

Kept for three questions that alarm records, which are found by alarm key, cannot answer: what of an object's support has
failed; which alarms a new or changed announcement is about; which explained alarms a new failure is about.
"""

from collections.abc import Iterable

import msgspec

from streams.domain.alarm import Effect
from streams.domain.alarm_record import AlarmLife, AlarmRecord, Standing
from streams.domain.effect import effect_of
from streams.domain.network import Network
from streams.domain.view import View, World

PER_OBJECT = 64
"""Active alarms remembered per object; work that is announced after an alarm came does not find those beyond (ours)."""
PLANNED = "planned-outage"


class Entry(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One active alarm of an object."""

    key: str
    """Row key of its alarm record."""
    effect: Effect
    outage: str = ""
    """The announced work that explains it, "" if none does."""


class Alarmed(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The active alarms of one object; key: the object."""

    entries: tuple[Entry, ...]


class Followed(msgspec.Struct, frozen=True, gc=False):
    """What became of one alarm on its object."""

    object: str
    before: Entry | None
    after: Entry | None

    @property
    def turns(self) -> bool:
        """Whether the object failed, or works, by it, or a failure went over from problems to announced work or back."""
        return _side(self.before) != _side(self.after)

    @property
    def is_eased(self) -> bool:
        """Whether a failure outside of any work turned out to be explained."""
        before, after = _side(self.before), _side(self.after)
        return before is not None and after is not None and not before[1] and after[1]

    @property
    def is_revised(self) -> bool:
        """Whether the alarm means another thing for its object than it did."""
        return self.before is not None and self.after is not None and self.before.effect != self.after.effect


def follow(view: View, key: str, was_on: str, record: AlarmRecord | None, life: AlarmLife | None, world: World) -> Followed | None:
    """Note where an alarm stands now; None if that makes no difference. `was_on`: the object it was told of before."""
    after = None
    name = was_on
    if record is not None and life is not None:
        name = life.alarm.object
        if record.standing not in (Standing.CLEARED, Standing.UNRAISED):
            explained = life.outage if record.standing is Standing.SUPPRESSED and life.suppressed == PLANNED else ""
            after = Entry(key, effect_of(life.alarm, world.network), explained)
    before = _strike(view, was_on, key) if was_on not in ("", name) else None
    row: Alarmed | None = view.alarmed.get(name)
    entries = row.entries if row is not None else ()
    known = next((e for e in entries if e.key == key), None)
    if known == after:
        return None if before is None else Followed(name, before, after)
    left = tuple(e for e in entries if e.key != key)
    if after is not None and known is None and len(left) >= PER_OBJECT:
        after = None
        if before is None:
            return None
    if after is not None:
        left = (*left, after)
    _put(view, name, left)
    return Followed(name, before or known, after)


def failures(view: View, names: Iterable[str], domain: str, network: Network) -> tuple[dict[str, Effect], dict[str, Effect]]:
    """Return what of these objects, as far as they are of that domain, has failed: outside of any work, and explained."""
    outside: dict[str, Effect] = {}
    planned: dict[str, Effect] = {}
    for name in names:
        row: Alarmed | None = view.alarmed.get(name)
        if row is None or (node := network.nodes.get(name)) is None or node.domain != domain:
            continue
        for entry in row.entries:
            if entry.effect >= Effect.DEGRADED and entry.key.startswith(f"{domain}|"):
                kind = planned if entry.outage else outside
                kind[name] = max(entry.effect, kind.get(name, Effect.NONE))
    return outside, planned


def _side(entry: Entry | None) -> tuple[Effect, bool] | None:
    """Return the failure that an alarm means and whether it is explained, None where it means none."""
    return (entry.effect, entry.outage != "") if entry is not None and entry.effect >= Effect.DEGRADED else None


def _strike(view: View, name: str, key: str) -> Entry | None:
    """Take an alarm off an object."""
    row: Alarmed | None = view.alarmed.get(name)
    known = next((e for e in row.entries if e.key == key), None) if row is not None else None
    if row is not None and known is not None:
        _put(view, name, tuple(e for e in row.entries if e is not known))
    return known


def _put(view: View, name: str, entries: tuple[Entry, ...]) -> None:
    if entries:
        view.alarmed.put(name, Alarmed(entries))
    elif view.alarmed.get(name) is not None:
        view.alarmed.delete(name)
