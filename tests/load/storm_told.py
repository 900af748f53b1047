"""What was told of the storm: every record of problems and trouble-reports, with when it was readable."""

import threading
import time
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec
from confluent_kafka import Consumer, TopicPartition

from streams.bench.site import Site
from streams.domain.ids import domain_tag
from streams.edge.words import time as instant


class Found(NamedTuple):
    """Of one domain."""

    problems: int
    reports: int
    withdrawn: int
    """Of the reports, those that are cancelled or closed by now."""
    cause: str
    cause_at: float | None
    quick: list[str]
    """Of each update that came too soon: the problem, how soon in event time, and the fields that changed."""


class Told(threading.Thread):
    """Reads problems and trouble reports, committed."""

    def __init__(self, site: Site) -> None:
        super().__init__(name="told", daemon=True)
        self._halted = threading.Event()
        self._prefix = site.prefix
        self._consumer = Consumer(site.client("told") | {
            "group.id": f"{site.name}-told", "isolation.level": "read_committed", "enable.auto.commit": "false", "fetch.wait.max.ms": "50"})
        there = self._consumer.list_topics(timeout=30).topics
        self._consumer.assign([TopicPartition(site.prefix + topic, p, 0) for topic in ("problems", "trouble-reports") for p in there[site.prefix + topic].partitions])
        self.records: list[tuple[float, str, str, int, Any]] = []
        """(when readable, topic, id, event time, content)."""

    def run(self) -> None:
        while not self._halted.is_set():
            for message in self._consumer.consume(500, 0.05):
                value, key = message.value(), message.key()
                if message.error() is None and value is not None and key is not None:
                    at = dict(message.headers() or ()).get("at") or b""
                    topic = (message.topic() or "").removeprefix(self._prefix)
                    self.records.append((time.monotonic(), topic, key.decode(), instant(at.decode()), msgspec.json.decode(value)))
        self._consumer.close()

    def halt(self) -> None:
        self._halted.set()
        self.join(10)

    def of(self, domain: str, root: str) -> Found:
        """Say what was told of a domain; `cause_at`: when `root` was first read as the best cause of a problem that was not merged into another."""
        tag = domain_tag(domain)
        ours = [(when, key, at, told) for when, topic, key, at, told in self.records if topic == "problems" and key.startswith(f"{tag}-")]
        last = {key: told for _, key, _, told in ours}
        kept = [key for key, told in last.items() if not merged(told)]
        right = [when for when, key, _, told in ours if key in kept and best(told) == root]
        largest = max(kept, key=lambda key: len(last[key].get("affectedResource") or ()), default="")
        reports = {key: told for _, topic, key, _, told in self.records if topic == "trouble-reports" and key.startswith(f"{tag}-") and told.get("ticketType") == "serviceTrouble"}
        withdrawn = sum(told.get("status") in ("cancelled", "closed") for told in reports.values())
        return Found(len(kept), len(reports), withdrawn, best(last[largest]) if largest else "", min(right, default=None), [soon for key in last for soon in _quick([one for one in ours if one[1] == key])])


def best(told: dict[str, Any]) -> str:
    """Return the best cause that a problem names."""
    causes = [*(told.get("rootCauseService") or ()), *(told.get("rootCauseResource") or ())]
    ranked = next((each["value"] for each in told.get("characteristic", ()) if each["name"] == "localization"), None)
    if isinstance(ranked, list) and ranked:
        return str(ranked[0].get("object") or ranked[0].get("id"))
    return str(causes[0]["id"]) if causes else ""


def merged(told: dict[str, Any]) -> bool:
    return any(each["name"] == "mergedInto" for each in told.get("characteristic", ()))


def _quick(records: list[tuple[float, str, int, dict[str, Any]]]) -> list[str]:
    """Describe records of one problem less than a second of event time after the one before, with the same status, best cause, report and clocks (those have a pace of their own)."""
    return [
        f"{key} after {(at - before) / 1_000_000:.3f} s: {', '.join(_differing(old, told))}" for (_, _, before, old), (_, key, at, told) in pairwise(records)
        if at - before < 1_000_000 and _told_at_once(old) == _told_at_once(told)]


def _differing(old: dict[str, Any], told: dict[str, Any]) -> list[str]:
    old, told = _flat(old), _flat(told)
    return [f"{name} {old.get(name)} -> {told.get(name)}" for name in {**old, **told} if old.get(name) != told.get(name)]


def _flat(told: dict[str, Any]) -> dict[str, Any]:
    return {**told, "characteristic": None} | {f"characteristic {each['name']}": each["value"] for each in told.get("characteristic", ())}


def _told_at_once(told: dict[str, Any]) -> tuple[Any, ...]:
    clocks = [each["value"] for each in told.get("characteristic", ()) if each["name"] in ("jeopardyDueDate", "jeopardyState")]
    return (told.get("status"), best(told), bool(told.get("troubleTicket")), clocks)
