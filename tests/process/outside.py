"""The whole processor on the embedded log, and everybody outside it: feeds, executors, operators, ticketing, Problem Handling.

What comes out is kept as the outside reads it, and held against the laws after every step (`laws.py`).
"""

import asyncio
import json
from collections import defaultdict
from typing import Any

from streams.app import Embedded
from streams.domain.instant import SECOND, Instant, Span, iso
from streams.edge.topology_file import from_text
from streams.engine.record import Output
from tests.builders import at
from tests.process.laws import Laws

Json = dict[str, Any]
FEED = "alarms"
TOPOLOGY: Json = {
    "mode": "act",
    "feeds": [{"topic": FEED, "format": "tmf642", "home": "north", "first_contact": "alarming"}],
    "network": {
        "resources": [{"id": name, "type": kind, "domain": domain} for name, kind, domain in (
            ("olt", "olt", "north"), ("ont-1", "ont", "north"), ("ont-2", "ont", "north"), ("path-a", "path", "north"), ("path-b", "path", "north"), ("core", "core", "south"))],
        "dependencies": [
            {"from": "ont-1", "to": "olt", "kind": "connected"}, {"from": "ont-2", "to": "olt", "kind": "connected"}, {"from": "olt", "to": "core", "kind": "connected"},
            {"from": "line-1", "to": "ont-1", "kind": "hosted_on"}, {"from": "line-2", "to": "ont-2", "kind": "hosted_on"},
            {"from": "vpn", "to": ["path-a", "path-b"], "kind": "hosted_on", "needs": 1}]},
    "services": [{"id": "line-1", "type": "access"}, {"id": "line-2", "type": "access"}, {"id": "vpn", "type": "vpn", "domain": "north"}],
    "products": [{"id": f"product-{service}", "service": service, "customer": f"customer-{service}", "sla": "gold"} for service in ("line-1", "line-2", "vpn")],
    "slas": {"gold": {"restore_within": "1h", "warn_at": "75%"}},
    "restoration": [
        {"cause": "lossOfSignal", "on_type": "path", "action": "reroute", "attempts": 2, "cooldown": "1m"},
        {"cause": "lossOfSignal", "on_type": "ont", "action": "restart", "attempts": 1, "cooldown": "1m"}],
    "tests": [
        {"name": "line-test", "kind": "first-in", "on_type": "access", "specification": "loopback"},
        {"name": "vpn-works", "kind": "final", "on_type": "vpn", "specification": "ping", "within": "5m"}],
}
OBJECTS = ("olt", "ont-1", "ont-2", "path-a", "path-b", "core")
ATTEMPTS = {"reroute": 2, "restart": 1}


class Outside:
    """One run of the processor; its time is event time, and goes on only when `pass_time` says so."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self.now: Instant = at("10:00")
        self.outputs: dict[str, list[tuple[str, Json | None]]] = defaultdict(list)
        self.laws = Laws(ATTEMPTS)
        self.customers: list[str] = []
        """Customers' reports by the number that Problem Handling gave them."""
        self._numbers: dict[str, int] = defaultdict(int)
        self._embedded = Embedded(from_text(json.dumps(TOPOLOGY)), "event", None, self._hear)
        self._runner.run(self._embedded.start())

    def _hear(self, output: Output, partition: int) -> None:
        topic, key, value, _, headers = output
        if headers:
            told = None if value is None else json.loads(value)
            self.outputs[topic].append(((key or b"").decode(), told))
            self.laws.hear(topic, (key or b"").decode(), told)

    # --- what comes in ---

    def alarm(self, name: str, severity: str, is_clear: bool = False) -> None:
        """Tell an alarm of an object, raised or cleared now."""
        moment = iso(self.now)
        told: Json = {
            "id": f"{name}-alarm", "alarmType": "communicationsAlarm", "alarmedObject": {"id": name}, "perceivedSeverity": "cleared" if is_clear else severity, "probableCause": "lossOfSignal",
            "alarmRaisedTime": moment, "state": "cleared" if is_clear else "raised", "sourceSystemId": "ems", **({"alarmClearedTime": moment} if is_clear else {})}
        self._do(self._embedded.feed(FEED, [json.dumps(told).encode()]))

    def request(self, topic: str, told: Json, times: int = 1) -> str:
        """Ask something, perhaps the very same twice; return the id it was asked under."""
        self._numbers[topic] += 1
        ident = f"{topic}-{self._numbers[topic]}"
        record = {"id": ident, "requestId": ident, "eventId": ident, "at": iso(self.now)} | told
        self.laws.asked(topic, ident, times)
        for _ in range(times):
            self._embedded.request(topic, json.dumps(record).encode())
        self._do(None)
        return ident

    def customer_reports(self, told: Json, times: int) -> None:
        """Have Problem Handling pass on what a customer says."""
        external = f"ph-{len(self.customers) + 1}"
        self.customers.append(external)
        self.request("problem-handling-requests", {"id": "", "externalIdentifier": [{"id": external, "owner": "crm"}], "originatorParty": {"role": "customer"}, **told}, times)

    def announce(self, name: str, start: Instant, end: Instant) -> None:
        """Announce work on an object."""
        self.request("planned-outages", {"resources": [name], "start": iso(start), "end": iso(end)})

    def keys_of_commands(self) -> list[str]:
        return [told["id"] for _, told in self.outputs["restoration-commands"] if told is not None and told["@type"] == "RestorationCommand"]

    def pass_time(self, span: Span) -> None:
        """Let time go on, with everything that comes due."""
        self.now += max(span, SECOND)
        self._embedded.mark(self.now)
        self._do(None)

    def _do(self, first: Any) -> None:
        async def run() -> None:
            if first is not None:
                await first
            await self._embedded.settle()
        self._runner.run(run())

    def end(self) -> None:
        """Stop the processor."""
        self._runner.run(self._embedded.stop())
        self._runner.close()

    # --- what came out ---

    def last(self, topic: str) -> dict[str, Json]:
        """Return the newest record of every key that has one."""
        return {key: told for key, told in dict(self.outputs[topic]).items() if told is not None}

    def keys(self, topic: str) -> list[str]:
        return list(dict.fromkeys(key for key, _ in self.outputs[topic]))
