"""What becomes of tests in stage 4: results, time-outs, and what they do to their problem.

`completed` says that a test ran; whether it passed stands in its measures (edge/test_result.py). What comes late, twice or
for a test nobody knows is kept on `progress` and changes nothing. Of the final tests of a problem, one that fails sends it
back with what was learnt; when all have answered and none failed, it is resolved; one without an answer proves nothing.
"""

import msgspec

from streams.domain import handling_test, problem_due
from streams.domain.action_answer import answer
from streams.domain.instant import Instant
from streams.domain.messages import ObjectVerdict, ProblemChange, TestAsked, TestHeard
from streams.domain.network import TestRule
from streams.domain.problem import ENDED, TRANSITIONS, Status, Turn
from streams.domain.problem_change import Change
from streams.domain.problem_record import Note, ProblemRecord
from streams.domain.result_kept import keep
from streams.domain.service_test import UNDER_WAY, ServiceTest, State
from streams.domain.test_request import LATER, REMEMBERED, again, around, ask, send, told, wanted
from streams.domain.tested import Outcome
from streams.domain.view import Emit, View, World

_PROVEN = (State.PASSED, State.FAILED)


def asked(view: View, m: TestAsked, now: Instant, world: World) -> list[Emit]:
    """Fold a test that is asked for from elsewhere: by a rule of `actions` (it was sent already), on schedule, or by an operator."""
    if m.test is not None:
        if view.service_tests.get(m.test.id) is None:
            view.service_tests.put(m.test.id, msgspec.structs.replace(m.test, due=max(m.at, now) + m.test.within))
        return around(m.test, m.test.due, m.at, world)
    rule = next((rule for rule in world.network.tests if rule.name == m.rule), None)
    if rule is None:
        known = ", ".join(rule.name for rule in world.network.tests) or "none"
        return answer(m.request, False, f"{m.rule!r} is no test of topology.yaml; there is {known}.", m.at) if m.request is not None else []
    if m.request is None:
        return ask(view, wanted(rule, m.object, m.domain, f"{rule.kind} on schedule", m.at, now, world, (m.at,)), m.at, now, world)
    return _on_demand(view, m, rule, now, world)


def _on_demand(view: View, m: TestAsked, rule: TestRule, now: Instant, world: World) -> list[Emit]:
    request = m.request
    assert request is not None
    problem: ProblemRecord | None = view.problems.get(request.target)
    object_ = m.object or (problem.services[0].service if problem is not None and problem.services else problem.cause.object if problem is not None and problem.cause else "")
    if not object_:
        return answer(request, False, "Name in `object` what is to be tested; the problem has neither a hurt service nor a located cause.", m.at)
    why = f"asked for by {request.user or 'an operator'}"
    test = wanted(rule, object_, m.domain, why, m.at, now, world, (request.id,), problem=problem.id if problem is not None else "")
    out = ask(view, test, max(m.at, problem.last_at if problem is not None else 0), now, world)
    return [*answer(request, True, f"Test {test.id} ({rule.specification}) of {object_} is asked for.", m.at), *out]


def heard(view: View, m: TestHeard, now: Instant, world: World) -> list[Emit]:
    """Fold a tester's word."""
    test: ServiceTest | None = view.service_tests.get(m.test)
    if test is None:
        return keep("ServiceTest", m.test, "unknown", m.outcome, m.text, m.domain, m.at, m.position)
    if test.state not in UNDER_WAY:
        return keep("ServiceTest", m.test, "twice" if test.state == m.outcome else "late", m.outcome, m.text, test.domain, m.at, m.position)
    if m.outcome == State.RUNNING:
        view.service_tests.put(test.id, msgspec.structs.replace(test, state=State.RUNNING))
        return []
    return _conclude(view, msgspec.structs.replace(test, state=State(m.outcome), text=m.text), m.at, now, world)


def come_due(view: View, test: ServiceTest, now: Instant, world: World) -> list[Emit]:
    """Send what waited, give up what had no answer, forget what is over."""
    if test.state in UNDER_WAY:
        return _conclude(view, msgspec.structs.replace(test, state=State.NO_ANSWER, text=test.text or f"no result within {test.within // 1_000_000} s"), now, now, world)
    if test.state != State.WAITS:
        view.service_tests.delete(test.id)
        return []
    if not view.live:
        view.service_tests.put(test.id, msgspec.structs.replace(test, due=now + LATER))
        return []
    row = _problem(view, test)
    if test.problem and (row is None or row.status in ENDED or (test.kind != "final" and not row.active)):
        missed = msgspec.structs.replace(test, state=State.MISSED, due=now + REMEMBERED)
        view.service_tests.put(test.id, missed)
        return [told(missed, now)]
    return send(view, test, now, now, world)


def _problem(view: View, test: ServiceTest) -> ProblemRecord | None:
    """Return the problem that a test is of, or that this went into."""
    row: ProblemRecord | None = view.problems.get(test.problem) if test.problem else None
    while row is not None and row.into:
        row = view.problems.get(row.into)
    return row


def _conclude(view: View, test: ServiceTest, at: Instant, now: Instant, world: World) -> list[Emit]:
    """Note how a test ended; without an answer ask again while attempts are left; else tell its problem."""
    view.service_tests.put(test.id, msgspec.structs.replace(test, due=now + REMEMBERED))
    out = [told(test, at), *around(test, 0, at, world)]
    row = _problem(view, test)
    if test.state == State.NO_ANSWER and test.attempt < test.attempts and not _is_moot(test, row):
        return [*out, *again(view, test, at, now, world)]
    if row is None:
        return out
    change = Change(row, msgspec.structs.replace(row, last_at=max(at, row.last_at)), now, world)
    change.set(tested=row.tested.with_outcome(Outcome(test.id, test.name, test.kind, test.object, test.state, at, test.text)), publish_at=change.now)
    mark = f"{test.name}|{test.object}"
    if test.kind == "final" and test.problem == row.id and test.round == row.tested.round and mark in row.tested.pending:
        _final(view, change, test, mark)
    if test.state in _PROVEN and change.row.status not in ENDED:
        change.out.append(_evidence(change.row, test, at))
    handling_test.heed(change, test)
    problem_due.settle(view, change)
    return [*out, *problem_due.keep(view, change)]


def _is_moot(test: ServiceTest, row: ProblemRecord | None) -> bool:
    """Whether nobody waits for the answer any more: its problem is over, or is not to be resolved by it."""
    if not test.problem or row is None:
        return False
    return row.status in ENDED or (test.kind == "final" and (test.problem != row.id or test.round != row.tested.round or f"{test.name}|{test.object}" not in row.tested.pending))


def _final(view: View, change: Change, test: ServiceTest, mark: str) -> None:
    """Take the result of one final test."""
    row, tested = change.row, change.row.tested
    pending = tuple(other for other in tested.pending if other != mark)
    said = (*tested.said, f"{test.specification} of {test.object} {'had no answer' if test.state == State.NO_ANSWER else test.state}")
    if test.state == State.FAILED and Turn.TEST_FAILED in TRANSITIONS[row.status]:
        why = f"Final test {test.specification} of {test.object} failed{': ' if test.text else ''}{test.text}."
        notes = (*row.notes, Note(change.at, test.tester or "tester", why))[-change.world.policy.manage.notes:]
        change.set(tested=msgspec.structs.replace(tested, pending=(), said=said, failures=tested.failures + 1, sent_back=True), notes=notes)
        change.move(Turn.TEST_FAILED, why, ("serviceTest", f"{test.id} failed"), resolve_at=change.now + change.world.policy.manage.retest_after, close_at=0)
        return
    change.set(tested=msgspec.structs.replace(tested, pending=pending, said=said, sent_back=False))
    if not pending and not row.active and row.status != Status.RESOLVED and row.status not in ENDED:
        proven = all(not text.endswith("had no answer") for text in said)
        problem_due.resolved(view, change, change.now, "; ".join(said) + ("" if proven else ": resolved by clear evidence"))


def _evidence(row: ProblemRecord, test: ServiceTest, at: Instant) -> Emit:
    """Tell localization what a test said of its object."""
    verdict = ObjectVerdict(test.object, test.state == State.PASSED, at, test.specification)
    why = f"Test {test.specification} of {test.object} {test.state}"
    return Emit("problem-changes", row.id, ProblemChange("tested", row.id, row.domain, at, why=why, tested=verdict), at, row.domain)
