"""The parts that TMF656 v5 and TMF621 v5 records are made of: references, parties, typed characteristics."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, Field

from schemas.alarm import Outbound, Word

StatusWord = Literal["acknowledged", "rejected", "pending", "held", "inProgress", "resolved", "cancelled", "closed"]
"""ServiceProblemStateType and TroubleTicketStatusType: the same set."""


class ServiceRef(Outbound):
    """A service."""

    type: Literal["ServiceRef"] = Field(alias="@type")
    id: Word


class ResourceRef(Outbound):
    """A resource, or a service that is blamed (see `referred_type`)."""

    type: Literal["ResourceRef"] = Field(alias="@type")
    referred_type: Literal["Resource", "Service"] | None = Field(None, alias="@referredType")
    id: Word
    """Its id in topology.yaml, else its reported name."""


class ResourceAlarmRef(Outbound):
    """An alarm record of `alarm-records`."""

    type: Literal["ResourceAlarmRef"] = Field(alias="@type")
    referred_type: Literal["ResourceAlarm"] = Field(alias="@referredType")
    id: Word


class AlarmRecordRef(Outbound):
    """An alarm record, told on `progress`."""

    type: Literal["AlarmRef"] = Field(alias="@type")
    referred_type: Literal["Alarm"] = Field(alias="@referredType")
    id: Word


class ServiceProblemRef(Outbound):
    """A problem of `problems`."""

    type: Literal["ServiceProblemRef"] = Field(alias="@type")
    referred_type: Literal["ServiceProblem"] | None = Field(None, alias="@referredType")
    id: Word


class EntityRef(Outbound):
    """Anything, by type and id."""

    type: Literal["EntityRef"] = Field(alias="@type")
    referred_type: Literal["ServiceProblem", "ResourceAlarm", "Resource", "Service"] = Field(alias="@referredType")
    id: Word


class RelatedEntity(Outbound):
    """Something that plays a part."""

    type: Literal["RelatedEntity"] = Field(alias="@type")
    role: Literal["firstAlarm", "problem", "parentProblem", "rootCause", "affectedService", "workOn"]
    entity: EntityRef


class PartyRef(Outbound):
    """An organization, a group of one, or a person."""

    type: Literal["PartyRef"] = Field(alias="@type")
    referred_type: Literal["Organization", "Individual"] = Field(alias="@referredType")
    id: Word
    name: str


class RelatedParty(Outbound):
    """A party and its part."""

    type: Literal["RelatedPartyRefOrPartyRoleRef"] = Field(alias="@type")
    role: Literal["serviceProvider", "assignedGroup", "assignee", "supplier"] | Annotated[str, Field(pattern=r"^escalation-(10|[1-9])$")]
    """escalation-N: was told at that level."""
    party_or_party_role: PartyRef = Field(alias="partyOrPartyRole")


class TroubleTicketRef(Outbound):
    """A report of `trouble-reports`."""

    type: Literal["TroubleTicketRef"] = Field(alias="@type")
    referred_type: Literal["TroubleTicket"] = Field(alias="@referredType")
    id: Word


class SLAViolationRef(Outbound):
    """One product's time to restore ran out, in one impact."""

    type: Literal["SLAViolationRef"] = Field(alias="@type")
    id: Word
    """Deterministic."""


class Note(Outbound):
    """A word of an operator or of another process."""

    type: Literal["Note"] = Field(alias="@type")
    author: Word
    date: AwareDatetime
    text: str


class StringCharacteristic(Outbound):
    """A named text; times in ISO 8601."""

    type: Literal["StringCharacteristic"] = Field(alias="@type")
    name: Word
    value_type: Literal["string"] = Field(alias="valueType")
    value: str


class IntegerCharacteristic(Outbound):
    """A named whole number."""

    type: Literal["IntegerCharacteristic"] = Field(alias="@type")
    name: Word
    value_type: Literal["integer"] = Field(alias="valueType")
    value: int


class Localization(Outbound):
    """Why one object is blamed."""

    id: Word
    confidence: float = Field(ge=0, le=1)
    """Of all candidates together at most 1."""
    rules: list[Word]
    """Rules that spoke for it, strongest first."""
    evidence: list[Annotated[str, Field(max_length=300)]]
    """One sentence per rule, with numbers."""
    weights: list[float] | None = None
    """What each rule adds to the sum that the confidence is made of; absent where another process named the cause."""


class LocalizationCharacteristic(Outbound):
    """The located causes, in the order of `rootCauseResource`."""

    type: Literal["ObjectArrayCharacteristic"] = Field(alias="@type")
    name: Literal["localization"]
    value_type: Literal["array"] = Field(alias="valueType")
    value: list[Localization] = Field(max_length=5)


class CauseVerdict(Outbound):
    """What an operator said of the cause of a problem."""

    id: Word
    """Of the feedback: `undo` of it takes it back."""
    object: Word
    verdict: Literal["confirmed", "rejected"]
    user: str
    at: AwareDatetime


class CauseVerdictsCharacteristic(Outbound):
    """What operators said of the cause and did not take back, oldest first."""

    type: Literal["ObjectArrayCharacteristic"] = Field(alias="@type")
    name: Literal["causeVerdicts"]
    value_type: Literal["array"] = Field(alias="valueType")
    value: list[CauseVerdict] = Field(max_length=16)



class PreviousCause(Outbound):
    """What was blamed before."""

    id: Word
    confidence: float = Field(ge=0, le=1)


class CauseRevision(Outbound):
    """One change of the located cause."""

    number: int = Field(ge=1)
    """Counted from 1 over the problem's life: what is missing between two was not kept."""
    at: AwareDatetime
    id: Word | None = None
    """The object blamed from then on; absent where an operator left none."""
    confidence: float = Field(ge=0, le=1)
    previous: PreviousCause | None = None
    """Absent where none was located before; the same object where only the confidence changed."""
    alarm_count: int = Field(alias="alarmCount", ge=0)
    """Alarms that the problem had."""
    reason: str = Field(max_length=400)
    """What was new, in words with numbers."""


class CauseRevisionsCharacteristic(Outbound):
    """How the cause came to be what it is, oldest first: the first revision and the last ones."""

    type: Literal["ObjectArrayCharacteristic"] = Field(alias="@type")
    name: Literal["causeRevisions"]
    value_type: Literal["array"] = Field(alias="valueType")
    value: list[CauseRevision] = Field(max_length=8)


class TestOutcome(Outbound):
    """How one test of the problem ended."""

    __test__ = False

    id: Word
    rule: Word
    kind: Literal["first-in", "diagnostic", "audit", "final", "action"]
    object: Word
    state: Literal["passed", "failed", "no-answer"]
    at: AwareDatetime
    reason: str | None = Field(None, max_length=256)
    """What the tester said."""


class ServiceTestsCharacteristic(Outbound):
    """What tests said, oldest first: the last ones."""

    type: Literal["ObjectArrayCharacteristic"] = Field(alias="@type")
    name: Literal["serviceTests"]
    value_type: Literal["array"] = Field(alias="valueType")
    value: list[TestOutcome] = Field(min_length=1, max_length=20)


ObjectsCharacteristic = Annotated[ServiceTestsCharacteristic | LocalizationCharacteristic | CauseVerdictsCharacteristic | CauseRevisionsCharacteristic, Field(discriminator="name")]
Characteristic = Annotated[StringCharacteristic | IntegerCharacteristic | ObjectsCharacteristic, Field(discriminator="type")]


def document(model: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON Schema of a model as it is written into `schemas/json`."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema(by_alias=True)}
