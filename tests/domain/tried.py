"""Stage 4 of a problem with tests, for those who test it."""

from streams.domain.messages import TestHeard
from streams.domain.network import TestRule
from streams.domain.result_kept import ResultKept
from streams.domain.service_test import ServiceTest, TestTold
from tests.builders import a_network, at
from tests.domain.problems import Managed, all_clear, diagnosed, down

FINAL = TestRule("works", "final", "ping", on_type="svc", tester="probe")


def a_stage(*rules: TestRule, **but) -> Managed:
    return Managed(a_network(("svc", "path-a"), services=["svc", "svc2"], tests=rules, **but))


def requests(stage: Managed) -> list[ServiceTest]:
    return [emit.value for emit in stage.told if emit.topic == "test-requests"]


def said(stage: Managed) -> list[tuple[str, str]]:
    return [(e.value.test.object, str(e.value.test.state)) for e in stage.told if isinstance(e.value, TestTold)]


def kept(stage: Managed) -> list[str]:
    return [e.value.state for e in stage.told if isinstance(e.value, ResultKept)]


def result(stage: Managed, outcome: str, when: str, test: str = "", text: str = ""):
    return stage.hears(TestHeard(test or requests(stage)[-1].id, outcome, text, "dom", at(when)))


def hurt_and_clear(stage: Managed) -> None:
    stage.hears(diagnosed("10:00", **down("svc")))
    stage.hears(all_clear("10:20"))
    stage.waits_until("10:20:10")
