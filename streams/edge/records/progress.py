"""What `progress` carries: one change of a problem as TMF656 v5 ServiceProblemEventRecord (key: problem id), or one answer.

`notification` is the event TMF656 has for the change, in the TMF688 envelope; of the two spellings in the standards
we write `timeOcurred` (design section 2). What changed stands in `analyticCharacteristic` with its new value.
"""

from streams.domain.action_answer import ActionAnswered
from streams.domain.alarm_action import ActionTold
from streams.domain.customer_report import RequesterTold
from streams.domain.figures import FiguresTold
from streams.domain.final_report import FinalReport, ReviewAsked
from streams.domain.instant import iso
from streams.domain.progress import ATTRIBUTE, CREATED, STATE, Progress
from streams.domain.result_kept import ResultKept
from streams.domain.service_test import TestTold
from streams.domain.update_answer import UpdateAnswered
from streams.edge.records import figures, final_report, handling_told, service_test
from streams.edge.records.references import Json, party, text

EVENTS = {CREATED: "ServiceProblemCreateEvent", STATE: "ServiceProblemStateChangeEvent", ATTRIBUTE: "ServiceProblemAttributeValueChangeEvent"}


Told = Progress | ActionAnswered | ActionTold | UpdateAnswered | ResultKept | TestTold | RequesterTold | FinalReport | ReviewAsked | FiguresTold


def render(told: Told) -> Json:
    """Write one progress record."""
    if isinstance(told, UpdateAnswered):
        return _update_answered(told)
    if isinstance(told, TestTold):
        return service_test.told(told)
    if isinstance(told, ResultKept):
        return _kept(told)
    if isinstance(told, RequesterTold):
        return handling_told.render(told)
    if isinstance(told, FinalReport):
        return final_report.render(told)
    if isinstance(told, ReviewAsked):
        return final_report.render_review(told)
    if isinstance(told, FiguresTold):
        return figures.render(told)
    if isinstance(told, ActionTold):
        return _alarm_action(told)
    return _answered(told) if isinstance(told, ActionAnswered) else _changed(told)


def _alarm_action(told: ActionTold) -> Json:
    at = iso(told.at)
    action: Json = {
        "@type": "AlarmAction", "id": told.action, "rule": told.rule, "then": told.then, "state": told.state, "reason": told.text,
        "alarm": {"id": told.alarm, "@type": "AlarmRef", "@referredType": "Alarm"}, "alarmedObject": {"id": told.object}, "probableCause": told.cause}
    if told.name:
        action["name"] = told.name
    if told.problem:
        action["problem"] = {"id": told.problem, "@type": "ServiceProblemRef", "@referredType": "ServiceProblem"}
    return {
        "@type": "AlarmActionEventRecord", "id": told.id, "recordTime": at, "eventTime": at,
        "eventType": "AlarmActionAskedEvent" if told.state == "asked" else "AlarmActionStateChangeEvent", "domain": told.domain, "alarmAction": action}


def _kept(told: ResultKept) -> Json:
    at = iso(told.at)
    result = {"@type": "Result", "about": {"id": told.ref, "@type": f"{told.about}Ref", "@referredType": told.about}, "state": told.state, "outcome": told.outcome}
    if told.text:
        result["reason"] = told.text
    return {
        "@type": "ResultEventRecord", "id": told.id, "recordTime": at, "eventTime": at, "eventType": "ResultWithoutEffectEvent",
        **({"domain": told.domain} if told.domain else {}), "result": result}


def _answered(answer: ActionAnswered) -> Json:
    at = iso(answer.at)
    feedback = {"feedback": answer.feedback} if answer.feedback else {}
    return {
        "@type": "OperatorActionEventRecord", "id": answer.id, "recordTime": at, "eventTime": at,
        "eventType": "OperatorActionDoneEvent" if answer.done else "OperatorActionRefusedEvent", "domain": answer.domain,
        "operatorAction": {
            "@type": "OperatorAction", "id": answer.request, "action": answer.action, "target": answer.target, "user": answer.user,
            "state": "done" if answer.done else "refused", "reason": answer.why, **feedback}}


def _update_answered(answer: UpdateAnswered) -> Json:
    at = iso(answer.at)
    update: Json = {"@type": "TroubleReportUpdate", "id": answer.update, "state": "done" if answer.done else "refused", "reason": answer.why}
    if answer.report:
        update["troubleTicket"] = {"id": answer.report, "@type": "TroubleTicketRef", "@referredType": "TroubleTicket"}
    if answer.problem:
        update["problem"] = {"id": answer.problem, "@type": "ServiceProblemRef", "@referredType": "ServiceProblem"}
    if answer.number:
        update["externalIdentifier"] = answer.number
    return {
        "@type": "TroubleReportUpdateEventRecord", "id": answer.id, "recordTime": at, "eventTime": at,
        "eventType": "TroubleReportUpdateDoneEvent" if answer.done else "TroubleReportUpdateRefusedEvent", "domain": answer.domain, "troubleReportUpdate": update}


def _changed(change: Progress) -> Json:
    at, event = iso(change.at), EVENTS[change.kind]
    parties = {"relatedParty": [party(f"escalation-{level}", name) for level, name in change.parties]} if change.parties else {}
    return {
        "@type": "ServiceProblemEventRecord", "id": change.id, "recordTime": at, "eventTime": at, "eventType": event,
        "serviceProblem": {"id": change.problem, "@type": "ServiceProblemRef", "@referredType": "ServiceProblem"},
        "notification": {
            "@type": event, "@baseType": "Event", "eventId": change.id, "eventTime": at, "timeOcurred": at, "eventType": event,
            "correlationId": change.problem, "domain": change.domain, "title": event, "description": change.why, "priority": str(change.priority),
            "event": {"serviceProblem": {"id": change.problem, "status": change.status, "priority": change.priority, "@type": "ServiceProblem"}},
            "analyticCharacteristic": [text(name, value) for name, value in change.changes],
            **parties,
        },
    }
