"""What usually alarms (streams/domain/habit.py), and how much an alarm tells beside it (streams/domain/news.py)."""

import msgspec
import pytest

from streams.domain.alarm import Effect, Severity
from streams.domain.habit import BY_CHANCE, Habits, due_of, learn
from streams.domain.instant import HOUR, MINUTE, Instant
from streams.domain.messages import Member
from streams.domain.news import FRESH, LOSS, MURMUR, news_of
from streams.domain.policy import LocalizePolicy
from streams.domain.promptness import MUTE, SILENT
from streams.domain.rank import locate
from tests.builders import MemoryRows, a_network, at

POLICY = LocalizePolicy()
T = at("10:00")
PODS = a_network(*((f"service-{n}", [f"pod-{n}"], 1) for n in range(10)))


def told(obj: str, cause: str = "outOfMemory", when: Instant = T) -> Member:
    return Member(f"{obj}|{cause}", f"{obj}|{cause}", obj, True, "processingErrorAlarm", cause, "", Severity.MINOR, Effect.NONE, when)


def after(problems: int, *members: Member, every: int = HOUR) -> MemoryRows:
    """Habits after so many problems that each had these members, and an alarm of another object."""
    rows = MemoryRows(due_of)
    for n in range(problems):
        learn(rows, "dom", (*members, told("host-1", "temperatureUnacceptable")), T + n * every, POLICY, PODS)
    return rows


def chance(rows: MemoryRows, obj: str, now: Instant, population: int = 10, lasts: int = MINUTE) -> float:
    return Habits(rows, "dom", now, POLICY).chance(obj, "outOfMemory", "", population, lasts)


def test_without_a_history_every_alarm_has_the_same_chance() -> None:
    rows = after(0)

    assert BY_CHANCE == chance(rows, "pod-1", T) == chance(rows, "pod-2", T)


def test_what_was_in_every_past_problem_is_usual_and_what_never_was_is_rarer_the_longer_it_was_not() -> None:
    short, long = after(3, told("pod-1")), after(30, told("pod-1"))

    assert chance(short, "pod-1", T + 3 * HOUR) > 0.5
    assert chance(long, "pod-1", T + 30 * HOUR) > 0.9
    assert BY_CHANCE > chance(short, "pod-2", T + 3 * HOUR) > chance(long, "pod-2", T + 30 * HOUR)


def test_an_object_among_many_problems_of_others_is_known_by_its_own_rate() -> None:
    rows = after(20, told("pod-1"))
    for n in range(2000):
        learn(rows, "dom", (told(f"other-{n}", "lossOfSignal"),), T + n * HOUR // 100, POLICY, PODS)

    assert chance(rows, "pod-1", T + 20 * HOUR, lasts=HOUR) > 0.5


def test_what_has_been_in_every_problem_lately_is_usual_however_rare_it_was_before() -> None:
    rows = after(40, told("pod-2"))
    early = chance(rows, "pod-1", T + 40 * HOUR)
    for n in range(40, 44):
        learn(rows, "dom", (told("pod-1"), told("host-1", "temperatureUnacceptable")), T + n * HOUR, POLICY, PODS)
    shifted = chance(rows, "pod-1", T + 44 * HOUR)
    for n in range(44, 60):
        learn(rows, "dom", (told("pod-3"), told("host-1", "temperatureUnacceptable")), T + n * HOUR, POLICY, PODS)

    assert early < 0.05 and shifted > 0.4
    assert chance(rows, "pod-1", T + 60 * HOUR) < 0.1, "it went back"


def test_a_habit_fades_and_is_forgotten_at_the_end() -> None:
    rows = after(5, told("pod-1"))
    for n in range(200):
        learn(rows, "dom", (told(f"other-{n}", "lossOfSignal"), told(f"third-{n}", "lossOfSignal")), T + 30 * 24 * HOUR + n * HOUR, POLICY, PODS)

    assert chance(rows, "pod-1", T + 40 * 24 * HOUR) < BY_CHANCE
    last = max(row.due for key, row in rows.rows.items() if "pod-1" in key)
    assert last <= T + 5 * HOUR + 10 * POLICY.habit_half_life


def test_an_object_that_alarms_alone_again_and_again_is_usual_though_it_never_was_in_a_problem_of_several() -> None:
    rows = after(3)
    for n in range(100):
        learn(rows, "dom", (told("pod-1"),), T + n * HOUR // 10, POLICY, PODS)

    assert chance(rows, "pod-1", T + 10 * HOUR) > 0.5 > BY_CHANCE >= chance(rows, "pod-2", T + 10 * HOUR)


def test_the_same_problems_in_another_order_of_members_are_the_same_habits() -> None:
    members = [told(f"pod-{n}") for n in range(5)]

    assert after(3, *members).rows == after(3, *members[::-1]).rows


@pytest.mark.parametrize(("alike", "news"), [(1, True), (2, True), (10, False)])
def test_what_all_of_a_type_report_is_no_news(alike: int, news: bool) -> None:
    objects = {f"pod-{n}": (told(f"pod-{n}"),) for n in range(alike)}

    assert news == all(told > 0.5 for told in news_of(objects, PODS, None)[0].values())


def test_the_object_whose_alarm_is_unusual_is_named_before_the_one_that_always_alarms() -> None:
    usual, rare = told("pod-1"), told("pod-2", "storageCapacityProblem")
    habits = Habits(after(20, usual), "dom", T + 20 * HOUR, POLICY)

    assert {"pod-1", "pod-2"} == {cause.object for cause in locate((usual, rare), PODS, POLICY)[:2]}
    assert "pod-2" == locate((usual, rare), PODS, POLICY, habits)[0].object
    assert "pod-2" == locate((rare, usual), PODS, POLICY, habits)[0].object


def test_what_says_that_its_object_is_down_is_no_mere_habit_however_often_it_came() -> None:
    down = msgspec.structs.replace(told("pod-1"), effect=Effect.DOWN)
    habits = Habits(after(20, told("pod-1"), told("pod-2")), "dom", T + 20 * HOUR, POLICY)
    news, fresh = news_of({"pod-1": (down,), "pod-2": (told("pod-2"),)}, PODS, habits)

    assert (0.0, 0.0) == (news[told("pod-2").occurrence], fresh["pod-2"])
    assert (LOSS * FRESH, LOSS) == (news[down.occurrence], fresh["pod-1"])


def test_what_is_without_effect_speaks_softly_beside_what_says_that_it_is_down_and_only_there() -> None:
    hot, lost = told("pod-2"), told("pod-1", "softwareError")
    alone, _ = news_of({"pod-1": (lost,), "pod-2": (hot,)}, PODS, None)
    beside, fresh = news_of({"pod-1": (msgspec.structs.replace(lost, effect=Effect.DEGRADED),), "pod-2": (hot,)}, PODS, None)

    assert MURMUR * alone[hot.occurrence] == beside[hot.occurrence] > 0
    assert (alone[lost.occurrence], MURMUR, 1.0) == (beside[lost.occurrence], fresh["pod-2"], fresh["pod-1"])


def test_a_type_that_was_never_heard_to_fail_cannot_tell_and_the_surer_the_longer_one_listens() -> None:
    def silent(problems: int, *members: Member) -> float:
        return Habits(after(problems, *members), "dom", T + problems * HOUR, POLICY).silent("pod", T)

    failed = msgspec.structs.replace(told("pod-1"), effect=Effect.DOWN)

    assert silent(0) == SILENT
    assert MUTE > silent(60) > silent(5) > SILENT + 0.05
    assert silent(5, told("pod-1")) == silent(5), "What means nothing for its object is no word of a failure."
    assert silent(5, failed) == pytest.approx(SILENT, abs=0.01)


def test_of_two_silent_causes_the_one_that_could_not_have_told_is_the_likelier() -> None:
    network = a_network(("port", "card"), ("port", "fibre"), ("card-2", "rack"))
    rows = MemoryRows(due_of)
    for n in range(40):
        failed = msgspec.structs.replace(told("card-2"), effect=Effect.DOWN)
        learn(rows, "dom", (failed,), T + n * HOUR, POLICY, network)
    lost = msgspec.structs.replace(told("port", "alarmIndicationSignal", T + 41 * HOUR), effect=Effect.DOWN)

    def silent(habits: Habits | None) -> list[str]:
        return [cause.object for cause in locate((lost, lost), network, POLICY, habits) if cause.object != "port"]

    assert silent(None) == ["card", "fibre"]
    assert silent(Habits(rows, "dom", T + 41 * HOUR, POLICY)) == ["fibre", "card"]
