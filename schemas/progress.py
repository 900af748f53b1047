"""What `progress` carries: changes of problems, their final reports, answers to what operators and the ticketing system
asked, actions on alarms, results without effect, word to those who report faults for customers, and figures.

Of problems: TMF656 v5 ServiceProblemEventRecord, strict, its notification in the TMF688 envelope. No TM Forum file has an
answer to a task on an alarm beyond a status code: OperatorActionEventRecord is ours, in the same manner; so is
TroubleReportUpdateEventRecord, the answer to what the ticketing system said of a report.
"""

from typing import Literal

from pydantic import AwareDatetime, Field, RootModel

from schemas.alarm import AlarmedObject, Outbound, Word
from schemas.customer_report import CustomerReportEventRecord
from schemas.figures import ServiceProblemFiguresRecord
from schemas.final_report import ServiceProblemFinalReport, ServiceProblemReviewRequest
from schemas.parts import AlarmRecordRef, RelatedParty, ServiceProblemRef, StatusWord, StringCharacteristic, TroubleTicketRef
from schemas.result_event import ResultEventRecord, ServiceTestEventRecord

EventWord = Literal["ServiceProblemCreateEvent", "ServiceProblemStateChangeEvent", "ServiceProblemAttributeValueChangeEvent"]


class ProblemAsChanged(Outbound):
    """The problem in short; the whole of it is on `problems`."""

    type: Literal["ServiceProblem"] = Field(alias="@type")
    id: Word
    status: StatusWord
    priority: int = Field(ge=1, le=10)


class Payload(Outbound):
    """What the event is about."""

    service_problem: ProblemAsChanged = Field(alias="serviceProblem")


class Notification(Outbound):
    """The event that TMF656 has for the change."""

    type: EventWord = Field(alias="@type")
    base_type: Literal["Event"] = Field(alias="@baseType")
    event_id: Word = Field(alias="eventId")
    event_time: AwareDatetime = Field(alias="eventTime")
    time_ocurred: AwareDatetime = Field(alias="timeOcurred")
    """The same; of the two spellings in the standards this one is written."""
    event_type: EventWord = Field(alias="eventType")
    correlation_id: Word = Field(alias="correlationId")
    """The problem's id."""
    domain: Word
    """Correlation domain."""
    title: Word
    description: str
    """One sentence: what changed and why."""
    priority: str = Field(pattern=r"^(10|[1-9])$")
    """Text in the envelope, a number in the problem: so has TMF656 it."""
    event: Payload
    analytic_characteristic: list[StringCharacteristic] = Field(alias="analyticCharacteristic")
    """Attributes that changed, by TMF656's name where they have one, with their new value."""
    related_party: list[RelatedParty] | None = Field(None, alias="relatedParty", max_length=100)
    """Who is to be told of it: parties of a level of escalation."""


class ServiceProblemEventRecord(Outbound):
    """One change of one problem (key: problem id)."""

    type: Literal["ServiceProblemEventRecord"] = Field(alias="@type")
    id: Word
    """Deterministic and unique."""
    record_time: AwareDatetime = Field(alias="recordTime")
    """Event time, not the time of writing: so a replay writes the same."""
    event_time: AwareDatetime = Field(alias="eventTime")
    event_type: EventWord = Field(alias="eventType")
    service_problem: ServiceProblemRef = Field(alias="serviceProblem")
    notification: Notification


class OperatorActionAnswered(Outbound):
    """What was asked, and what came of it."""

    type: Literal["OperatorAction"] = Field(alias="@type")
    id: Word
    """The request's own id, else where it was read: topic/partition/offset."""
    action: Word
    target: str
    """Alarm record, problem or command; "" where the action concerns all commands."""
    user: str
    state: Literal["done", "refused"]
    reason: Word
    """One sentence: what was done, or why not and what to do about it."""
    feedback: Word | None = None
    """Of what can be taken back: name it as the target of `undo`."""


class OperatorActionEventRecord(Outbound):
    """The answer to one request for one target (key: the target's id)."""

    type: Literal["OperatorActionEventRecord"] = Field(alias="@type")
    id: Word
    """Deterministic and unique."""
    record_time: AwareDatetime = Field(alias="recordTime")
    event_time: AwareDatetime = Field(alias="eventTime")
    event_type: Literal["OperatorActionDoneEvent", "OperatorActionRefusedEvent"] = Field(alias="eventType")
    domain: str
    """Correlation domain of the target, "" for actions on all commands."""
    operator_action: OperatorActionAnswered = Field(alias="operatorAction")


class AlarmAction(Outbound):
    """What a rule of topology.yaml `actions` asks about an alarm, and how that stands."""

    type: Literal["AlarmAction"] = Field(alias="@type")
    id: Word
    """The same in all records of one action: of one rule and one episode of the alarm."""
    rule: Word
    then: Literal["request", "test", "command", "clear", "release"]
    """request: somebody is to do what `reason` says; test, command: asked of machines; clear, release: done by us."""
    state: Word
    """asked; missed: the alarm was over before; withheld: the mode forbids it; of commands: issued, approval-wanted, restored, failed, ..."""
    reason: Word
    """What is asked, or why not."""
    alarm: AlarmRecordRef
    alarmed_object: AlarmedObject = Field(alias="alarmedObject")
    probable_cause: Word = Field(alias="probableCause")
    name: Word | None = None
    """Of the test or command; of what became of a command: its id."""
    problem: ServiceProblemRef | None = None


class AlarmActionEventRecord(Outbound):
    """An action on an alarm is asked for, or its state has changed (key: alarm record id)."""

    type: Literal["AlarmActionEventRecord"] = Field(alias="@type")
    id: Word
    """Deterministic and unique."""
    record_time: AwareDatetime = Field(alias="recordTime")
    event_time: AwareDatetime = Field(alias="eventTime")
    event_type: Literal["AlarmActionAskedEvent", "AlarmActionStateChangeEvent"] = Field(alias="eventType")
    domain: Word
    alarm_action: AlarmAction = Field(alias="alarmAction")


class TroubleReportUpdate(Outbound):
    """What the ticketing system said of a report, and what came of it."""

    type: Literal["TroubleReportUpdate"] = Field(alias="@type")
    id: Word
    """The update's own id (eventId), else where it was read: topic/partition/offset."""
    state: Literal["done", "refused"]
    reason: Word
    """What was taken over and what was not, or why nothing was and what to do about it."""
    trouble_ticket: TroubleTicketRef | None = Field(None, alias="troubleTicket")
    problem: ServiceProblemRef | None = None
    external_identifier: Word | None = Field(None, alias="externalIdentifier")
    """The ticketing system's number."""


class TroubleReportUpdateEventRecord(Outbound):
    """The answer to one update of a report (key: the problem's id; of one that could not be read, where it was read: topic/partition/offset)."""

    type: Literal["TroubleReportUpdateEventRecord"] = Field(alias="@type")
    id: Word
    """Deterministic and unique."""
    record_time: AwareDatetime = Field(alias="recordTime")
    event_time: AwareDatetime = Field(alias="eventTime")
    event_type: Literal["TroubleReportUpdateDoneEvent", "TroubleReportUpdateRefusedEvent"] = Field(alias="eventType")
    domain: str
    """Correlation domain, "" where the update could not be read."""
    trouble_report_update: TroubleReportUpdate = Field(alias="troubleReportUpdate")


class ProgressRecord(RootModel[
    ServiceProblemEventRecord | OperatorActionEventRecord | AlarmActionEventRecord | TroubleReportUpdateEventRecord | ResultEventRecord | ServiceTestEventRecord | CustomerReportEventRecord
    | ServiceProblemFinalReport | ServiceProblemReviewRequest | ServiceProblemFiguresRecord]):
    """One record of `progress`."""
