"""What operators do to alarm records: the operator's life of RFC 8632, and the clear that only they can give."""

import msgspec

from streams.domain.alarm_book import named_problem, publish
from streams.domain.alarm_record import AlarmLife, AlarmRecord, Comment
from streams.domain.messages import OperatorRequest
from streams.domain.view import Emit, View

STATES = {"ack": "ack", "unack": "none", "close": "closed"}
"""Action -> operator state."""
ACTIONS = ("ack", "unack", "clear", "close", "comment")
COMMENTS = 32
"""Comments kept per alarm record, the latest."""


def note(view: View, record: AlarmRecord, life: AlarmLife, request: OperatorRequest) -> list[Emit]:
    """Write ack, unack, close or comment into the operator's life and tell it."""
    life = msgspec.structs.replace(life, revision=life.revision + 1, changed_at=max(life.changed_at, request.at))
    if request.text:
        comments = (*life.comments, Comment(request.at, request.user, request.text[:256]))[-COMMENTS:]
        life = msgspec.structs.replace(life, comments=comments)
    if request.action in STATES:
        life = msgspec.structs.replace(life, operator_state=STATES[request.action], operator_user=request.user, operator_at=request.at)
    view.alarm_lives.put(record.id, life)
    return [publish("changed", record, life, named_problem(view, record), request.at)]
