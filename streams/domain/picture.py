"""What a diagnosis shows of a problem's members, kept up to date as they come, so that a diagnosis need not look at each.

It is drawn from the rows of `membership` and lives in memory only (`View.memo`): forgotten whenever that suits, and
drawn anew with the same result.
"""

from collections.abc import Iterable

from streams.domain import impact, membership
from streams.domain.alarm import Effect, Severity
from streams.domain.effect import is_murmur
from streams.domain.instant import Instant
from streams.domain.membership import Roll
from streams.domain.messages import Hurt, Member
from streams.domain.network import Network
from streams.domain.view import View

REFERENCES = 100
"""Alarms, resources and sites named in one diagnosis (design section 2)."""
REMEMBERED = 20_000
"""Pictures of one partition before all are drawn afresh."""

Held = tuple[tuple[str, Effect], ...]


class Picture:
    """One problem's members in the order they joined, and what follows from them."""

    def __init__(self, members: Iterable[Member], marks: dict[str, tuple[str, int]] | None = None) -> None:
        self._members: dict[str, Member] = {}
        self.marks = marks or {}
        """Of members, as `membership.Page` has them."""
        self._unjudged: dict[str, int] = {}
        """Members that changed since it was last looked whether they are implied -> their place in the order they joined in."""
        self._places: dict[str, int] = {}
        self._judged_by: str | None = None
        """The root by which the others were judged; None: none was judged yet."""
        self._own: dict[str, str] = {}
        self._alarms: dict[str, None] = {}
        self._resources: dict[str, None] = {}
        self._active = [0] * len(Severity)
        self._murmurs = 0
        self._firm: dict[str, int] = {}
        """Objects -> how many of their members, cleared ones too, say more than a murmur."""
        self._felt: dict[str, dict[str, Effect]] = {}
        self._held: Held | None = ()
        self._hurt: tuple[Held, tuple[str, ...], tuple[Hurt, ...]] = ((), (), ())
        self.first: Member | None = None
        """The earliest, by when it was raised, of those that say more than a murmur, where some do."""
        for member in members:
            self.take(member)

    def take(self, member: Member) -> None:
        """Put a member in, or in place of what it was."""
        known = self._members.get(member.occurrence)
        self._members[member.occurrence] = member
        if self._judged_by is not None:
            self._own.pop(member.object, None)
            self._unjudged[member.occurrence] = self._places.setdefault(member.occurrence, len(self._places))
        if known is None:
            self._alarms[member.alarm] = self._resources[member.object] = None
        else:
            self._count(known, -1)
            self._weigh(known, -1)
            if (known.alarm, known.object) != (member.alarm, member.object):
                self._own.clear()
                # A feed whose alarm key leaves the object out may tell the same alarm of another one.
                self._alarms = dict.fromkeys(m.alarm for m in self._members.values())
                self._resources = dict.fromkeys(m.object for m in self._members.values())
        self._count(member, 1)
        self._weigh(member, 1)
        if self.first is None or known is self.first or _rank(member) < _rank(self.first):
            # A murmur that says more now, or no more than that, may change places with another.
            self.first = min(self._members.values(), key=_rank) if known is self.first and known is not None and _rank(known) != _rank(member) else member

    def _weigh(self, member: Member, by: int) -> None:
        if not is_murmur(member, member.effect):
            count = self._firm.pop(member.object, 0) + by
            if count:
                self._firm[member.object] = count

    def _count(self, member: Member, by: int) -> None:
        if member.cleared_at:
            return
        self._active[member.severity - 1] += by
        self._murmurs += by if is_murmur(member, member.effect) else 0
        if member.effect == Effect.NONE:
            return
        self._held = None
        if by > 0:
            self._felt.setdefault(member.object, {})[member.occurrence] = member.effect
        else:
            felt = self._felt[member.object]
            del felt[member.occurrence]
            if not felt:
                del self._felt[member.object]

    def to_judge(self, root: str) -> list[Member]:
        """Return who may be implied by `root` otherwise than it was told, in the order they joined: all, where the root is another."""
        if root != self._judged_by:
            self._judged_by = root
            self._places = {occurrence: place for place, occurrence in enumerate(self._members)}
            self._unjudged = dict(self._places)
            return list(self._members.values())
        return [self._members[occurrence] for occurrence in sorted(self._unjudged, key=self._unjudged.__getitem__)]

    def judged(self, member: Member) -> None:
        """Note that what was told of a member is right."""
        self._unjudged.pop(member.occurrence, None)

    def own_alarm(self, object_: str) -> str:
        """Return the alarm record of an object's earliest active alarm here, "" where there is none."""
        found = self._own.get(object_)
        if found is None:
            own = [(m.raised_at, m.occurrence, m.alarm) for m in self._members.values() if m.object == object_ and not m.cleared_at]
            found = self._own[object_] = min(own)[2] if own else ""
        return found

    @property
    def members(self) -> list[Member]:
        return list(self._members.values())

    @property
    def worst(self) -> Severity:
        """Of the active members; CLEARED where none is."""
        return next((severity for severity in reversed(Severity) if self._active[severity - 1]), Severity.CLEARED)

    def counting(self, active: int) -> int:
        """Return how many of so many active members count: beside alarms that say more, murmurs (effect.py) keep no problem going."""
        return max(active - self._murmurs, 0) if self._firm else active

    @property
    def murmuring(self) -> tuple[str, ...]:
        """Which of `resources` do no more than murmur, where others say more: they may be here by chance."""
        return tuple(one for one in self.resources if one not in self._firm) if self._firm else ()

    @property
    def held(self) -> Held:
        """Objects with an active alarm that means something for them, sorted, each with the worst."""
        if self._held is None:
            self._held = tuple(sorted((name, max(felt.values())) for name, felt in self._felt.items()))
        return self._held

    @property
    def objects(self) -> Iterable[str]:
        """All objects of which something was heard here, in the order they joined."""
        return self._resources.keys()

    def hurt(self, network: Network, silent: tuple[str, ...] = ()) -> tuple[Hurt, ...]:
        """Services that what is held, and silent objects that must be down, hurt by themselves, worst first then by id."""
        held = self.held
        if self._hurt[0] is not held or self._hurt[1] != silent:
            down = {**dict(held), **dict.fromkeys(silent, Effect.DOWN)}
            self._hurt = (held, silent, tuple(Hurt(s, e) for s, e in impact.hurt_by(network, down)) if held else ())
        return self._hurt[2]

    @property
    def alarms(self) -> tuple[str, ...]:
        """The first alarm records that joined."""
        return tuple(self._alarms)[:REFERENCES]

    @property
    def resources(self) -> tuple[str, ...]:
        """The objects of the first that joined."""
        return tuple(self._resources)[:REFERENCES]


def _rank(member: Member) -> tuple[bool, Instant, str]:
    """Whose alarm a problem began with, the least first: who murmured before (effect.py) may have done so by chance."""
    return is_murmur(member, member.effect), member.raised_at, member.occurrence


def picture(view: View, problem: str, roll: Roll) -> Picture:
    """Return the picture of a problem, drawn from its rows where it is not remembered."""
    memo = view.memo
    found: Picture | None = memo.get(problem)
    if found is None:
        if len(memo) >= REMEMBERED:
            memo.clear()
        found = memo[problem] = Picture(membership.read(view.problem_members, problem, roll), membership.marks(view.problem_members, problem, roll))
    return found
