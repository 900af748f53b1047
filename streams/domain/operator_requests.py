"""What operators do to alarm records (TMF642 tasks, RFC 8632 operator states), each answered with done or refused.

    ack, unack    bound to the episode: a new one begins unacknowledged; a request may name the episode it means
    clear         ends the episode where the source does not
    close         forgets a cleared record at once; one that toggles is not cleared until it keeps still
    comment       kept with the record
    shelve        no problem's business until a time, in whichever episode; unshelve ends that
    hold, wait, resume, resolve, reopen, cancel     a problem's life; close and comment as well, where the target is a problem (problem_orders.py)
    release       a standing alarm, or a problem of such, from now on counts like any other
    reset-learned, freeze-learning, thaw-learning   what is learnt of alarm types (learn_orders.py)

What they say of grouping and causes is feedback, learnt and to be taken back: feedback_requests.py.
"""

from collections.abc import Callable

import msgspec

from streams.domain.action_answer import CannotDo, answer
from streams.domain.alarm import Severity
from streams.domain.alarm_book import count, count_held, judge, named_problem, publish
from streams.domain.alarm_course import IN_A_PROBLEM, clear_alarm
from streams.domain.alarm_due import record_due, suppression_ends
from streams.domain.alarm_fold import clear
from streams.domain.alarm_record import NOBODY, AlarmLife, AlarmRecord, Comment, Standing, row_key
from streams.domain.feedback_requests import WORDS, heed
from streams.domain.group import reach
from streams.domain.group_told import change
from streams.domain.grouping import leave, revise
from streams.domain.ids import identify
from streams.domain.instant import SECOND, Instant, iso
from streams.domain.learn_orders import ORDERS, order
from streams.domain.messages import OperatorRequest
from streams.domain.problem_orders import PROBLEM_ORDERS, pass_on
from streams.domain.suppression import SHELVED
from streams.domain.view import Emit, View, World

STATES = {"ack": "ack", "unack": "none", "close": "closed"}
"""Action -> operator state."""
COMMENTS = 32
"""Comments kept per alarm record, the latest."""
_replace = msgspec.structs.replace


class Asked(msgspec.Struct, frozen=True):
    """One request with the rows it is about."""

    view: View
    key: str
    record: AlarmRecord
    life: AlarmLife
    request: OperatorRequest
    now: Instant
    world: World

    @property
    def at(self) -> Instant:
        """When what is asked takes effect: not before the episode it is about began."""
        return max(self.request.at, self.record.began_at)


def obey(view: View, request: OperatorRequest, now: Instant, world: World) -> list[Emit]:
    """Carry out an action on one alarm record, or on the problem that the target may be; refuse what cannot be done."""
    act = ACTIONS.get(request.action)
    if not request.by_source and not request.copy:
        count(view, f"request:{request.action if act or request.action in WORDS or request.action in ORDERS or request.action in PROBLEM_ORDERS else 'other'}")
    life: AlarmLife | None = view.alarm_lives.get(request.target)
    try:
        if request.action in ORDERS:
            return order(view, request, now, world)
        if request.action in WORDS:
            return heed(view, request, now, world)
        if request.action in PROBLEM_ORDERS and (life is None or act is None):
            return pass_on(view, request, life is not None, now, world)
        if act is None:
            raise CannotDo(f"{request.action!r} is no action on an alarm record")
        if life is None:
            return [*_release_problem(view, request, now, world), *answer(request, True, "The problem is released.", request.at)]
        key = row_key(life.alarm)
        asked = Asked(view, key, view.alarm_records.get(key), life, request, now, world)
        if request.episode and request.episode != asked.record.episodes:
            raise CannotDo(f"Episode {request.episode} of the alarm is over; it is in episode {asked.record.episodes}")
        done, out = act(asked)
        return [*out, *answer(request, True, done, asked.at)]
    except CannotDo as refusal:
        return [] if request.copy else answer(request, False, f"{refusal}.", request.at)


def _release_problem(view: View, request: OperatorRequest, now: Instant, world: World) -> list[Emit]:
    problem, group = reach(view, request.target)
    if group is None or not group.open:
        raise CannotDo("No alarm record has this id here: it never had, or the record has been closed")
    if request.action != "release":
        raise CannotDo("This is a problem's id; name the alarm record's")
    if group.alarming:
        raise CannotDo("The problem is not a standing one; there is nothing to release")
    group = _replace(group, alarming=True, released=True)
    view.groups.put(problem, group)
    return [change("released", problem, group, (), max(request.at, group.opened_at), now, f"released by {_who(request)}")]


def _who(request: OperatorRequest) -> str:
    return request.user or "an operator"


def _note(asked: Asked) -> tuple[str, list[Emit]]:
    """Write ack, unack, close or comment into the operator's life and tell it."""
    request, life = asked.request, asked.life
    said_before = request.at <= life.operator_at if request.action in STATES else any((one.at, one.text) == (request.at, request.text[:256]) for one in life.comments)
    if request.by_source and said_before:
        raise CannotDo("Its source said so before, in another list")
    life = _replace(life, revision=life.revision + 1, changed_at=max(life.changed_at, request.at))
    if request.text:
        comments = (*life.comments, Comment(request.at, request.user, request.text[:256]))[-COMMENTS:]
        life = _replace(life, comments=comments)
    if request.action in STATES:
        life = _replace(life, operator_state=STATES[request.action], operator_user=request.user, operator_at=request.at)
    asked.view.alarm_lives.put(asked.record.id, life)
    said = "Commented" if request.action == "comment" else f"Now {life.operator_state}"
    return f"{said} by {_who(request)}.", [publish("changed", asked.record, life, named_problem(asked.view, asked.record), request.at)]


def _close(asked: Asked) -> tuple[str, list[Emit]]:
    if asked.record.standing is Standing.TOGGLING:
        raise CannotDo("The alarm is toggling; it can be closed when it has kept still, or once it is cleared by hand")
    if asked.record.standing is not Standing.CLEARED:
        raise CannotDo("The alarm is active; only a cleared one can be closed")
    done, out = _note(asked)
    return done, [*out, *record_due(asked.view, asked.key, _replace(asked.record, due=asked.request.at), asked.now, asked.world)]


def _clear(asked: Asked) -> tuple[str, list[Emit]]:
    record, request = asked.record, asked.request
    if record.standing is Standing.CLEARED:
        raise CannotDo("The alarm is cleared already")
    at = max(asked.at, record.heard_at)
    told = _replace(asked.life.alarm, at=at, cleared=True, severity=Severity.CLEARED, text=request.text[:256])
    cleared = clear(record, at, NOBODY, asked.now, asked.world.policy.correlate)
    return f"Cleared by {_who(request)}.", clear_alarm(asked.view, asked.key, record, cleared, told, asked.now, asked.world, _who(request))


def _shelve(asked: Asked) -> tuple[str, list[Emit]]:
    view, record, life, request, policy = asked.view, asked.record, asked.life, asked.request, asked.world.policy.correlate
    at = asked.at
    if request.by_source and life.shelved_until > asked.now:
        raise CannotDo("It is on the shelf, and its source says so again, in another list")
    # What a source says in each list is so now, whenever it began.
    begins = max(at, asked.now) if request.by_source else at
    until = request.until or begins + policy.shelve_for
    if until <= begins:
        raise CannotDo("The shelf would be over already; give a later `until`, or `for`")
    if until > begins + policy.shelve_most:
        raise CannotDo(f"An alarm is shelved for at most {policy.shelve_most // (3600 * SECOND)} h")
    life = _replace(life, shelved_until=until, shelved_by=_who(request), revision=life.revision + 1, changed_at=max(life.changed_at, at))
    if record.standing is Standing.CLEARED:
        after = _replace(record, due=max(record.due, until))
    elif not record.is_raised:
        # It toggled and was clear at the moment: that is what stays of it.
        after = _replace(record, standing=Standing.CLEARED, due=max(until, record.ended_at + policy.close_after), is_raised=True)
        life = _replace(life, unknown_since=0)
    else:
        after = _replace(record, standing=Standing.SUPPRESSED, due=until, held=None)
        life = _replace(life, suppressed=SHELVED, outage="")
    if record.standing in IN_A_PROBLEM:
        # Off the shelf it is another part of a problem, maybe of another: one occurrence belongs to one.
        after = _replace(after, occurrence=identify(life.alarm.domain, record.occurrence, SHELVED))
    view.alarm_records.put(asked.key, after)
    view.alarm_lives.put(record.id, life)
    out = [publish("changed", after, life, "", at)]
    if record.standing is Standing.HELD:
        count_held(view, record.held, -1)
        out += judge(view, asked.world, record.held, after, f"suppressed:{SHELVED}")
    elif record.standing in IN_A_PROBLEM:
        why = f"shelved by {_who(request)} until {iso(until)}"
        out += leave(view, asked.key, record, life, "left", at, asked.now, asked.world, why)
    return f"Shelved by {_who(request)} until {iso(until)}.", out


def _unshelve(asked: Asked) -> tuple[str, list[Emit]]:
    view, record, life = asked.view, asked.record, asked.life
    if life.shelved_until <= asked.request.at:
        raise CannotDo("The alarm is not shelved")
    at = asked.at
    life = _replace(life, shelved_until=0, shelved_by="", revision=life.revision + 1, changed_at=max(life.changed_at, at))
    view.alarm_lives.put(record.id, life)
    said = f"Unshelved by {_who(asked.request)}."
    if record.standing is Standing.SUPPRESSED and life.suppressed == SHELVED:
        return said, suppression_ends(view, asked.key, record, at, asked.now, asked.world)
    return said, [publish("changed", record, life, named_problem(view, record), at)]


def _release(asked: Asked) -> tuple[str, list[Emit]]:
    view, record, life = asked.view, asked.record, asked.life
    if not life.standing:
        raise CannotDo("The alarm is not a standing one; there is nothing to release")
    life = _replace(life, standing=False, revision=life.revision + 1, changed_at=max(life.changed_at, asked.at))
    view.alarm_lives.put(record.id, life)
    told = publish("changed", record, life, named_problem(view, record), asked.at)
    revised = _replace(life.alarm, at=asked.at)
    out: list[Emit] = []
    if record.standing in IN_A_PROBLEM:
        out = revise(view, asked.key, record, revised, asked.now, asked.world)
        problem, group = reach(view, record.problem)
        if group is not None and group.open:
            view.groups.put(problem, _replace(group, alarming=True))
    return f"Released by {_who(asked.request)}.", [told, *out]


ACTIONS: dict[str, Callable[[Asked], tuple[str, list[Emit]]]] = {
    "ack": _note, "unack": _note, "comment": _note, "close": _close, "clear": _clear, "shelve": _shelve, "unshelve": _unshelve, "release": _release,
}
"""Action -> what it does: (what was done, in a sentence; outputs). `CannotDo` where it cannot be."""
