"""Tables and topics of a run agree, and where one of them is damaged it is told which and what to do."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from streams.domain.problem import Status
from streams.domain.report import report_id
from streams.state import consistency
from streams.state.consistency import Topics, differences, look
from streams.state.rows import Held, Kept, held, newest
from tests.state.running import left_by


class Left(msgspec.Struct):
    held: Held
    topics: Topics


@pytest.fixture(scope="module")
def stored_story(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return left_by("five-alarms", tmp_path_factory.mktemp("five"))


@pytest.fixture
def left(stored_story: Any) -> Left:
    topics = Topics(*(newest(stored_story, topic, unlike) for topic, unlike in (
        ("problems", b""), ("trouble-reports", b""), ("alarm-records", b'"impliedBy":'), ("customer-impacts", b""))))
    return Left(held(stored_story, consistency.TABLES), topics)


def test_what_a_story_left_agrees_and_is_counted(stored_story: Any) -> None:
    found = look(stored_story)

    assert [] == found.differences
    assert (4, 1, 1) == tuple(found.looked_at[table] for table in ("alarm-records", "problems", "topic problems"))


def without_the_problem(left: Left) -> None:
    left.held.tables["problems"].clear()


def with_another_status(left: Left) -> None:
    problems = left.held.tables["problems"]
    for ident, (partition, row) in problems.items():
        problems[ident] = Kept(partition, msgspec.structs.replace(row, status=Status.HELD, publish_at=0))


def without_the_topic(left: Left) -> None:
    left.topics.problems.clear()
    left.topics.reports.clear()


def without_a_group(left: Left) -> None:
    left.held.tables["groups"].clear()


def with_a_wrong_count(left: Left) -> None:
    groups = left.held.tables["groups"]
    for ident, (partition, row) in groups.items():
        groups[ident] = Kept(partition, msgspec.structs.replace(row, active=row.active + 1))


def without_an_alarm(left: Left) -> None:
    alarms = left.held.tables["alarm-records"]
    del alarms[next(key for key, (_, row) in alarms.items() if not row.is_cleared)]


def without_the_index(left: Left) -> None:
    left.held.tables["reports"].clear()


def with_a_wrong_impact(left: Left) -> None:
    for told in left.topics.impacts.values():
        told["impact"] = "planned"


def test_a_report_that_was_withdrawn_and_followed_by_another_is_its_problems_still(left: Left) -> None:
    problems, index, told = left.held.tables["problems"], left.held.tables["reports"], left.topics.reports
    ((ident, (partition, row)),) = problems.items()
    again = msgspec.structs.replace(row.report, id=report_id(row.domain, ident, 1), number=1)
    problems[ident] = Kept(partition, msgspec.structs.replace(row, report=again))
    index[again.id], told[again.id] = index[row.report.id], told[row.report.id]
    left.topics.problems[ident]["troubleTicket"][0]["id"] = again.id

    assert [] == list(differences(left.held, left.topics))


@pytest.mark.parametrize(("damage", "rules"), [
    (without_the_problem, {"problems-are-told", "reports-are-told", "stages-know-the-same-problems"}),
    (with_another_status, {"problems-are-told", "stages-know-the-same-problems"}),
    (without_the_topic, {"problems-are-told", "reports-are-told"}),
    (without_a_group, {"groups-count-their-alarms"}),
    (with_a_wrong_count, {"groups-count-their-alarms"}),
    (without_an_alarm, {"alarms-are-told", "groups-count-their-alarms", "members-are-alarms"}),
    (without_the_index, {"reports-are-told"}),
    (with_a_wrong_impact, {"impacts-are-told"}),
])  # fmt: skip
def test_each_damage_is_told_by_the_rules_that_see_it(left: Left, damage: Callable[[Left], None], rules: set[str]) -> None:
    damage(left)
    found = list(differences(left.held, left.topics))

    assert rules == {each.rule for each in found}
    assert all(each.id and each.says and each.remedy for each in found)
