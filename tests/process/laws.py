"""What holds of everything that the processor tells, whatever it was told (issue: the invariants of the process)."""

from collections import Counter
from typing import Any

from streams.domain.problem import TRANSITIONS, Status

Json = dict[str, Any]
_ANSWERS = {
    "operator-actions": ("OperatorActionEventRecord", "operatorAction"), "trouble-report-updates": ("TroubleReportUpdateEventRecord", "troubleReportUpdate"),
    "problem-handling-requests": ("CustomerReportEventRecord", "request")}


class Laws:
    """Hears every output once, in order; `broken` says what should not have been."""

    def __init__(self, attempts: dict[str, int]) -> None:
        self._attempts = attempts
        self.broken: list[str] = []
        self._ids: set[str] = set()
        self._statuses: dict[str, str] = {}
        self.impacts: dict[str, str] = {}
        """Product -> what the sum of all deltas says of it; none: it works."""
        self._clocks: dict[str, str] = {}
        self._halted = False
        self.commands: Counter[tuple[str, str, str]] = Counter()
        """(problem, action, target) -> commands that were not withdrawn."""
        self._commanded: dict[str, tuple[str, str, str]] = {}
        self._asked: dict[str, int] = {}
        self.answers: Counter[str] = Counter()

    def asked(self, topic: str, ident: str, times: int) -> None:
        """Take note of a request that is sent so many times."""
        if topic in _ANSWERS:
            self._asked[ident] = times

    def hear(self, topic: str, key: str, told: Json | None) -> None:
        if told is None:
            return
        if topic in ("progress", "customer-impacts"):
            self._hold(told["id"] not in self._ids, f"{topic} told {told['id']} twice")
            self._ids.add(told["id"])
        if topic == "progress":
            self._progress(told)
        elif topic == "customer-impacts":
            self._impact(told)
        elif topic == "restoration-commands":
            self._command(told)
        elif topic == "problems":
            self._hold(bool(told["statusChangeReason"] and told["statusChangeDate"]), f"no reason: {told}")

    def _hold(self, holds: bool, otherwise: str) -> None:
        """Complaining here would end the process that tells: a test looks at `broken`."""
        if not holds:
            self.broken.append(otherwise)

    def _progress(self, told: Json) -> None:
        action = told.get("operatorAction", {})
        if action.get("state") == "done" and not action["target"] and action["action"] in ("halt", "resume"):
            self._halted = action["action"] == "halt"
        for kind, field in _ANSWERS.values():
            if told["@type"] == kind and field in told:
                self.answers[told[field]["id"]] += 1
        if told["@type"] == "ServiceProblemEventRecord" and "notification" in told and "serviceProblem" in told["notification"]["event"]:
            ident, status = told["serviceProblem"]["id"], told["notification"]["event"]["serviceProblem"]["status"]
            before = self._statuses.get(ident)
            if before is None:
                self._hold(status == Status.ACKNOWLEDGED, f"it began as {status}: {told}")
            else:
                self._hold(status == before or status in TRANSITIONS[Status(before)].values(), f"{ident}: {before} -> {status}: {told['notification']['description']}")
            self._statuses[ident] = status

    def _impact(self, told: Json) -> None:
        if told["kind"] == "snapshot":
            self._hold(self.impacts.get(told["product"], "none") == told["impact"], f"not the sum of what was told: {told}")
            return
        product, impact = told["product"], told["impact"]
        clock, before = told.get("jeopardy", ""), self.impacts.get(product, "none")
        self._hold(not (self._clocks.get(product) == "paused" and clock == "violated"), f"a clock that stood ran out: {told}")
        self._hold(not (clock == "paused" and "dueDate" in told), f"a clock that stands has no due time: {told}")
        self._clocks[product] = clock
        self._hold(told["previousImpact"] == before, f"{product} was {before}: {told}")
        if impact == "none":
            self.impacts.pop(product, None)
        else:
            self.impacts[product] = impact

    def _command(self, told: Json) -> None:
        if told["@type"] == "RestorationCommandWithdrawal":
            self.commands[self._commanded[told["command"]]] -= 1          # What was never begun is no attempt.
            return
        self._hold(not self._halted, f"halted, and yet: {told}")
        key = (told["problem"], told["action"], told["target"]["id"])
        self._commanded[told["id"]] = key
        self.commands[key] += 1
        self._hold(self.commands[key] <= self._attempts[told["action"]], f"beyond its cap: {told}")

    # --- when all is quiet ---

    def settled(self) -> None:
        """Every request was answered; no oftener than it was sent."""
        wrong = {ident: (self.answers[ident], times) for ident, times in self._asked.items() if not 1 <= self.answers[ident] <= times}
        assert not wrong, f"answers and how often it was sent: {wrong}"
