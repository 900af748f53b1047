"""Any sequence of alarms, results, requests, directives and time keeps the laws of the process.

    python -m pytest tests/process                                      fifty sequences
    HYPOTHESIS_PROFILE=proof python -m pytest tests/process             ten thousand, less than an hour on one processor
"""

import os

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from streams.domain.instant import HOUR, MINUTE, SECOND
from streams.domain.problem import ENDED, OPEN
from tests.process.outside import OBJECTS, Outside

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "steady")
SPANS = st.sampled_from((SECOND, 11 * SECOND, MINUTE, 3 * MINUTE, 11 * MINUTE, 50 * MINUTE, 2 * HOUR, 25 * HOUR))
TIMES = st.sampled_from((1, 1, 1, 2))
NUMBER = st.integers(0, 7)
LIFE = ("hold", "wait", "resume", "resolve", "reopen", "cancel", "close", "comment")


class Process(RuleBasedStateMachine):
    """Everybody outside does as he likes."""

    def __init__(self) -> None:
        super().__init__()
        self.outside = Outside()
        self.raised: set[str] = set()

    # --- the network ---

    @rule(name=st.sampled_from(OBJECTS), severity=st.sampled_from(("critical", "critical", "major", "minor")))
    def raises(self, name: str, severity: str) -> None:
        self.raised.add(name)
        self.outside.alarm(name, severity)

    @rule(name=st.sampled_from(OBJECTS))
    def clears(self, name: str) -> None:
        self.raised.discard(name)
        self.outside.alarm(name, "critical", is_clear=True)

    @rule(span=SPANS)
    def time_passes(self, span: int) -> None:
        self.outside.pass_time(span)

    @rule(name=st.sampled_from(OBJECTS), minutes=st.integers(1, 60))
    def work_is_announced(self, name: str, minutes: int) -> None:
        start, end = self.outside.now, self.outside.now + minutes * MINUTE
        self.outside.announce(name, start, end)

    # --- executors ---

    @precondition(lambda self: self.outside.keys_of_commands())
    @rule(number=NUMBER, outcome=st.sampled_from(("accepted", "restored", "workaround", "failed", "refused")), times=TIMES)
    def an_executor_answers(self, number: int, outcome: str, times: int) -> None:
        commands = self.outside.keys_of_commands()
        self.outside.request("restoration-results", {"command": commands[number % len(commands)], "outcome": outcome}, times)

    @precondition(lambda self: self.outside.keys("test-requests"))
    @rule(number=NUMBER, has_passed=st.booleans(), times=TIMES)
    def a_tester_answers(self, number: int, has_passed: bool, times: int) -> None:
        tests = [told["id"] for _, told in self.outside.outputs["test-requests"] if told is not None]
        violated = {} if has_passed else {"ruleViolation": [{"name": "loss"}]}
        self.outside.request("test-results", {"id": tests[number % len(tests)], "state": "completed", "testMeasure": [{"metricName": "loss", "value": 1, **violated}]}, times)

    # --- people ---

    @precondition(lambda self: self.outside.keys("problems"))
    @rule(number=NUMBER, action=st.sampled_from(LIFE), times=TIMES)
    def an_operator_acts_on_a_problem(self, number: int, action: str, times: int) -> None:
        problems = self.outside.keys("problems")
        self.outside.request("operator-actions", {"action": action, "target": problems[number % len(problems)], "user": "eva", "text": "because"}, times)

    @rule(action=st.sampled_from(("halt", "resume", "reset-breaker", "report-figures", "snapshot-impacts")), times=TIMES)
    def an_operator_acts_on_the_network(self, action: str, times: int) -> None:
        self.outside.request("operator-actions", {"action": action, "user": "eva"}, times)

    # --- ticketing ---

    @precondition(lambda self: self.outside.keys("trouble-reports"))
    @rule(number=NUMBER, status=st.sampled_from(("acknowledged", "inProgress", "pending", "held", "resolved", "closed")), times=TIMES)
    def ticketing_says(self, number: int, status: str, times: int) -> None:
        reports = self.outside.keys("trouble-reports")
        report = reports[number % len(reports)]
        self.outside.request("trouble-report-updates", {
            "eventType": "TroubleTicketStatusChangeEvent", "event": {"troubleTicket": {"id": report, "status": status, "statusChangeReason": "so it is", "externalIdentifier": [{"id": "INC-1"}]}}}, times)

    # --- Problem Handling ---

    @rule(service=st.sampled_from(("line-1", "line-2", "vpn")), times=TIMES)
    def a_customer_reports(self, service: str, times: int) -> None:
        self.outside.customer_reports({"description": "dead", "relatedEntity": [{"role": "product", "entity": {"id": f"product-{service}"}}]}, times)

    @precondition(lambda self: self.outside.customers)
    @rule(number=NUMBER, action=st.sampled_from(("hold", "resume", "confirm", "still-down", "cancel", "test")), times=TIMES)
    def problem_handling_says(self, number: int, action: str, times: int) -> None:
        external = self.outside.customers[number % len(self.outside.customers)]
        self.outside.request("problem-handling-requests", {"id": "", "externalIdentifier": [{"id": external, "owner": "crm"}], "action": action}, times)

    # --- what must hold ---

    @invariant()
    def no_letter_is_dead(self) -> None:
        assert not self.outside.outputs["dead-letters"], self.outside.outputs["dead-letters"]

    @invariant()
    def the_laws_hold(self) -> None:
        assert not self.outside.laws.broken, self.outside.laws.broken

    def teardown(self) -> None:
        try:
            self._ends_well()
        finally:
            self.outside.end()

    def _ends_well(self) -> None:
        """All alarms clear, people resolve what waits for them, days pass: everything is told, nobody is down, every problem is over."""
        outside = self.outside
        for name in sorted(self.raised):
            outside.alarm(name, "critical", is_clear=True)
        outside.request("operator-actions", {"action": "resume", "user": "eva"})
        for span in (MINUTE, HOUR, 26 * HOUR):
            outside.pass_time(span)
        for problem, told in outside.last("problems").items():
            if told["status"] in OPEN:
                outside.request("operator-actions", {"action": "resolve", "target": problem, "user": "eva", "text": "seen to"})
        for span in (MINUTE, HOUR, 26 * HOUR, 26 * HOUR):
            outside.pass_time(span)
        outside.laws.settled()
        still = {key: (told["status"], told["statusChangeReason"]) for key, told in outside.last("problems").items() if told["status"] not in ENDED}
        assert not still, still
        assert not outside.laws.impacts


TestProcess = Process.TestCase
TestProcess.settings = settings(max_examples=10_000 if PROFILE == "proof" else 50, stateful_step_count=30, deadline=None)
