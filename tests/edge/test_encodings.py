"""Feeds in Avro and protobuf, with a schema file and with a registry, good and bad; a registry that does not answer."""

import asyncio
import base64
import contextlib
import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import fastavro
import pytest
from google.protobuf import descriptor_pb2, message_factory, timestamp_pb2

from streams.app import assemble
from streams.edge.encodings import RegistryDown, decoder_of, protobuf, registry
from streams.edge.encodings.registry import Access
from streams.edge.feed import Encoding, Feed
from streams.edge.formats import Refused, Told, parser_of
from streams.edge.topology_file import from_text
from streams.edge.topology_finding import TopologyError
from streams.engine.embedded import EmbeddedLog
from tests.edge.feeder import Feeder

AVRO = {"type": "record", "name": "Alarm", "fields": [
    {"name": "id", "type": "string"}, {"name": "alarmedObject", "type": {"type": "record", "name": "Ref", "fields": [{"name": "id", "type": "string"}]}},
    {"name": "probableCause", "type": "string"}, {"name": "perceivedSeverity", "type": {"type": "enum", "name": "Severity", "symbols": ["critical", "cleared"]}},
    {"name": "alarmRaisedTime", "type": {"type": "long", "logicalType": "timestamp-millis"}}, {"name": "specificProblem", "type": ["null", "string"]}]}
ALARM = {"id": "1", "alarmedObject": {"id": "olt-7"}, "probableCause": "lossOfSignal", "perceivedSeverity": "critical", "alarmRaisedTime": 1_767_261_600_000, "specificProblem": None}


def avro_bytes(alarm: dict[str, Any]) -> bytes:
    stream = io.BytesIO()
    fastavro.schemaless_writer(stream, fastavro.parse_schema(AVRO), alarm)
    return stream.getvalue()


def opennms() -> descriptor_pb2.FileDescriptorSet:
    """An alarm as OpenNMS' Kafka producer names and numbers its fields, cut down to what an alarm needs and written for this test."""
    f, kinds = descriptor_pb2.FieldDescriptorProto, descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="alarms.proto", syntax="proto3", dependency=["google/protobuf/timestamp.proto"])
    file.enum_type.add(name="Severity", value=[descriptor_pb2.EnumValueDescriptorProto(name=name, number=n) for n, name in enumerate(
        ("INDETERMINATE", "CLEARED", "NORMAL", "WARNING", "MINOR", "MAJOR", "CRITICAL"))])
    node = file.message_type.add(name="NodeCriteria")
    node.field.add(name="foreign_id", number=3, type=kinds.TYPE_STRING, label=f.LABEL_OPTIONAL)
    alarm = file.message_type.add(name="Alarm")
    for name, number, kind, of in (
            ("id", 1, kinds.TYPE_UINT64, ""), ("uei", 2, kinds.TYPE_STRING, ""), ("node_criteria", 3, kinds.TYPE_MESSAGE, ".NodeCriteria"), ("ip_address", 4, kinds.TYPE_STRING, ""),
            ("reduction_key", 6, kinds.TYPE_STRING, ""), ("count", 8, kinds.TYPE_UINT64, ""), ("severity", 9, kinds.TYPE_ENUM, ".Severity"), ("first_event_time", 10, kinds.TYPE_UINT64, "")):
        alarm.field.add(name=name, number=number, type=kind, label=f.LABEL_OPTIONAL, type_name=of or None)
    other = file.message_type.add(name="Other")
    other.field.add(name="when", number=1, type=kinds.TYPE_MESSAGE, label=f.LABEL_OPTIONAL, type_name=".google.protobuf.Timestamp")
    google = descriptor_pb2.FileDescriptorProto()
    timestamp_pb2.DESCRIPTOR.CopyToProto(google)
    return descriptor_pb2.FileDescriptorSet(file=[google, file])


def protobuf_bytes(**fields: Any) -> bytes:
    kind = message_factory.GetMessageClass(protobuf.pool_of(opennms().file).FindMessageTypeByName("Alarm"))
    message = kind(**{name: value for name, value in fields.items() if name != "node"})
    message.node_criteria.foreign_id = fields.get("node", "")
    return bytes(message.SerializeToString())


def reason(encoding: Encoding, value: bytes) -> str:
    with pytest.raises(Refused) as refused:
        decoder_of(encoding)(value)
    return str(refused.value.reason)


AVRO_FILE = Encoding("avro", schema=json.dumps(AVRO).encode())
PROTOBUF_FILE = Encoding("protobuf", schema=opennms().SerializeToString(), message="Alarm")


def test_an_avro_alarm_is_read_by_its_format() -> None:
    told = parser_of(Feed("f", format="tmf642", encoding=AVRO_FILE))(avro_bytes(ALARM))

    assert isinstance(told, Told)
    assert (told.object, told.cause, told.at, told.qualifier) == ("olt-7", "lossOfSignal", 1_767_261_600_000_000, "")


def test_avro_with_a_fingerprint_or_an_id_before_it() -> None:
    plain = decoder_of(AVRO_FILE)(avro_bytes(ALARM))

    assert decoder_of(AVRO_FILE)(b"\xc3\x01" + bytes(8) + avro_bytes(ALARM)) == plain
    assert decoder_of(Encoding("avro", schema=AVRO_FILE.schema, framed=True))(b"\0\0\0\0\7" + avro_bytes(ALARM)) == plain


def test_a_protobuf_alarm_keeps_its_names_and_words() -> None:
    value = protobuf_bytes(id=12, uei="uei.opennms.org/nodes/nodeDown", reduction_key="uei:7", severity=6, first_event_time=1_767_261_600_000, node="olt-7")

    assert json.loads(decoder_of(PROTOBUF_FILE)(value)) == {
        "id": "12", "uei": "uei.opennms.org/nodes/nodeDown", "node_criteria": {"foreign_id": "olt-7"}, "ip_address": "", "reduction_key": "uei:7", "count": "0",
        "severity": "CRITICAL", "first_event_time": "1767261600000"}


@pytest.mark.parametrize("value", [b"", b"\xff" * 40, avro_bytes(ALARM)[:-1], avro_bytes(ALARM) + b"\0", b"{}"])
def test_what_is_no_avro_of_the_schema_is_refused(value: bytes) -> None:
    assert reason(AVRO_FILE, value) == "not-avro"


@pytest.mark.parametrize("value", [b"\xff" * 40, b"\x0a\x01", b"{}"])
def test_what_is_no_such_message_is_refused(value: bytes) -> None:
    assert reason(PROTOBUF_FILE, value) == "not-protobuf"


def test_a_record_that_is_too_long_is_refused_before_it_is_decoded() -> None:
    assert reason(PROTOBUF_FILE, bytes(3 << 20)) == "too-long"


@pytest.mark.parametrize(("value", "why"), [(b"", "not-framed"), (b"\1\0\0\0\7x", "not-framed"), (b"\0\0\0\0", "not-framed")])
def test_a_record_without_an_id_is_refused(value: bytes, why: str) -> None:
    assert reason(Encoding("avro", registry="http://127.0.0.1:1", framed=True), value) == why


# --- topology.yaml ---


@pytest.mark.parametrize(("encoding", "told"), [
    ("{kind: avro}", "needs either `file` or `registry`"), ("{kind: avro, file: gone.avsc}", "cannot be read"), ("{kind: avro, file: ../x.avsc}", "outside the folder"),
    ("{kind: avro, file: bad.avsc}", "no Avro schema"), ("{kind: protobuf, file: bad.avsc, message: A}", "no compiled protobuf descriptors"),
    ("{kind: protobuf, file: good.desc, message: Alert}", "it has NodeCriteria, Alarm, Other"), ("{kind: protobuf, file: good.desc}", "give both"),
    ("{kind: avro, registry: 'http://u:p@host'}", "registry"), ("{kind: json, file: bad.avsc}", "json needs no file"), ("{kind: thrift}", "thrift")])
def test_a_wrong_encoding_is_told_with_its_line(tmp_path: Path, encoding: str, told: str) -> None:
    (tmp_path / "bad.avsc").write_text('{"type": "what"}')
    (tmp_path / "good.desc").write_bytes(opennms().SerializeToString())
    with pytest.raises(TopologyError) as error:
        from_text(f"feeds:\n  - topic: f\n    encoding: {encoding}\n", tmp_path)

    assert told in str(error.value) and "topology.yaml:3" in str(error.value)


def test_another_schema_is_another_version(tmp_path: Path) -> None:
    text = "feeds: [{topic: f, encoding: {kind: avro, file: a.avsc}}]"
    (tmp_path / "a.avsc").write_text(json.dumps(AVRO))
    first = from_text(text, tmp_path)
    (tmp_path / "a.avsc").write_text(json.dumps({**AVRO, "doc": "newer"}))

    assert first.feeds[0].encoding.schema == json.dumps(AVRO).encode() and first.version != from_text(text, tmp_path).version


# --- a registry ---


class Answers:
    """A schema registry on this machine; `answers`: path -> (status, body)."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Any]] = {}
        self.asked: list[tuple[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.path, self.headers.get("Authorization", "")))
                status, body = outer.answers.get(self.path, (404, {"error_code": 40403}))
                payload = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Iterator[Answers]:
    monkeypatch.setattr(registry, "PAUSE", 0.0)
    answers = Answers()
    yield answers
    answers.server.shutdown()
    answers.server.server_close()
    registry.use(Access())


def serialized(file: descriptor_pb2.FileDescriptorProto) -> str:
    return base64.b64encode(file.SerializeToString()).decode()


def test_a_schema_is_asked_for_once(registered: Answers) -> None:
    registered.answers["/schemas/ids/7"] = (200, {"schema": json.dumps(AVRO)})
    registry.use(Access("ann", "secret"))
    decode = decoder_of(Encoding("avro", registry=registered.url + "/", framed=True))

    assert [json.loads(decode(b"\0\0\0\0\7" + avro_bytes(ALARM)))["id"] for _ in range(3)] == ["1"] * 3
    assert registered.asked == [("/schemas/ids/7", "Basic " + base64.b64encode(b"ann:secret").decode())]


def test_an_avro_schema_that_refers_to_another(registered: Answers) -> None:
    ref = {"type": "record", "name": "Ref", "fields": [{"name": "id", "type": "string"}]}
    outer = {**AVRO, "fields": [{"name": "alarmedObject", "type": "Ref"} if f["name"] == "alarmedObject" else f for f in AVRO["fields"]]}  # type: ignore[index]
    registered.answers["/schemas/ids/9"] = (200, {"schema": json.dumps(outer), "references": [{"name": "Ref", "subject": "ref value", "version": 2}]})
    registered.answers["/subjects/ref%20value/versions/2"] = (200, {"schema": json.dumps(ref)})

    assert json.loads(decoder_of(Encoding("avro", registry=registered.url, framed=True))(b"\0\0\0\0\x09" + avro_bytes(ALARM)))["alarmedObject"] == {"id": "olt-7"}


def test_a_protobuf_message_is_found_by_its_place(registered: Answers) -> None:
    registered.answers["/schemas/ids/3?format=serialized"] = (200, {"schemaType": "PROTOBUF", "schema": serialized(opennms().file[1])})
    decode = decoder_of(Encoding("protobuf", registry=registered.url, framed=True))
    second = b"\0\0\0\0\3" + b"\x02\x02"                       # one index, 1: Alarm; zigzag numbers

    assert json.loads(decode(second + protobuf_bytes(id=5, node="x")))["node_criteria"] == {"foreign_id": "x"}
    assert json.loads(decode(b"\0\0\0\0\3\0" + b"\x1a\x01y")) == {"foreign_id": "y"}    # the short form of the first
    assert reason(Encoding("protobuf", registry=registered.url, framed=True), b"\0\0\0\0\3\x02\x08") == "not-framed"


def test_an_id_that_the_registry_does_not_have_is_the_records_fault_and_asked_for_once(registered: Answers) -> None:
    decode = decoder_of(Encoding("avro", registry=registered.url, framed=True))
    for _ in range(3):
        with pytest.raises(Refused) as refused:
            decode(b"\0\0\0\0\1x")
        assert refused.value.reason == "unknown-schema"
    assert len(registered.asked) == 1


@pytest.mark.parametrize(("status", "body", "tries"), [(500, {}, registry.TRIES), (200, b"<html>", registry.TRIES), (401, {}, 1)])
def test_a_registry_that_gives_nothing_is_no_records_fault(registered: Answers, status: int, body: Any, tries: int) -> None:
    registered.answers["/schemas/ids/7"] = (status, body)
    with pytest.raises(RegistryDown, match=r"schema registry http://127\.0\.0\.1"):
        decoder_of(Encoding("avro", registry=registered.url, framed=True))(b"\0\0\0\0\7x")
    assert len(registered.asked) == tries


def test_a_registry_that_does_not_answer_makes_no_dead_letter(registered: Answers) -> None:
    feeder = Feeder(Feed("raw-alarms", encoding=Encoding("avro", registry="http://127.0.0.1:9", framed=True)))
    with pytest.raises(RegistryDown):
        feeder.send(b"\0\0\0\0\7x")

    assert feeder.view.tables["feed-clock"].rows == {}


def test_the_worker_ends_with_nothing_consumed(registered: Answers) -> None:
    topology = from_text("feeds: [{topic: raw-alarms, format: tmf642, encoding: {kind: avro, registry: 'http://127.0.0.1:9'}}]")
    failed: list[BaseException] = []

    async def run() -> None:
        log = EmbeddedLog(lambda topic: 1, None, lambda: -1, None)
        processor = assemble(topology, log, "event", stepped=True, on_fatal=failed.append)
        await processor.start()
        log.append("raw-alarms", [(0, None, b"\0\0\0\0\7x", ())])
        with contextlib.suppress(Exception):
            await asyncio.wait_for(processor.engine.settle(), 5)
        assert processor.engine.parts["raw-alarms", 0].position == 0

    asyncio.run(run())
    assert isinstance(failed[0], RegistryDown)


OPENNMS = """
feeds:
  - topic: raw-alarms
    format: mapped
    encoding: {kind: protobuf, file: opennms.desc, message: Alarm}
    tombstone: clear
    mapping:
      object: [$.ip_address, $.node_criteria.foreign_id]
      cause: $.uei
      severity: $.severity
      time: $.first_event_time
      source_id: $.reduction_key
"""


def test_what_opennms_writes_is_raised_and_cleared_by_its_deletion(tmp_path: Path) -> None:
    (tmp_path / "opennms.desc").write_bytes(opennms().SerializeToString())
    feeder = Feeder(from_text(OPENNMS, tmp_path).feeds[0])
    value = protobuf_bytes(id=12, uei="uei.opennms.org/nodes/nodeDown", reduction_key="nodeDown::7", severity=6, first_event_time=1_767_261_600_000, node="node-1")
    raised, cleared = feeder.alarm(value, key=b"nodeDown::7"), feeder.alarm(None, key=b"nodeDown::7")

    assert (raised.object, raised.severity.name, raised.cleared, raised.at) == ("node-1", "CRITICAL", False, 1_767_261_600_000_000)
    assert (cleared.key, cleared.domain, cleared.cleared) == (raised.key, raised.domain, True)
