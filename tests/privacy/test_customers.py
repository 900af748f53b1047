"""Customers' ids are where they must be and nowhere else: every topic, table, log line, span and metric of a run is searched for planted ones.

Without a key they are in customer-impacts, in what others ask, and in what is remembered of these; with a key (keyed
pseudonyms) in nothing that is written. Dead letters show what was sent: they have lists of access of their own.
"""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Callable
from io import StringIO
from typing import Any, NamedTuple

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import CollectorRegistry, generate_latest

from streams.app import Embedded, serve_metrics
from streams.domain.instant import Instant, iso
from streams.edge.logs import JsonLines
from streams.edge.pseudonym import as_they_are, keyed
from streams.edge.topology_file import from_text
from streams.edge.tracing import Tracing
from streams.edge.witness import Witness
from streams.engine.record import Output
from streams.settings import read_settings
from tests.builders import at

PLANTED = ("kundennummer-4711", "kundennummer-4712", "kundennummer-4713", "kundennummer-4714")
"""Of topology.yaml, of an inventory's product, of an inventory's service, of who reports and asks."""
KEY = b"0123456789abcdef0123456789abcdef"
ASKED = {"inventory", "problem-handling-requests", "operator-actions", "trouble-report-updates"}
SAY = {"customer-impacts", "dead-letters"}
REMEMBER = {"network-inbox", "network-changes", "service-effects", "table watched-services"}
"""Internal topics that carry what was asked, and state: who sold what to whom, and what customers were told. Only workers and the roles tools, repair and keeper may read them."""
TOPOLOGY: dict[str, Any] = {
    "mode": "act",
    "network": {
        "resources": [{"id": "span-7", "type": "span", "domain": "east"}, {"id": "ont-1", "type": "ont", "domain": "east"}],
        "dependencies": [{"from": "svc-bank", "to": "span-7"}, {"from": "svc-shop", "to": "span-7"}, {"from": "svc-home", "to": "ont-1"}]},
    "services": [{"id": name, "type": "vpn"} for name in ("svc-bank", "svc-shop", "svc-home")],
    "products": [{"id": "prod-bank", "service": "svc-bank", "customer": PLANTED[0], "sla": "gold"}, {"id": "prod-home", "service": "svc-home", "customer": PLANTED[0]}],
    "slas": {"gold": {"restore_within": "1h", "warn_at": "50%", "escalations": [{"level": 5, "at": "90%", "tell": "account-manager"}]}},
    "restoration": [{"cause": "lossOfSignal", "on_type": "span", "action": "reroute"}],
}


class Found(NamedTuple):
    """What a run wrote: by place, all of it as text."""

    written: dict[str, str]
    logs: str
    metrics: str
    spans: str

    def places(self, word: str) -> set[str]:
        return {place for place, told in self.written.items() if word in told}


def alarm(when: Instant, cleared: bool = False) -> bytes:
    return json.dumps({
        "id": "span-7:los", "alarmType": "communicationsAlarm", "perceivedSeverity": "cleared" if cleared else "critical", "probableCause": "lossOfSignal",
        "alarmedObject": {"id": "span-7"}, "state": "cleared" if cleared else "raised", "alarmClearedTime" if cleared else "alarmRaisedTime": iso(when)}).encode()


def party(customer: str) -> list[dict[str, Any]]:
    return [{"role": "customer", "partyOrPartyRole": {"id": customer, "@type": "PartyRef"}}]


REQUESTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("inventory", {"@type": "Product", "id": "prod-shop", "realizingService": [{"service": {"id": "svc-shop"}}], "relatedParty": party(PLANTED[1])}),
    ("inventory", {"@type": "Service", "id": "svc-shop", "relatedParty": party(PLANTED[2]), "serviceRelationship": [{"relationshipType": "reliesOn", "service": {"id": "span-7"}}]}),
    ("problem-handling-requests", {"externalIdentifier": [{"id": "ticket-1", "owner": "crm"}], "description": "no internet", "product": "prod-home", "relatedParty": party(PLANTED[3])}),
    ("problem-handling-requests", {"externalIdentifier": [{"id": "ticket-2", "owner": "crm"}], "description": "no internet", "product": "prod-bank", "relatedParty": party(PLANTED[3])}),
    ("operator-actions", {"id": "ask-1", "action": "snapshot-impacts", "customer": PLANTED[0], "user": "eva"}),
    ("operator-actions", {"id": "ask-2", "action": "nothing-known", "customer": PLANTED[3], "user": "eva"}),
    ("trouble-report-updates", {"id": "update-1", "troubleTicket": "unknown", "status": "inProgress", "relatedParty": party(PLANTED[3])}),
)


async def played(pseudonym: Callable[[str], str], metrics: list[str], traced: Witness) -> dict[str, list[str]]:
    """Let a cut, its violation, reports, snapshots and the mending happen; return all that was written, by place."""
    topology, written = from_text(json.dumps(TOPOLOGY)), defaultdict[str, list[str]](list)

    embedded = Embedded(topology, "event", pseudonym=pseudonym)
    engine = embedded.processor.engine
    serve_metrics(read_settings(metrics_port=0), engine, [feed.topic for feed in topology.feeds])
    witness, feed = engine.landed, topology.feeds[0].topic

    def keep(outputs: list[Output]) -> None:
        witness(outputs)
        traced.hear(outputs)
        for topic, key, value, _, headers in outputs:
            written[topic].append(repr((key, value, headers)))

    engine.landed = keep
    await embedded.start()

    async def hear(when: str, *lines: tuple[str, bytes]) -> None:
        embedded.mark(at(when))
        await embedded.settle()
        for topic, line in lines:
            await embedded.feed(topic, [line]) if topic == feed else embedded.request(topic, line)
            await embedded.settle()
        for part in engine.parts.values():
            for rows in part.tables:
                written[f"table {rows.name}"] += [repr((key, row)) for key, row in rows.prefix("", 1000)]

    asked = [(topic, json.dumps(request).encode()) for topic, request in REQUESTS]
    await hear("09:00", *asked[:2])
    await hear("10:00", (feed, alarm(at("10:00"))), *asked[2:])
    await hear("10:20", (feed, b'{"customer": "kundennummer-4714"}'))
    await hear("11:30")
    await hear("12:00", (feed, alarm(at("12:00"), cleared=True)))
    await hear("13:00")
    await embedded.drain(at("13:00"))
    engine.figures.update()
    metrics.append(generate_latest(engine.metrics.registry).decode())
    await embedded.stop()
    return written


def run(pseudonym: Callable[[str], str]) -> Found:
    metrics: list[str] = []
    told, root, exporter = StringIO(), logging.getLogger(), InMemorySpanExporter()
    traced = Witness(CollectorRegistry(), Tracing(SimpleSpanProcessor(exporter), "w0").hear)
    handler, before = logging.StreamHandler(told), root.level
    handler.setFormatter(JsonLines())
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        written = asyncio.run(played(pseudonym, metrics, traced))
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    return Found({place: "\n".join(lines) for place, lines in written.items()}, told.getvalue(), metrics[0], "\n".join(span.to_json() for span in exporter.get_finished_spans()))


@pytest.fixture(scope="module")
def plain() -> Found:
    return run(as_they_are)


@pytest.fixture(scope="module")
def hidden() -> Found:
    return run(keyed(KEY))


def test_the_run_told_customers_of_impacts_and_asked_all_sides(plain: Found) -> None:
    """Otherwise nothing below would say anything."""
    impacts = plain.written["customer-impacts"]

    assert all(customer in impacts for customer in PLANTED[:3]) and "violated" in impacts and "snapshot" in impacts
    assert all(plain.written[topic] for topic in ("problems", "trouble-reports", "progress", "alarm-records", "restoration-commands", "dead-letters"))
    assert plain.logs.count("problem opened") >= 1


def test_ids_are_in_impacts_in_what_was_asked_and_in_what_is_remembered_of_it(plain: Found) -> None:
    for customer in PLANTED:
        assert plain.places(customer) <= SAY | ASKED | REMEMBER, customer


def test_no_log_line_no_span_and_no_metric_names_a_customer(plain: Found) -> None:
    assert plain.spans.count("problem opened") >= 1
    assert not [customer for customer in PLANTED if customer in plain.logs or customer in plain.metrics or customer in plain.spans]


def test_with_a_key_nothing_that_is_written_names_a_customer_but_dead_letters(hidden: Found) -> None:
    for customer in PLANTED:
        assert hidden.places(customer) <= {"dead-letters"}, customer
    assert not [customer for customer in PLANTED if customer in hidden.logs or customer in hidden.metrics or customer in hidden.spans]


def test_with_a_key_impacts_name_the_same_pseudonym_for_the_same_customer(hidden: Found) -> None:
    name = keyed(KEY)

    assert all(name(customer) in hidden.written["customer-impacts"] for customer in PLANTED[:3])
    assert name(PLANTED[0]) == name(PLANTED[0]) != name(PLANTED[1]) and keyed(b"another key of 32 bytes, is it?!")(PLANTED[0]) != name(PLANTED[0])
    assert name("") == ""
    assert "snapshot" in hidden.written["customer-impacts"], "who is asked for by id is found under the pseudonym"
