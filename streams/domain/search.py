"""Which groups a new alarm belongs to: every sighting at the nodes that its object stands on, judged one by one."""

from collections.abc import Iterable
from typing import Any

from streams.domain.alarm_book import Entrant
from streams.domain.group import COARSE, Anchor, Group, Sighting, reach
from streams.domain.group_told import open_group
from streams.domain.instant import SECOND, Instant
from streams.domain.learned_links import heard_of
from streams.domain.links import Link, Windows, crowd, link
from streams.domain.reception import living
from streams.domain.support import Support
from streams.domain.view import Emit, View, World

SILENT = 2
"""How many times `together` a problem may be silent before what is raised anew, without a clear between, is another's (ours)."""
CROWD = 3
"""Alarms under a node at one time, the new one among them, from which they are one problem (ours: so many at one moment in different places have one cause)."""


class Search:
    """One search; `seen` and `links` hold the groups that may be, and the best reason for each."""

    def __init__(self, view: View, who: Entrant, windows: Windows, now: Instant, world: World, out: list[Emit] | None) -> None:
        """`out` takes what is told of candidates that were due to open; None: nothing is to change."""
        self._view, self._who, self._windows, self._now, self._world, self._out = view, who, windows, now, world, out
        self.seen: dict[str, Group] = {}
        self.links: dict[str, Link] = {}
        self._ends: dict[str, str] = {}
        self._heard = heard_of(view, who.alarm, who.at, world)

    def groups(self, standing_on: tuple[Support, ...]) -> tuple[list[str], str]:
        """Return the problems it belongs to, the one that takes in the others first; and the one it recurs from if there is none."""
        own, recurs = self._own()
        policy, at, domain = self._world.policy.correlate, self._who.at, self._who.alarm.domain
        crowds: list[tuple[Support, tuple[Sighting, ...]]] = []
        lives = living(self._world.network, self._who.alarm.object, self._who.alarm.cause)
        longest = max(self._windows.holds, self._windows.precedes, self._windows.lingers) + COARSE
        for support in standing_on:
            row: Anchor | None = self._view.anchors.get(f"{domain}|{support.node}")
            if row is None:
                continue
            if support.breaks:
                crowds.append((support, row.sightings))
            for sighting in row.sightings:
                if at - sighting.last_at > longest:
                    continue
                problem = self._ends.get(sighting.problem)
                if problem is None:
                    problem = self._group(sighting.problem)
                if not problem or self._is_known_better(problem, support, sighting, at):
                    continue
                if self._heard is not None and self._heard.bars(problem, support, sighting):
                    continue
                if found := link(sighting, support, self._who.alarm.object, at, self.seen[problem], self._windows, policy, lives=support.node in lives):
                    self._note(problem, found)
        self._gather(crowds)
        for named, why in self._heard.brings.items() if self._heard is not None else ():
            if problem := self._group(named):
                self._note(problem, Link(True, 0, 0, False, why))
        return self._chosen(own), recurs

    def _is_known_better(self, problem: str, support: Support, seen: Sighting, at: Instant) -> bool:
        """Whether nothing that a sighting may say would count beside what is known of its problem."""
        known = self.links.get(problem)
        if known is None or not known.together or (seen.kind == "down" and not known.is_down):
            return False
        apart = support.distance + seen.distance
        return -known.nearness < apart or (-known.nearness == apart and -known.recency <= max(at - seen.last_at, seen.first_at - at, 0))

    def _gather(self, crowds: list[tuple[Support, tuple[Sighting, ...]]]) -> None:
        """Link what began under one node just now where that is so many alarms that the node is behind them, however far below it they are.

        All that are counted are within one window, the new one with them: so it is nothing which of them comes last.
        """
        own = {problem for problem, known in self.links.items() if known.together}
        for support, sightings in crowds:
            near = [(problem, one) for one in sightings if one.kind == "below" and (problem := self._begun(one))]
            others = {problem: one for problem, one in near if problem not in own}
            for problem, one in others.items():
                if self._is_crowd(one, [seen for _, seen in near]) and not (self._heard is not None and self._heard.bars(problem, support, one)):
                    self._note(problem, crowd(one, support, self._who.alarm.object, self._who.at))

    def _begun(self, seen: Sighting) -> str:
        """Return the open problem that a sighting is of, if it began at this time; "" otherwise."""
        if abs(self._who.at - seen.first_at) > self._windows.together:
            return ""
        problem = self._ends.get(seen.problem)
        if problem is None:
            problem = self._group(seen.problem)
        return problem if problem and self.seen[problem].open else ""

    def _is_crowd(self, other: Sighting, near: list[Sighting]) -> bool:
        """Whether the new alarm, the first of another problem and one more are within one window."""
        at, window = self._who.at, self._windows.together
        low, high = min(at, other.first_at), max(at, other.first_at)
        more = [t for one in near for t in (one.first_at if one is not other else 0, one.again_at) if t]
        return sum([high - window <= t <= low + window for t in more]) + 2 >= CROWD

    def _own(self) -> tuple[str, str]:
        """Look at the problem that the alarm was in before: return it, or what it recurs from."""
        before = self._who.record.problem
        if not before:
            return "", ""
        problem = self._group(before)
        renews = self._who.record.cleared_at < self._who.record.raised_at
        if problem and (not renews or self._who.at <= self.seen[problem].last_at + SILENT * self._windows.together):
            gap = max(self._who.at - self.seen[problem].last_at, 0)
            self._note(problem, Link(gap <= self._windows.together, 0, -gap, False, f"raised again, {gap / SECOND:.3f} s from its last alarm"))
            return problem, ""
        last, group = reach(self._view, before)
        return "", last if group is not None and group.open and not group.active else ""

    def _group(self, named: str) -> str:
        """Return the problem that a name stands for now, if that takes an alarm of this time; "" otherwise."""
        known = self._ends.get(named)
        if known is not None:
            return known
        problem, group = reach(self._view, named)
        if group is None or not group.takes(self._who.at, self._windows.holds):
            problem = ""
        elif problem not in self.seen:
            if self._out is not None and group.opens_by(self._who.at):
                group = open_group(self._view, problem, group, group.due, self._now, self._world, self._out)
            self.seen[problem] = group
        self._ends[named] = problem
        return problem

    def _note(self, problem: str, found: Link) -> None:
        known = self.links.get(problem)
        if known is None or found[:3] > known[:3]:
            self.links[problem] = found._replace(is_down=found.is_down or (known is not None and known.is_down))
        elif found.is_down:
            self.links[problem] = known._replace(is_down=True)

    def _chosen(self, own: str) -> list[str]:
        """Return all that are linked together, else the one that explains it best; of bursts of one problem the later."""
        if own and self.seen[own].alone:
            return [own]
        if told := sorted(p for p in self.links if self.seen[p].alone and self._heard is not None and p in self._heard.brings):
            return told[:1]
        for problem in [p for p in self.links if self.seen[p].is_over_by(self._who.at)]:
            self._hand_on(problem)
        found = [p for p in self.links if not self.seen[p].alone]
        if not found:
            return []
        # The oldest takes in the others; one that others know of goes before one they do not.
        together = sorted((p for p in found if self.links[p].together), key=self._age)
        if not together:
            return [self._best(found)]
        if self.is_first(together) and (before := [p for p in found if not self.is_first([p])]):
            together = sorted((self._best(before), *together), key=self._age)
        return self._parted(together, own)

    def is_first(self, problems: Iterable[str]) -> bool:
        """Whether it began before all these: told in turn they would have come to it, so they have no say in where it goes, and go along."""
        return all(self.seen[p].opened_at > self._who.at and not self.seen[p].alone for p in problems)

    def led_by(self, problem: str, group: Group, why: str, others: list[str]) -> list[str]:
        """Return the problem of a failure that lasts, which was found elsewhere, with those that go along."""
        self.seen[problem], self.links[problem] = group, Link(False, 0, 0, True, why)
        return self._parted([problem, *(other for other in others if other != problem)], "")

    def _best(self, problems: Iterable[str]) -> str:
        """Return what explains it best: the nearest, the latest; of equals the one that began first."""
        return max(problems, key=lambda p: (self.links[p][1:3], -self.seen[p].opened_at, p))

    def _parted(self, together: list[str], own: str) -> list[str]:
        """Leave out what operators parted: of such problems its own stays, else the one nearest to it."""
        if not any(self.seen[p].apart for p in together):
            return together
        kept: list[str] = []
        for problem in sorted(together, key=lambda p: (p == own, self.links[p][:3]), reverse=True):
            if not any(self._are_apart(problem, other) for other in kept):
                kept.append(problem)
        return sorted(kept, key=self._age)

    def _are_apart(self, one: str, other: str) -> bool:
        return any(reach(self._view, p)[0] == two for p, two in (*((p, other) for p in self.seen[one].apart), *((p, one) for p in self.seen[other].apart)))

    @property
    def kept_out(self) -> str:
        """Why it did not join what it is near, "" where operators said nothing of that."""
        heard = self._heard
        return "; ".join(f"not in {p}: {heard.kept_out[p]}" for p in sorted(heard.kept_out) if p not in self.links) if heard is not None else ""

    def _hand_on(self, earlier: str) -> None:
        """Let the last of the second bursts that began beside a problem have what comes near that one."""
        last, passed = earlier, {earlier}
        while self.seen[last].is_over_by(self._who.at):
            later = self._group(self.seen[last].later) if self.seen[last].later else ""
            if not later or later in passed:
                break
            passed.add(later)
            last = later
        if last != earlier:
            self._note(last, self.links.pop(earlier))

    def _age(self, problem: str) -> Any:
        group = self.seen[problem]
        return not group.open, group.opened_at, problem
