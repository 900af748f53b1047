"""The picture adds up: who is hit, what is open, and no more lines than a person reads."""

import io
import json

from rich.console import Console

from streams.edge.board import KEPT, Board
from streams.edge.screen import LINES_A_SECOND, PlainScreen, picture

AT = "2026-01-01T10:00:00.000Z"


def a_problem(ident: str = "p-1", status: str = "inProgress", **but: object) -> bytes:
    return json.dumps({
        "id": ident, "status": status, "priority": 2, "affectedNumberOfServices": 3, "reason": "lossOfSignal of fibre-1", "statusChangeReason": "Work has begun.",
        "characteristic": [
            {"name": "alarmCount", "value": 5}, {"name": "activeAlarmCount", "value": 4}, {"name": "causeCategory", "value": "lossOfSignal"},
            {"name": "localization", "value": [{"id": "fibre-1", "confidence": 0.9, "rules": ["earliest_onset"], "evidence": ["It was first."]}]}],
        **but}).encode()  # fmt: skip


def an_impact(kind: str, product: str = "prod-1", customer: str = "cust-1") -> bytes:
    return json.dumps({"kind": kind, "product": product, "customer": customer, "impact": "down"}).encode()


def test_a_problem_is_told_when_it_changes_and_not_when_it_repeats() -> None:
    board = Board()

    assert "lossOfSignal at fibre-1" in (board.fold("problems", "p-1", a_problem(), AT) or "")
    assert board.fold("problems", "p-1", a_problem(), AT) is None
    assert "resolved" in (board.fold("problems", "p-1", a_problem(status="resolved"), AT) or "")
    assert ([], ["p-1"]) == (board.open_problems(), [line.id for line in board.finished_problems()])


def test_the_most_urgent_problem_stands_first() -> None:
    board = Board()
    board.fold("problems", "p-1", a_problem("p-1"), AT)
    board.fold("problems", "p-2", a_problem("p-2", priority=1), AT)

    assert ["p-2", "p-1"] == [line.id for line in board.open_problems()]


def test_customers_hit_are_those_whose_impact_has_not_ended() -> None:
    board = Board()
    for kind, product in (("started", "prod-1"), ("started", "prod-2"), ("changed", "prod-1"), ("ended", "prod-2")):
        board.fold("customer-impacts", product, an_impact(kind, product), AT)

    assert "4 changes of customer impact; now hit: 1 product of 1 customer" == board.summary()[2]


def test_a_report_counts_once_however_often_it_is_told() -> None:
    board = Board()
    for _ in range(3):
        board.fold("trouble-reports", "r-1", b"{}", AT)

    assert "1 trouble report," in board.summary()[1]


def test_a_run_of_days_does_not_grow() -> None:
    board = Board()
    for n in range(KEPT + 50):
        board.fold("problems", f"p-{n}", a_problem(f"p-{n}", status="closed"), AT)

    assert KEPT == len(board.problems)
    assert KEPT + 50 == board.told["problems"]


def test_a_tombstone_takes_a_problem_away() -> None:
    board = Board()
    board.fold("problems", "p-1", a_problem(), AT)

    assert board.fold("problems", "p-1", None, AT) is None and {} == board.problems


def test_a_log_gets_a_few_lines_a_second_and_is_told_of_the_rest() -> None:
    out, now = io.StringIO(), [0.0]
    with PlainScreen(Board(), Console(file=out), lambda: now[0]) as screen:
        for n in range(LINES_A_SECOND + 6):
            screen.tell("problems", f"p-{n}", a_problem(f"p-{n}"), AT)
        now[0] = 1.0
        screen.tell("problems", "p-last", a_problem("p-last"), AT)
    lines = out.getvalue().splitlines()

    assert LINES_A_SECOND + 2 == len(lines)
    assert "... and 6 more changes" in lines[LINES_A_SECOND]


def test_the_picture_shows_problem_cause_and_evidence() -> None:
    board, out = Board(), io.StringIO()
    board.fold("problems", "p-1", a_problem(), AT)
    Console(file=out, width=160).print(picture(board, "playing"))

    assert all(text in out.getvalue() for text in ("lossOfSignal at fibre-1", "90%", "4/5", "It was first.", "playing"))


def test_a_refusal_without_a_field_or_a_known_time_says_so_plainly() -> None:
    told = Board().fold("dead-letters", "alarms/0/1", b'{"field": "", "reason": "no-cause", "remedy": ""}', "1970-01-01T00:00:00.000Z")

    assert "--:--:--  refused          alarms/0/1  no-cause." == told
