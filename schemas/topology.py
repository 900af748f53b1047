"""topology.yaml: what is listened to, what flows, what is watched and by which thresholds (design: topology.yaml).

Strict: an unknown name is an error, and numbers are not taken for text (an id `17` has to be written "17").
"""

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from schemas.durations import Duration, Names
from schemas.stage_policy import SeverityWord
from schemas.topology_encoding import EncodingEntry
from schemas.topology_mapping import MappingEntry
from schemas.topology_names import KeyField, KeyWord, NamesEntry, Rewrite
from schemas.topology_policy import PolicySection
from schemas.topology_reports import AssignmentEntry, EngagementEntry, ReportType, Template
from schemas.topology_rules import ActionEntry, EffectEntry, ExpectEntry, HoldEntry, RestorationEntry, TopicName
from schemas.topology_slas import AgeEscalationEntry, CalendarEntry, SlaEntry
from schemas.topology_tests import TestEntry

Name = Annotated[str, Field(min_length=1)]
ModeName = Literal["observe", "report", "advise", "act"]
MODES: tuple[ModeName, ...] = ("observe", "report", "advise", "act")
"""From the most cautious to the boldest."""


class Strict(BaseModel):
    """Base of every section."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


class Modes(Strict):
    """What the processor may do; one word, or a default with exceptions, where the more cautious one wins."""

    default: ModeName = "report"
    """observe: problems, progress, metrics only; report: also reports and impacts; advise: commands wait for approval; act."""
    domains: dict[Name, ModeName] = {}
    """Correlation domain -> its mode."""
    causes: dict[Name, ModeName] = {}
    """Probable cause of the located object -> its mode."""

    @model_validator(mode="before")
    @classmethod
    def _one_word(cls, told: Any) -> Any:
        return {"default": told} if isinstance(told, str) else told

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"enum": list(MODES)}, handler(schema)]}


class FeedEntry(Strict):
    """A topic of alarms and how to read it."""

    topic: TopicName
    format: Literal["auto", "tmf642", "ves", "3gpp", "alertmanager", "grafana", "yang", "snmp", "syslog", "mapped"] = "auto"
    """Format of the records; `auto` looks at each record, `mapped` reads as `mapping` says, the others refuse what is not theirs."""
    mapping: MappingEntry | None = None
    """How records of format `mapped` are read; ready-made ones are in deploy/mappings."""
    encoding: EncodingEntry = EncodingEntry()
    """json, or Avro or protobuf with the schema that reads it; what comes of it is read by `format`."""
    namespace: str = ""
    """Part of every alarm key, so that two feeds may use one name for two things."""
    home: Name = "unresolved"
    """Correlation domain of what does not resolve, and of the feed's heartbeats."""
    key: Annotated[list[KeyWord | KeyField], Field(min_length=1)] = ["object", "cause", "qualifier"]
    """What makes two notifications the same alarm; a field may have a mask for text that changes."""
    clears: Literal["by_key", "by_id"] = "by_key"
    """by_id: a clear need carry nothing but the source's own id of the alarm; what that alarm was is remembered."""
    first_contact: Literal["standing", "alarming"] = "standing"
    """What alarms are that were raised before the processor first listened, or come with a source's first list: `standing`
    make no report, command or impact until they are released; `alarming` count like any other (a backlog that nobody has
    looked at yet)."""
    tombstone: Literal["refuse", "clear"] = "refuse"
    """What a null value means; with `clear` the record's key names the alarm."""
    rewrite: list[Rewrite] = []
    """Tried in order on names that are neither id nor alias; the first match counts."""
    names: NamesEntry = NamesEntry()
    """Ways of writing names that this feed has."""
    partitions: Annotated[int, Field(ge=0)] = 0
    """Partitions of the topic where we create it; 0: the default."""
    heartbeat: Duration = 0
    """Expected between two heartbeats of a source that tells no interval itself; 0: such a source is not watched."""
    silent_after: Duration = 0
    """An alarm is raised about the feed when nothing at all came for this long (a quarter more at most); 0: never."""
    silence: SeverityWord = "major"
    """Severity of an alarm about the silence of the feed or of one of its sources."""
    covers: list[Name] = []
    """Domains, sites or objects that are seen through this feed alone: their state is unknown while it is silent."""


    @model_validator(mode="after")
    def _mapping_where_mapped(self) -> "FeedEntry":
        if (self.format == "mapped") != (self.mapping is not None):
            raise ValueError("format mapped needs `mapping`" if self.mapping is None else "has a `mapping`, which only format mapped reads")
        return self


class StreamEntry(Strict):
    """Partitions and retention of one topic."""

    partitions: Annotated[int, Field(ge=1, le=10_000)] | None = None
    retention: Duration | None = None


class Named(Strict):
    """What alarms can be about."""

    id: Name
    type: str = ""
    """What effects, rules and restoration match."""
    aliases: list[Name] = []
    """Other names under which feeds know it."""


class Resource(Named):
    """An equipment or logical network element."""

    site: str = ""
    domain: str = ""
    """Correlation domain; default: the site, else the connected component."""
    managed_by: str = ""
    """Source through which alone it is seen (an element manager; its object, or the name it has in alarms): unknown while that is silent."""
    owner: str = ""
    """The party it belongs to, where that is not us: a problem caused by it is reported to them (partyTrouble)."""
    vendor: str = ""
    """What `assignment` and `engage` match."""


class DependencyEntry(Strict):
    """`from` works only if `to` works."""

    dependent: Name = Field(alias="from")
    to: Names
    """One name or several."""
    kind: str = ""
    """connected (may run both ways), hosted_on, part_of (from the whole, on its parts), calls, or a word of your own."""
    needs: Annotated[int, Field(ge=1)] | None = None
    """How many of `to` must work. Default: all; for part_of 1, over all its parts declared without `needs`."""
    degraded_below: Annotated[int, Field(ge=1)] | None = None
    """Fewer working than this: degraded. Default: `needs`."""


class ServiceEntry(Named):
    """A service; what it stands on is told in `network.dependencies`."""

    domain: str = ""
    """Correlation domain; default: the first, in sorted order, of those of what it depends on."""
    owner: str = ""
    """The party that delivers it, where that is not us: a problem caused by it is reported to them (partyTrouble)."""
    closing: Literal["", "palliative", "definitive"] = ""
    """When a problem of it that a work-around restored may end: at once, or with the definitive repair; default: policy.manage.closing."""


class ProductEntry(Strict):
    """A deployed product instance: what a customer bought."""

    id: Name
    service: Name
    customer: str = ""
    sla: str = ""
    services: list[Name] = []
    """Further services that it stands on: each hurts it by itself."""
    aliases: list[Name] = []
    """Its number, and other names that customers use for it."""
    place: str = ""
    """Where it is used, as customers name it."""


class NetworkPart(Strict):
    """A file that `network.file` names: a part of the network. JSON (fastest for a large one) or YAML."""

    resources: list[Resource] = []
    dependencies: list[DependencyEntry] = []
    services: list[ServiceEntry] = []
    products: list[ProductEntry] = []


class NetworkSection(Strict):
    """What is watched."""

    file: Names = []
    """Files with parts of the network, relative to this one and inside its folder."""
    resources: list[Resource] = []
    dependencies: list[DependencyEntry] = []


class TopologyFile(Strict):
    """The file an operator edits, versioned with the deployment."""

    mode: Modes = Modes()
    feeds: list[FeedEntry] = []
    """What is listened to; default: one feed `raw-alarms` of format `auto`."""
    streams: dict[TopicName, StreamEntry] = {}
    """What flows."""
    network: NetworkSection = NetworkSection()
    services: list[ServiceEntry] = []
    products: list[ProductEntry] = []
    slas: dict[Name, SlaEntry] = {}
    calendars: dict[Name, CalendarEntry] = {}
    """Hours that count, for `slas`."""
    suppliers: dict[Name, Name] = {}
    """Party (`owner`, `engage`) -> the one of `slas` that we have with it: its clock runs for what it is asked to repair."""
    escalations: list[AgeEscalationEntry] = []
    """By the age of a problem; by the clocks of what was bought escalate `slas`."""
    effects: list[EffectEntry] = []
    holds: list[HoldEntry] = []
    policy: PolicySection = PolicySection()
    restoration: list[RestorationEntry] = []
    tests: list[TestEntry] = []
    """Which test tells what of which object."""
    actions: list[ActionEntry] = []
    """What is to be done about alarms."""
    expect: list[ExpectEntry] = []
    """Notifications whose non-arrival is an alarm."""
    assignment: list[AssignmentEntry] = []
    """Which group must act on a trouble report."""
    engage: list[EngagementEntry] = []
    """Which parties' help is needed."""
    templates: dict[ReportType, Template] = {}
    """The words of trouble reports."""


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of topology.yaml, for editors and for those who write it by program."""
    schema = TopologyFile.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "topology.v1.schema.json", **schema, "title": "topology.yaml"}


if __name__ == "__main__":  # python -m schemas.topology > schemas/json/topology.v1.schema.json
    print(json.dumps(json_schema(), indent=2))
