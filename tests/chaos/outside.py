"""Everybody outside the processor in a chaos run: executors, testers, operators, the ticketing system, Problem Handling.

Each looks at what was told by the end of one round and speaks as the next one begins, of counties that are quiet in it:
one kind of people after another (`TURNS`), as all say it at one instant and nothing orders words of two topics. What is
said once more is said while alarms come. So what comes of it does not depend on when a worker hears it, and one
undisturbed run over the same words says the same.
"""

import json
import random
from typing import Any

from streams.domain.ids import domain_tag
from streams.domain.problem import OPEN
from tests.chaos.network import Asked, County, Json, iso
from tests.chaos.oracle import Outputs, Told

LIFE = ("hold", "wait", "resume", "comment", "resolve")
WORDS = ("acknowledged", "inProgress", "pending", "held", "resolved")
OUTCOMES = ("restored", "restored", "workaround", "failed", "refused", "accepted")
TURNS = ("restoration-results", "test-results", "operator-actions", "trouble-report-updates", "problem-handling-requests")
NOBODYS = "0000000000000000"


def with_people(described: Json) -> Json:
    """Return topology.yaml's content with testers, and so that no word is late however late in its round it is heard."""
    tests = [
        {"name": "line-test", "kind": "first-in", "on_type": "access", "specification": "loopback", "within": "100h", "most": 2},
        {"name": "works-again", "kind": "final", "on_type": "access", "specification": "ping", "within": "40h", "attempts": 1, "most": 1}]
    oversee = described["policy"]["oversee"] | {"result_within": "100h", "remember_command": "100h", "breaker_results": 1_000_000}
    restoration = [rule | {"cooldown": "1s"} for rule in described["restoration"]]
    return described | {"tests": tests, "restoration": restoration, "policy": described["policy"] | {"oversee": oversee}}


class People:
    """Asks and answers, round by round; `said` is everything so far."""

    def __init__(self, network: list[County], seed: int) -> None:
        self.dice = random.Random(seed)
        self.said: list[list[Asked]] = []
        self._tags = {domain_tag(each.name): each for each in network}
        self._answered: set[str] = set()
        self._reported: list[tuple[str, str]] = []
        """(county, number) of what customers reported."""
        self._asked = self._reports = 0

    def forget(self, most: int) -> None:
        """Speak of no more than the latest `most` customers' reports from now on, and keep nothing of what was said."""
        del self._reported[:-most]
        self.said.clear()

    def speak(self, told: Outputs, quiet: set[str], seconds: float) -> list[Asked]:
        """Return what is said in a round that begins at this second, of the counties `quiet`."""
        self._round: list[Asked] = []
        self._at = iso(seconds)
        for what in (self._executors, self._testers, self._operators, self._ticketing, self._problem_handling):
            what(told, quiet)
        self.dice.shuffle(self._round)
        self.said.append(self._round)
        return self._round

    def _say(self, topic: str, told: Json) -> None:
        """Say something once, or three times in ten twice, under an id of its own."""
        self._asked += 1
        ident = f"{topic}-{self._asked}"
        record = {"id": ident, "requestId": ident, "eventId": ident, "at": self._at} | told
        value = json.dumps(record).encode()
        self._round += [Asked(topic, value), Asked(topic, value, True)][: 2 if self.dice.random() < 0.3 else 1]

    def _mine(self, ident: str, quiet: set[str]) -> bool:
        each = self._tags.get(ident.partition("-")[0])
        return each is not None and each.name in quiet

    def _fresh(self, told: list[Told], kind: str, quiet: set[str]) -> list[str]:
        """Return ids of what was asked of others and has not been answered."""
        ids = [one.value["id"] for one in told if one.value is not None and one.value["@type"] == kind]
        fresh = [ident for ident in dict.fromkeys(ids) if ident not in self._answered and self._mine(ident, quiet)]
        self._answered.update(fresh)
        return fresh

    def _executors(self, told: Outputs, quiet: set[str]) -> None:
        for command in self._fresh(told["restoration-commands"], "RestorationCommand", quiet):
            self._say("restoration-results", {"command": command, "outcome": self.dice.choice(OUTCOMES)})
        self._say("restoration-results", {"command": f"{next(iter(self._tags))}-{NOBODYS}", "outcome": "restored"})

    def _testers(self, told: Outputs, quiet: set[str]) -> None:
        for test in self._fresh(told["test-requests"], "ServiceTest", quiet):
            violated = {"ruleViolation": [{"name": "loss"}]} if self.dice.random() < 0.2 else {}
            self._say("test-results", {"id": test, "state": "completed", "testMeasure": [{"metricName": "loss", "value": 1, **violated}]})
        self._say("test-results", {"id": f"{next(iter(self._tags))}-{NOBODYS}", "state": "rejected"})

    def _open(self, told: Outputs, topic: str, quiet: set[str], statuses: frozenset[str] | tuple[str, ...]) -> list[str]:
        last = {one.key: one.value for one in told[topic]}
        return [key for key, value in last.items() if value is not None and value["status"] in statuses and self._mine(key, quiet)]

    def _operators(self, told: Outputs, quiet: set[str]) -> None:
        for problem in self._open(told, "problems", quiet, tuple(OPEN)):
            if self.dice.random() < 0.5:
                self._say("operator-actions", {"action": self.dice.choice(LIFE), "target": problem, "user": "eva", "text": "because"})
        self._say("operator-actions", {"action": "resolve", "target": f"{next(iter(self._tags))}-{NOBODYS}", "user": "eva"})

    def _ticketing(self, told: Outputs, quiet: set[str]) -> None:
        for report in self._open(told, "trouble-reports", quiet, ("acknowledged", "inProgress", "pending", "held", "resolved")):
            if self.dice.random() < 0.7:
                ticket = {"id": report, "status": self.dice.choice(WORDS), "statusChangeReason": "so it is", "externalIdentifier": [{"id": f"INC-{report}"}]}
                self._say("trouble-report-updates", {"eventType": "TroubleTicketStatusChangeEvent", "event": {"troubleTicket": ticket}})

    def _problem_handling(self, told: Outputs, quiet: set[str]) -> None:
        """Customers who are down report it, so does one in each third county who is not: what nothing else explains."""
        down: dict[str, Any] = {}
        for one in told["customer-impacts"]:
            down[one.value["service"]] = one.value if one.value["impact"] == "down" else None
        for name in sorted(quiet):
            mine = [value["product"] for service, value in down.items() if value is not None and service.startswith(f"{name}/line")]
            fine = [f"product:{name}/line-{n}" for n in range(3) if down.get(f"{name}/line-{n}") is None]
            for product in mine[:2] + (fine[:1] if self.dice.random() < 0.3 else []):
                self._reports += 1
                self._reported.append((name, f"ph-{self._reports}"))
                self._request(self._reported[-1][1], {"description": "dead", "relatedEntity": [{"role": "product", "entity": {"id": product}}]})
        for name, number in self._reported[:-1]:
            if name in quiet and self.dice.random() < 0.2:
                self._request(number, {"action": self.dice.choice(("hold", "resume", "confirm", "cancel", "test"))})

    def _request(self, number: str, told: Json) -> None:
        self._say("problem-handling-requests", {"id": "", "externalIdentifier": [{"id": number, "owner": "crm"}], "originatorParty": {"role": "customer"}, **told})
