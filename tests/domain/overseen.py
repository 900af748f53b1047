"""One partition of stage 6, spoken to in the words of its tests."""

from streams.domain import oversee
from streams.domain.action_answer import ActionAnswered
from streams.domain.breaker import Guard
from streams.domain.command import CommandWithdrawn, RestorationCommand
from streams.domain.messages import Answered, OperatorRequest, ProblemTold, ResultHeard, TestAsked, Tick
from streams.domain.network import Action
from streams.domain.overseen import GUARD
from streams.domain.result_kept import ResultKept
from tests.builders import MemoryView, a_network, a_world, at

REROUTE = Action("reroute", cause="lossOfSignal", on_type="path", attempts=2, cooldown=300_000_000)
NETWORK = a_network(("svc", ["path-1", "path-2"], 1), services=["svc"], restoration=(REROUTE,), mode="act")


class Oversight:
    """Remembers all commands and answers; each call returns those of that message."""

    def __init__(self, network=NETWORK, policy=None):
        self.view = MemoryView({name: due for name, (_, due, _) in oversee.TABLES.items()})
        self.world = a_world(network, policy)
        self.commands: list[RestorationCommand] = []
        self.answers: list[Answered] = []
        self.replies: list[ActionAnswered] = []
        self.withdrawn: list[CommandWithdrawn] = []
        self.kept: list[ResultKept] = []

    def hears(self, message) -> "Heard":
        commands, answers = [], []
        for emit in self.view.run(oversee.step, oversee.come_due, message, self.world):
            if isinstance(emit.value, CommandWithdrawn):
                assert (emit.topic, emit.key, emit.at) == ("restoration-commands", emit.value.target, emit.value.at)
                self.withdrawn.append(emit.value)
            elif isinstance(emit.value, ResultKept):
                assert emit.topic == "progress"
                self.kept.append(emit.value)
            elif emit.topic == "restoration-commands":
                assert (emit.key, emit.at) == (emit.value.target, emit.value.issued_at)
                commands.append(emit.value)
            elif emit.topic == "progress":
                self.replies.append(emit.value)
            elif emit.topic not in ("network-changes", "probe-arrivals"):
                assert (emit.topic, emit.key, emit.route, emit.at) == ("problem-inbox", emit.value.problem, emit.value.domain, emit.value.at)
                assert emit.value.clock == 0
                answers.append(emit.value)
        self.commands += commands
        self.answers += answers
        return Heard(commands, answers)

    def told(self, problem="p1", when="10:00", **but) -> "Heard":
        fields = {"domain": "dom", "status": "inProgress", "priority": 2, "cause_object": "path-1", "cause": "lossOfSignal", "cause_type": "path",
                  "confidence": 0.8, "opened_at": at("10:00")}
        return self.hears(ProblemTold(problem, at=at(when), **{**fields, **but}))

    def result(self, outcome, when="10:01", command=None) -> "Heard":
        return self.hears(ResultHeard(command or self.commands[-1].id, outcome, "", at(when)))

    def operator(self, action, target="", when="10:01") -> "Heard":
        return self.hears(OperatorRequest("r1", action, target, "ann", "", at(when)))

    def tick(self, when, live=True) -> "Heard":
        self.view.live = live
        return self.hears(Tick(at(when), live))

    def asks(self, when) -> list[tuple[str, str]]:
        """(test, object) of the tests asked for by then."""
        out = self.view.run(oversee.step, oversee.come_due, Tick(at(when)), self.world)
        return [(e.value.rule, e.value.object) for e in out if isinstance(e.value, TestAsked)]

    def tick_to(self, when) -> "Heard":
        return self.hears(Tick(when))

    @property
    def guard(self) -> Guard:
        return self.view.command_guard.get(GUARD) or Guard()


class Heard:
    """What came of one message."""

    def __init__(self, commands: list[RestorationCommand], answers: list[Answered]) -> None:
        self.commands = commands
        self.answers = answers

    @property
    def words(self) -> list[tuple[str, str, str]]:
        """(kind, problem, word) of the answers."""
        return [(a.kind, a.problem, a.word) for a in self.answers]
