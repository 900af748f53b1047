"""Laws of restoration commands, over any order of problems, results, requests, time and backlogs."""

from itertools import accumulate

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from streams.domain.instant import MINUTE
from streams.domain.messages import OperatorRequest, ProblemTold, ResultHeard, Tick
from streams.domain.network import Action
from streams.domain.policy import OverseePolicy, Policy
from tests.builders import a_network, at
from tests.domain.overseen import Heard, Oversight

NETWORK = a_network(("svc", ["path-1", "path-2"], 1), services=["svc"], mode="act", restoration=(Action("reroute", on_type="path", attempts=2, cooldown=5 * MINUTE),))
POLICY = Policy(oversee=OverseePolicy(breaker_commands=2, breaker_window=15 * MINUTE))
PROBLEMS = st.sampled_from(["p1", "p2", "p3", "p4"])
TARGETS = st.sampled_from(["path-1", "path-2", "path-3"])
DOMAIN_OF = {"p1": "a", "p2": "b", "p3": "b", "p4": "c"}
OVER = ("resolved", "closed", "cancelled")


class Restoration(RuleBasedStateMachine):
    """Speaks to stage 6 and holds every command against what was said before it."""

    def __init__(self) -> None:
        super().__init__()
        self.net = Oversight(NETWORK, POLICY)
        self.now = at("10:00")
        self.status: dict[str, str] = {}
        self.closed: set[str] = set()
        self.live, self.halted, self.latched = True, False, False
        self.since_reset = 0
        self.answered: set[str] = set()

    def _heard(self, heard: Heard) -> None:
        withdrawn = {w.command for w in self.net.withdrawn}
        for command in heard.commands:
            assert self.live and not self.halted and not self.latched
            assert self.status[command.problem] not in OVER
            assert command.attempt <= command.attempts == 2
            number = self.net.commands.index(command)
            for other in self.net.commands[:number]:
                if other.target == command.target and other.problem != command.problem:
                    assert other.id in self.answered or other.id in withdrawn or other.not_after <= command.issued_at
            times = list(accumulate((c.issued_at for c in self.net.commands[self.since_reset : number + 1]), max))  # the breaker's time never goes back
            lately = [t for t in times if t > times[-1] - 15 * MINUTE]
            assert len(lately) <= 2
        self.latched = bool(self.net.guard.latched_at)
        self.answered |= {a.ref for a in heard.answers if a.kind == "outcome"}

    @rule(problem=PROBLEMS, where=TARGETS, status=st.sampled_from(["acknowledged", "inProgress", "inProgress", "resolved", "closed", "cancelled"]), late=st.integers(-10, 10))
    def told(self, problem, where, status, late):
        if problem in self.closed:
            return
        message = ProblemTold(problem, DOMAIN_OF[problem], status, 2, where, "lossOfSignal", "path", 0.9, at("10:00"), self.now - late * MINUTE)
        if status in OVER:  # What was due before the message may still go out before it.
            heard = self.net.hears(message)
            self._heard(heard)
            self.status[problem] = status
        else:
            self.status[problem] = status
            self._heard(self.net.hears(message))
        if status in ("closed", "cancelled"):
            self.closed.add(problem)

    @precondition(lambda self: self.net.commands)
    @rule(outcome=st.sampled_from(["restored", "workaround", "failed", "refused", "accepted"]), which=st.integers(0, 10))
    def result(self, outcome, which):
        command = self.net.commands[which % len(self.net.commands)]
        self._heard(self.net.hears(ResultHeard(command.id, outcome, "", self.now)))

    @rule(minutes=st.integers(1, 20), live=st.booleans())
    def tick(self, minutes, live):
        self.now += minutes * MINUTE
        self._heard(self.net.hears(Tick(self.now, False)))  # What is due by then comes before the tick itself is read.
        self.live = self.net.view.live = live
        self._heard(self.net.hears(Tick(self.now, live)))

    @rule()
    def halt(self):
        self.halted = True
        self._heard(self.net.hears(OperatorRequest("r", "halt", "", "ann", "", self.now)))

    @rule()
    def resume(self):
        self.halted = False
        self._heard(self.net.hears(OperatorRequest("r", "resume", "", "ann", "", self.now)))

    @rule()
    def reset(self):
        self.since_reset, self.latched = len(self.net.commands), False
        self._heard(self.net.hears(OperatorRequest("r", "reset-breaker", "", "ann", "", self.now)))

    @invariant()
    def ids_are_unique_and_each_attempt_is_made_once(self):
        commands = self.net.commands
        assert len(commands) == len({c.id for c in commands})
        withdrawn = {w.command for w in self.net.withdrawn}
        kept = [(c.problem, c.attempt) for c in commands if c.id not in withdrawn]
        assert len(kept) == len(set(kept))
        assert len(withdrawn) == len(self.net.withdrawn)

    @invariant()
    def nobody_waits_who_is_over(self):
        for key, waiting in self.net.view.waiting_commands.prefix(""):
            assert key.startswith("open:") or self.status[waiting.problem] not in OVER


TestRestoration = Restoration.TestCase
TestRestoration.settings = settings(deadline=None, max_examples=150, stateful_step_count=30)
