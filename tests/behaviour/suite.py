"""What the processor does for whoever stands outside: records in, named outputs out. It knows neither engine.

A subclass says on which log it runs, by a fixture `processor` that gives a `Processor`.
"""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol

from schemas.explanation import ProblemExplanation
from streams.edge.letter_book import Letter, Wanted
from streams.explain.answer import explanation
from streams.explain.history import Log
from streams.letters import LetterReader, ask
from streams.stored import Stored

FEED = "alarms"
Json = dict[str, Any]
TOPOLOGY: Json = {
    "mode": "act",
    "feeds": [{"topic": FEED, "format": "tmf642", "home": "north"}],
    "network": {
        "resources": [{"id": i, "type": kind, "domain": domain} for i, kind, domain in (
            ("olt", "olt", "north"), ("ont-1", "ont", "north"), ("ont-2", "ont", "north"), ("path-a", "path", "north"), ("path-b", "path", "south"))],
        "dependencies": [{"from": "ont-1", "to": "olt", "kind": "connected"}, {"from": "ont-2", "to": "olt", "kind": "connected"},
                         {"from": "line-1", "to": "ont-1", "kind": "hosted_on"}, {"from": "line-2", "to": "ont-2", "kind": "hosted_on"},
                         {"from": "vpn", "to": ["path-a", "path-b"], "kind": "hosted_on", "needs": 1}]},
    "services": [{"id": "line-1", "type": "access"}, {"id": "line-2", "type": "access"}, {"id": "vpn", "type": "vpn", "domain": "north"}],
    "products": [{"id": f"product-{s}", "service": s, "customer": f"customer-{s}", "sla": "gold"} for s in ("line-1", "line-2", "vpn")],
    "slas": {"gold": {"restore_within": "4h", "warn_at": "75%"}},
    "restoration": [{"cause": "lossOfSignal", "on_type": "path", "action": "reroute", "attempts": 1, "cooldown": "5m"}],
}



def mended(feed: str) -> Json:
    """The topology with a feed whose format is recognised."""
    return TOPOLOGY | {"feeds": [TOPOLOGY["feeds"][0] | {"topic": feed, "format": "auto"}]}


NOT_TMF642 = json.dumps({
    "receiver": "spm", "status": "firing", "version": "4", "groupKey": "g", "alerts": [{
        "status": "firing", "labels": {"alertname": "LinkDown", "instance": "ont-2", "severity": "critical"}, "annotations": {},
        "startsAt": "2026-01-01T10:00:00Z", "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "f1"}]}).encode()
"""What Alertmanager sends."""


class Processor(Protocol):
    """A running processor, seen from outside."""

    def send(self, topic: str, value: bytes, key: str = "") -> None:
        """Write one record."""

    def mark(self, time: str) -> None:
        """Say that nothing earlier will come."""

    def outputs(self, topic: str, enough: Callable[[list[Json]], bool]) -> list[Json]:
        """Wait until what was written to a topic is enough, or nothing more comes; return all of it in order of keys."""

    def stored(self) -> Stored:
        """Return the log as commands see it."""

    def asked(self) -> None:
        """Go on after a command has left something in the log."""

    def mend(self) -> None:
        """End, and start again with the feed declared as `auto`: it reads what `tmf642` could not."""


def alarm(object_: str, time: str, cause: str = "lossOfSignal", severity: str = "critical", cleared: str = "") -> bytes:
    told: Json = {"id": f"{object_}-{time}", "alarmType": "communicationsAlarm", "alarmedObject": {"id": object_}, "perceivedSeverity": "cleared" if cleared else severity,
                  "probableCause": cause, "alarmRaisedTime": f"2026-01-01T{time}Z", "state": "cleared" if cleared else "raised", "serviceAffecting": True}
    return json.dumps(told | ({"alarmClearedTime": f"2026-01-01T{cleared}Z"} if cleared else {})).encode()


def some(count: int) -> Callable[[list[Json]], bool]:
    return lambda records: len(records) >= count


def last(records: list[Json]) -> Json:
    return {record["id"]: record for record in records}


class Behaviour:
    """One class of behaviours for every log."""

    def test_an_alarm_becomes_a_record_a_problem_a_report_and_an_impact(self, processor: Processor) -> None:
        processor.send(FEED, alarm("ont-1", "10:00:00"), "north")
        processor.mark("10:01:00")

        assert ["raised"] == [r["event"]["alarm"]["state"] for r in processor.outputs("alarm-records", some(1))]
        assert ["ont-1"] == [r["rootCauseResource"][0]["id"] for r in last(processor.outputs("problems", some(1))).values()]
        assert ["serviceTrouble", "resourceTrouble"] == [r["ticketType"] for r in last(processor.outputs("trouble-reports", some(2))).values()]
        assert [("started", "down")] == impacts(processor, 1)

    def test_alarms_of_one_fault_are_one_problem_located_at_what_they_share(self, processor: Processor) -> None:
        for object_ in ("ont-1", "ont-2", "olt"):
            processor.send(FEED, alarm(object_, "10:00:00"), "north")
        processor.mark("10:05:00")
        open_ = [p for p in last(processor.outputs("problems", lambda ps: any(len(p["underlyingAlarm"]) == 3 for p in ps))).values() if p["status"] != "closed"]

        assert [("olt", 3)] == [(p["rootCauseResource"][0]["id"], len(p["underlyingAlarm"])) for p in open_]

    def test_a_problem_is_explained_from_what_was_written(self, processor: Processor) -> None:
        for second, object_ in enumerate(("ont-1", "olt", "ont-2")):
            processor.send(FEED, alarm(object_, f"10:00:0{second}"), "north")
        processor.mark("10:05:00")
        processor.outputs("alarm-records", lambda records: len(marks(records)) >= 2)
        processor.outputs("customer-impacts", some(2))
        told = explanation(Log(processor.stored(), "the log", lambda records: None), "olt")

        assert isinstance(told, ProblemExplanation) and told.cause is not None
        assert ("olt", "north", 3) == (told.cause.object, told.domain, len(told.alarms))
        assert {"ont-1": "olt", "ont-2": "olt", "olt": ""} == {each.object: each.implied_by.root.id if each.implied_by else "" for each in told.alarms}
        assert "ont-2 is 1 from olt" in next(each.reason for each in told.alarms if each.object == "ont-2")
        assert {"product-line-1", "product-line-2"} == {product.product for service in told.services for product in service.products}
        assert {"opened", "cause", "report"} <= {change.kind for change in told.changes}

    def test_alarms_that_the_cause_explains_are_marked_implied_while_they_stand(self, processor: Processor) -> None:
        for second, object_ in enumerate(("olt", "ont-1", "ont-2")):
            processor.send(FEED, alarm(object_, f"10:00:0{second}"), "north")
        processor.mark("10:05:00")
        told = processor.outputs("alarm-records", lambda records: len(marks(records)) >= 2)
        names = {r["event"]["alarm"]["id"]: r["event"]["alarm"]["alarmedObject"]["id"] for r in told if "impliedBy" not in r["event"]["alarm"]}
        found = {names[ident]: by for ident, by in marks(told).items()}

        assert {"ont-1": ("olt", ["ont-1", "olt"], "olt"), "ont-2": ("olt", ["ont-2", "olt"], "olt")} == {
            name: (by["root"]["id"], by["path"], names[by["rootAlarm"]["id"]]) for name, by in found.items()}
        processor.send(FEED, alarm("ont-1", "10:00:01", cleared="10:06:00"), "north")
        told = processor.outputs("alarm-records", lambda records: None in marks(records).values())
        assert {"ont-1": None, "ont-2": "olt"} == {names[ident]: by and by["root"]["id"] for ident, by in marks(told).items()}

    def test_a_clear_ends_the_impact_and_resolves_the_problem(self, processor: Processor) -> None:
        processor.send(FEED, alarm("ont-1", "10:00:00"), "north")
        processor.send(FEED, alarm("ont-1", "10:00:00", cleared="10:02:00"), "north")
        processor.mark("10:10:00")

        assert [("started", "down"), ("ended", "none")] == impacts(processor, 2)
        assert ["resolved"] == [p["status"] for p in last(processor.outputs("problems", lambda ps: ps[-1:] != [] and ps[-1]["status"] == "resolved")).values()]

    def test_a_repeat_says_nothing_new(self, processor: Processor) -> None:
        for second in ("00", "10", "20"):
            processor.send(FEED, alarm("ont-1", f"10:00:{second}"), "north")
        processor.mark("10:01:00")

        assert [("started", "down")] == impacts(processor, 1)
        assert 1 == len(processor.outputs("alarm-records", some(1)))

    def test_two_paths_cut_in_two_domains_are_four_deltas(self, processor: Processor) -> None:
        for path, domain, raised in (("path-a", "north", "10:00:00"), ("path-b", "south", "10:01:00")):
            processor.send(FEED, alarm(path, raised), domain)
            processor.outputs("alarm-records", some(1 if domain == "north" else 2))
        for path, domain, raised, cleared in (("path-a", "north", "10:00:00", "10:05:00"), ("path-b", "south", "10:01:00", "10:06:00")):
            processor.send(FEED, alarm(path, raised, cleared=cleared), domain)
        processor.mark("10:06:01")      # what spans both is told once both have come so far

        assert [("started", "at-risk"), ("changed", "down"), ("changed", "at-risk"), ("ended", "none")] == impacts(processor, 4)

    def test_a_located_cause_with_an_action_gets_one_command(self, processor: Processor) -> None:
        processor.send(FEED, alarm("path-a", "10:00:00"), "north")
        processor.mark("10:02:00")

        assert [("reroute", 1)] == [(c["action"], c["attempt"]) for c in processor.outputs("restoration-commands", some(1))]

    def test_what_cannot_be_read_is_a_dead_letter_and_the_next_alarm_is_heard(self, processor: Processor) -> None:
        processor.send(FEED, b'{"id": ', "north")
        processor.send(FEED, alarm("ont-1", "10:00:00"), "north")

        assert 1 == len(processor.outputs("dead-letters", some(1)))
        assert 1 == len(processor.outputs("alarm-records", some(1)))

    def test_a_dead_letter_is_redriven_exactly_once_when_its_feed_is_mended(self, processor: Processor) -> None:
        processor.send(FEED, NOT_TMF642, "north")
        processor.send(FEED, b'{"id": ', "north")
        processor.outputs("dead-letters", some(2))
        letters = redrive(processor)
        processor.outputs("dead-letters", some(4))
        processor.mend()
        redrive(processor, letters)
        redrive(processor, letters)                     # another operator, with what he saw before
        processor.send(FEED, alarm("ont-1", "10:05:00"), "north")
        told = [r["event"]["alarm"] for r in processor.outputs("alarm-records", some(2)) if r["eventType"] == "alarmCreateEvent"]

        assert [("ont-2", 1), ("ont-1", 1)] == [(alarm["alarmedObject"]["id"], alarm["timesHeard"]) for alarm in told]
        statuses = [letter["status"] for letter in processor.outputs("dead-letters", some(7))]
        assert {"refused": 2, "refused-again": 4, "redriven": 1} == Counter(statuses)
        assert {"refused-again": 1, "redriven": 1} == Counter(letter.status for letter in LetterReader(processor.stored()).read().letters.values())

    def test_time_alone_resolves_and_closes(self, processor: Processor) -> None:
        processor.send(FEED, alarm("ont-1", "10:00:00"), "north")
        processor.send(FEED, alarm("ont-1", "10:00:00", cleared="10:02:00"), "north")
        processor.mark("14:00:00")

        assert ["closed"] == [p["status"] for p in last(processor.outputs("problems", lambda ps: ps[-1:] != [] and ps[-1]["status"] == "closed")).values()]

    def test_a_request_reaches_the_alarm_record(self, processor: Processor) -> None:
        processor.send(FEED, alarm("ont-1", "10:00:00"), "north")
        record = processor.outputs("alarm-records", some(1))[0]["event"]["alarm"]["id"]
        processor.send("operator-actions", json.dumps({"id": "r1", "action": "ack", "target": record, "user": "ann", "at": "2026-01-01T10:01:00Z"}).encode())

        assert "ack" == processor.outputs("alarm-records", some(2))[-1]["event"]["alarm"]["operatorState"]


def redrive(processor: Processor, letters: list[Letter] | None = None) -> list[Letter]:
    """Ask for letters to be redriven as `spm dead-letters redrive` does; return which. None: all there are."""
    where = processor.stored()
    chosen = letters if letters is not None else LetterReader(where).read().chosen(Wanted())
    asked, unmendable = ask(where, chosen)
    processor.asked()
    assert (chosen, []) == (asked, unmendable)
    return asked


def marks(records: list[Json]) -> dict[str, Json | None]:
    """Alarm record -> what it is implied by, as it was told last."""
    return {r["event"]["alarm"]["id"]: r["event"]["alarm"]["impliedBy"] for r in records if "impliedBy" in r["event"]["alarm"]}


def impacts(processor: Processor, count: int) -> list[tuple[str, str]]:
    """What customers were told, in order."""
    return [(i["kind"], i["impact"]) for i in processor.outputs("customer-impacts", some(count))]


__all__ = ["FEED", "TOPOLOGY", "Behaviour", "Processor", "mended"]
