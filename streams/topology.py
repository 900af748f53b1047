"""The whole data flow, in one function: what flows, what is remembered, which agent carries what to which step."""

from collections.abc import Callable
from functools import partial
from typing import Any

import faust
import msgspec

from streams.domain import correlate, localize, manage, oversee, watch
from streams.domain.instant import Instant, iso
from streams.domain.messages import AlarmEvent, NetworkEvent, ProblemChangeEvent, ProblemEvent, ServiceEvent, Tick
from streams.domain.network_change import CHANGES
from streams.domain.view import Emit, View
from streams.edge import dead_letter, feed_control
from streams.edge import intake as feed_intake
from streams.edge.encodings import RegistryDown
from streams.edge.feed import Feed, Raw
from streams.edge.formats import Refused
from streams.edge.intake import Intake
from streams.edge.records import alarm_event, customer_impact, probe, problem, progress, restoration_command, service_test, trouble_report
from streams.engine import host
from streams.engine.core import Engine
from streams.engine.inbox import Codec, Inbox, Timekeeping
from streams.engine.record import Record
from streams.engine.table import TableSpec

FLOW = """
 feeds, one topic each                      restoration-results operator-actions planned-outages trouble-report-updates
                                          problem-handling-requests test-results inventory topology
        |                                            |
 1 normalize-alarms --> dead-letters <--------- admit-requests
        |                                            |
   alarm-events  (key: correlation domain) <---------+
        |                                            |
 2 correlate-alarms --> alarm-records, test-requests |
        |                                            |
   problem-changes  (key: correlation domain)        |
        |                                            |
 3 localize-problems                                 |
        |                                            |
   problem-inbox  (key: problem id) <----------------+------- answers of 5 and 6
        |                                            |
 4 manage-problems --> problems, trouble-reports, test-requests, progress
        |                          |                 |
   service-effects (key: service)  network-inbox (one partition)
        |                          |
 5 watch-services           6 oversee-network
   --> customer-impacts, probe-arrivals --> probe-arrivals, restoration-commands, test-requests, network-changes, progress
"""

INBOXES = ("alarm-events", "problem-changes", "problem-inbox", "service-effects", "network-inbox")
REQUESTS = ("restoration-results", "test-results", "operator-actions", "planned-outages", "trouble-report-updates", "problem-handling-requests", "inventory", "topology")
OWN_REQUESTS = frozenset(("topology",))
"""Requests that only commands and workers of ours write: their topic takes our prefix."""


def request_topics(prefix: str, requests: str = "") -> tuple[str, ...]:
    """Return what the topics of requests are called in Kafka, in the order of `REQUESTS`; `requests`: what goes before those that others write."""
    return tuple((prefix if topic in OWN_REQUESTS else requests) + topic for topic in REQUESTS)


OUTPUTS = {"alarm-records": False, "problems": True, "trouble-reports": True, "progress": False, "customer-impacts": False,
    "restoration-commands": False, "test-requests": False, "dead-letters": False, "probe-arrivals": True}
"""What the outside reads -> whether only the newest record of a key is kept."""
WITHDRAWN = frozenset({"customer-impacts"})
"""Logs whose keys are withdrawn when they are to be forgotten (`spm forget`): compacted after a day."""
SPARSE = frozenset(OUTPUTS) - {"alarm-records", "customer-impacts"}
"""Outputs that tell of problems: so few that one partition carries them unless topology.yaml says otherwise."""

TABLES: dict[str, dict[str, tuple[Any, ...]]] = {
    "alarm-events": correlate.TABLES, "problem-changes": localize.TABLES, "problem-inbox": manage.TABLES, "service-effects": watch.TABLES, "network-inbox": oversee.TABLES}
"""Inbox -> what is remembered for it: table -> row, when it is due, what it is. Every feed has `feed_intake.TABLES`."""

RENDERERS: dict[str, Callable[[Any], Any]] = {
    "alarm-records": alarm_event.render, "problems": problem.render, "trouble-reports": trouble_report.render, "progress": progress.render,
    "customer-impacts": customer_impact.render, "restoration-commands": restoration_command.render, "test-requests": service_test.render, "dead-letters": dead_letter.render, "probe-arrivals": probe.render}
"""How a stage's struct becomes the JSON that the outside reads."""

_wire = msgspec.msgpack.Encoder().encode
_encode_json = msgspec.json.Encoder().encode


def codecs() -> dict[str, Codec]:
    """How each topic's values become bytes: msgpack arrays inside, TM Forum JSON outside."""
    inside = dict.fromkeys((*INBOXES, "trace"), Codec(_wire))
    inside["alarm-events"] = Codec(_wire, is_packed=True)
    inside[CHANGES] = Codec(_wire)
    return inside | {topic: Codec(_rendered(renderer), True) for topic, renderer in RENDERERS.items()}


def _rendered(renderer: Callable[[Any], Any]) -> Callable[[Any], bytes]:
    return lambda value: _encode_json(renderer(value))


def timekeeping(mode: str) -> Timekeeping:
    """Time travels as `Tick`; `mode` is event or wall (design section 4)."""
    return Timekeeping(mode, Tick, _wire, Tick)


def at_header(at: Instant) -> bytes:
    """The event time that every output carries in its header `at`."""
    return iso(at).encode()


def tables(inbox: str) -> tuple[TableSpec, ...]:
    """Return the tables of an inbox; of a topic that is none of ours: those of a feed."""
    ticked = correlate.TICKED if inbox == "alarm-events" else frozenset()
    return tuple(TableSpec(name, row, due_of, text, name in ticked) for name, (row, due_of, text) in TABLES.get(inbox, feed_intake.TABLES).items())


MESSAGES: dict[str, Any] = {
    "alarm-events": list[AlarmEvent], "problem-changes": ProblemChangeEvent, "problem-inbox": ProblemEvent, "service-effects": ServiceEvent, "network-inbox": NetworkEvent}
"""Inbox -> what a record of it is."""


def message(inbox: str) -> Callable[[Record, int], Any]:
    """Return what decodes the records of an inbox."""
    decode = msgspec.msgpack.Decoder(MESSAGES[inbox]).decode
    return lambda record, partition: decode(record.value or b"")


def _raw(topic: str) -> Callable[[Record, int], Raw]:
    """A feed's record as it came; a replay says the line number instead of the offset in the header `spm-line`."""
    def raw(record: Record, partition: int) -> Raw:
        offset = record.offset
        for name, value in record.headers:
            if name == "spm-line":
                offset = int(value)
        return Raw(topic, partition, offset, max(record.timestamp, 0) * 1000, record.key, record.value, record.headers)
    return raw


def normalize(view: View, raw: Raw, now: Instant, era: Any) -> list[Emit]:
    """Read one record of a feed as the newest topology.yaml and inventory have it."""
    return era.intake.step(view, raw, now, era)  # type: ignore[no-any-return]


def admit(view: View, raw: Raw, now: Instant, era: Any) -> list[Emit]:
    """Read one request as the newest topology.yaml and inventory have it."""
    return era.admission.admit(view, raw, now, era)  # type: ignore[no-any-return]


def wire(app: faust.App, engine: Engine, feeds: tuple[Feed, ...], intake: Intake) -> None:
    """Wire the flow (`FLOW` draws it): inboxes with what is remembered, then one agent a stage."""

    # --- what flows in, and what each stage remembers ---
    def inbox(topic: str, rank: int, decode: Callable[[Record, int], Any], channel: Any, **but: Any) -> None:
        engine.inbox(Inbox(topic, rank, decode, tables=() if topic in REQUESTS else tables(topic), channel=channel, **but))

    heard, requested, events, changes, problems, services, network = (host.channel(app) for _ in range(7))
    for feed in feeds:
        inbox(feed.topic, 0, _raw(feed.topic), heard, kind="source", fatal=(RegistryDown,),
              met=partial(intake.met, topic=feed.topic), reached=partial(feed_control.watermark, topic=feed.topic), is_paused=partial(feed_control.paused, topic=feed.topic))
    for topic in REQUESTS:
        inbox(topic, 1, _raw(topic), requested, kind="request")
    inbox("alarm-events", 2, message("alarm-events"), events, forward="problem-changes", is_packed=True)
    inbox("problem-changes", 3, message("problem-changes"), changes, forward="problem-inbox")
    inbox("problem-inbox", 4, message("problem-inbox"), problems)
    inbox("service-effects", 5, message("service-effects"), services, kind="join")
    inbox("network-inbox", 6, message("network-inbox"), network, kind="join")

    # --- 1. feeds -> alarm-events, dead-letters ---
    @app.agent(heard, name="normalize-alarms")
    async def normalize_alarms(batches: Any) -> None:
        """Read what the feeds say, in whatever format, and re-key it to the correlation domain that must act."""
        async for batch in batches:
            engine.work(batch, normalize, None)

    # --- requests -> the inbox that must act, dead-letters ---
    @app.agent(requested, name="admit-requests")
    async def admit_requests(batches: Any) -> None:
        """Validate what people and other systems ask, and re-key it to the inbox that must act."""
        async for batch in batches:
            engine.work(batch, admit, None)

    # --- 2. alarm-events -> alarm-records, problem-changes ---
    @app.agent(events, name="correlate-alarms")
    async def correlate_alarms(batches: Any) -> None:
        """Fold alarms into alarm records and group the active ones into problems."""
        async for batch in batches:
            engine.work(batch, correlate.step, correlate.come_due)

    # --- 3. problem-changes -> problem-inbox ---
    @app.agent(changes, name="localize-problems")
    async def localize_problems(batches: Any) -> None:
        """Rank the causes of each problem and say what it hurts."""
        async for batch in batches:
            engine.work(batch, localize.step, localize.come_due)

    # --- 4. problem-inbox -> problems, trouble-reports, progress, service-effects, network-inbox ---
    @app.agent(problems, name="manage-problems")
    async def manage_problems(batches: Any) -> None:
        """Lead each problem through its life and report it."""
        async for batch in batches:
            engine.work(batch, manage.step, manage.come_due)

    # --- 5. service-effects -> customer-impacts ---
    @app.agent(services, name="watch-services")
    async def watch_services(batches: Any) -> None:
        """Judge each service by the union of what all problems hold down, and tell customer impact in deltas."""
        async for batch in batches:
            engine.work(batch, watch.step, watch.come_due)

    # --- 6. network-inbox -> restoration-commands, problem-inbox ---
    @app.agent(network, name="oversee-network")
    async def oversee_network(batches: Any) -> None:
        """Decide what only the whole network can: commands and their guardrails, problems with one cause."""
        async for batch in batches:
            engine.work(batch, oversee.step, oversee.come_due)


wire.__doc__ = (wire.__doc__ or "") + FLOW


def bury(topic: str, partition: int, record: Record, error: BaseException) -> list[Emit]:
    """Make the dead letter of a record that no step could fold: a bug of ours, or a record that is not ours."""
    raw = Raw(topic, partition, record.offset, max(record.timestamp, 0) * 1000, record.key, record.value)
    refused = Refused("", dead_letter.reason_of(error), f"Report this: {error}")
    letter = dead_letter.bury(raw, 0, refused, 0)
    return [Emit("dead-letters", dead_letter.key(letter), letter, 0)]
