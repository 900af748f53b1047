"""What operators ask of grouping: done at once, learnt for the next time, and taken back as far as it still can be.

    move, group       an alarm goes into another problem (`into`: the problem, or an alarm that is in it)
    split             alarms of one problem become one of their own, which goes on taking alarms
    reject            an alarm is no part of its problem: it gets one of its own and does not come back
    ungroup           the same (TMF642), but that problem merges with no other
    merge             a problem goes into another one of its domain
"""

from collections.abc import Callable, Sequence

import msgspec

from streams.domain.action_answer import CannotDo
from streams.domain.alarm_record import AlarmLife, row_key
from streams.domain.feedback import Feedback, open_problem, who
from streams.domain.group import Group, reach
from streams.domain.instant import Instant, iso
from streams.domain.learned_links import LinkWord, teach, unteach
from streams.domain.messages import OperatorRequest
from streams.domain.plural import number
from streams.domain.regroup import Mover, carry, join, members_of, mover, part
from streams.domain.view import Emit, View, World

KEPT = 200
"""Alarms remembered of a merged problem, so that it can be parted again (ours)."""
_replace = msgspec.structs.replace
Done = tuple[str, Feedback, list[Emit]]
"""What was done, in a sentence; what is kept of it; outputs."""


def move(view: View, ident: str, request: OperatorRequest, now: Instant, world: World) -> Done:
    """Put an alarm into another problem."""
    one = _alarm(view, request.target, request.episode)
    source, left = _of(view, one)
    at = max(request.at, one.record.began_at)
    target, group = _goal(view, request.into, at, world)
    if source == target:
        raise CannotDo(f"The alarm is in problem {target} already")
    stays, there = [m for m in members_of(view, source, left) if m.key != one.key], members_of(view, target, group)
    why = f"moved by {who(request)} at {iso(at)}"
    word = _word(request, ident, at, source, target, (one.key,), world)
    taught = (*_teach(view, word, ident, True, (one,), there, target, left.domain, world), *_teach(view, word, ident, False, (one,), stays, source, left.domain, world))
    out = carry(view, (one,), source, target, at, why, now, world)
    return f"{one.life.alarm.object} is in problem {target} now, {why}.", _replace(word, taught=taught), out


def split(view: View, ident: str, request: OperatorRequest, now: Instant, world: World) -> Done:
    """Make a problem of some alarms of another."""
    ids = [request.target, *request.others]
    if view.alarm_lives.get(request.target) is None and view.groups.get(request.target) is not None:
        ids = list(request.others)
    moving = [_alarm(view, each, request.episode if each == request.target else 0) for each in dict.fromkeys(ids)]
    if not moving:
        raise CannotDo("Name the alarm records that are to go")
    problems = {_of(view, one)[0] for one in moving}
    if len(problems) != 1 or (ids[:1] != [request.target] and problems != {reach(view, request.target)[0]}):
        raise CannotDo("The alarms are not all in one problem, so they cannot be split off it together")
    return _part(view, ident, request, sorted(moving, key=lambda one: (one.record.began_at, one.key)), now, world)


def reject(view: View, ident: str, request: OperatorRequest, now: Instant, world: World) -> Done:
    """Take an alarm out of its problem, for good."""
    return _part(view, ident, request, [_alarm(view, request.target, request.episode)], now, world)


def merge(view: View, ident: str, request: OperatorRequest, now: Instant, world: World) -> Done:
    """Put a problem whole into another."""
    loser, taken = open_problem(view, request.target)
    at = max(request.at, taken.opened_at)
    target, group = _goal(view, request.into, at, world)
    if loser == target:
        raise CannotDo(f"Both are problem {target} already")
    if not group.open:
        raise CannotDo(f"No problem {request.into} is known in this domain")
    going, there = members_of(view, loser, taken), members_of(view, target, group)
    why = f"merged by {who(request)} at {iso(at)}"
    word = _word(request, ident, at, loser, target, tuple(one.key for one in going) if len(going) <= KEPT else (), world)
    taught = _teach(view, word, ident, True, going, there, target, group.domain, world)
    return f"Problem {loser} is in problem {target} now, {why}.", _replace(word, taught=taught), join(view, loser, target, at, why, now, world)


def take_back(view: View, request: OperatorRequest, word: Feedback, at: Instant, now: Instant, world: World) -> tuple[str, list[Emit]]:
    """Forget what was learnt of a word on grouping, and put things back where they still are as it left them."""
    unteach(view, request.target, word.taught, world.policy.correlate.remember_feedback)
    (target, group), (source, left) = reach(view, word.into), reach(view, word.problem)
    why = f"taken back by {who(request)} at {iso(at)}"
    stay = f"{why[0].upper()}{why[1:]}; the alarms stay where they are"
    moving = [one for key in word.keys if (one := mover(view, key)) is not None and reach(view, one.record.problem)[0] == target]
    if group is None or not moving:
        return f"{stay}: they are not in problem {word.into} any more.", []
    if word.action == "merge":
        if len(moving) >= group.active:
            return f"{stay}: problem {target} has no others.", []
        made, out = part(view, moving, target, at, False, why, now, world)
        was: Group | None = view.groups.get(word.problem)
        if was is not None and was.into:
            view.groups.put(word.problem, _replace(was, into=made))     # what else names the merged problem means these alarms
        return f"{number(len(moving), 'alarm')} in problem {made} of their own again, {why}.", out
    if source == target or left is None or not left.open or left.withdrawn or _is_over(left, at, world):
        return f"{stay}: problem {word.problem} takes none any more.", []
    if word.is_made and target == word.into:
        return f"Problem {target} is in problem {source} again, {why}.", join(view, target, source, at, why, now, world)
    return f"{number(len(moving), 'alarm')} back in problem {source}, {why}.", carry(view, moving, target, source, at, why, now, world)


def _part(view: View, ident: str, request: OperatorRequest, moving: Sequence[Mover], now: Instant, world: World) -> Done:
    source, group = _of(view, moving[0])
    if len(moving) >= group.active:
        raise CannotDo("The alarm is the only active one of its problem" if len(moving) == 1 else "These are all active alarms of their problem")
    at = max(request.at, max(one.record.began_at for one in moving))
    keys = {one.key for one in moving}
    stays = [one for one in members_of(view, source, group) if one.key not in keys]
    verb = {"split": "split off", "reject": "rejected"}.get(request.action, "ungrouped")
    why = f"{verb} problem {source} by {who(request)} at {iso(at)}" if request.action == "split" else f"{verb} from problem {source} by {who(request)} at {iso(at)}"
    made, out = part(view, moving, source, at, request.action == "ungroup", why, now, world)
    word = _replace(_word(request, ident, at, source, made, tuple(one.key for one in moving), world), is_made=True)
    taught = _teach(view, word, ident, False, moving, stays, source, group.domain, world)
    return f"Now in problem {made} of its own, {why}.", _replace(word, taught=taught), out


def _word(request: OperatorRequest, ident: str, at: Instant, source: str, target: str, keys: tuple[str, ...], world: World) -> Feedback:
    return Feedback(request.action, request.target, who(request), at, source, at + world.policy.correlate.remember_feedback, into=target, keys=keys)


def _teach(view: View, word: Feedback, ident: str, together: bool, some: Sequence[Mover], others: Sequence[Mover], problem: str, domain: str, world: World) -> tuple[str, ...]:
    said = LinkWord(ident, together, word.user, word.at, problem)
    return teach(view, domain, said, [one.life.alarm for one in some], [one.life.alarm for one in others], world)


def _alarm(view: View, ident: str, episode: int = 0) -> Mover:
    life: AlarmLife | None = view.alarm_lives.get(ident)
    if life is None:
        raise CannotDo(f"No alarm record {ident} is known in this domain: it is another domain's, it never was, or it has been closed")
    key = row_key(life.alarm)
    one = mover(view, key)
    if one is None or reach(view, one.record.problem)[1] is None:
        raise CannotDo("The alarm is in no problem at present: only one that is active can be")
    if episode and episode != one.record.episodes:
        raise CannotDo(f"Episode {episode} of the alarm is over; it is in episode {one.record.episodes}")
    return one


def _of(view: View, one: Mover) -> tuple[str, Group]:
    problem, group = reach(view, one.record.problem)
    assert group is not None
    return problem, group


def _goal(view: View, ident: str, at: Instant, world: World) -> tuple[str, Group]:
    """Return the problem to go to: an id's, or that of an alarm that is in one."""
    problem, group = _of(view, _alarm(view, ident)) if view.alarm_lives.get(ident) is not None else open_problem(view, ident)
    if group.withdrawn:
        raise CannotDo(f"Problem {problem} was cancelled or closed; it takes no more part")
    if _is_over(group, at, world):
        raise CannotDo(f"Problem {problem} is over and takes no more alarms")
    return problem, group


def _is_over(group: Group, at: Instant, world: World) -> bool:
    """Whether a problem may have been closed by then."""
    return not group.active and at > group.last_at + world.policy.manage.close_after


REGROUPING: dict[str, Callable[[View, str, OperatorRequest, Instant, World], Done]] = {
    "move": move, "group": move, "split": split, "reject": reject, "ungroup": reject, "merge": merge,
}
"""Action -> what it does; CannotDo where it cannot be."""
