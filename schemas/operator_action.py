"""What is read from `operator-actions`: what operators do to alarm records and to commands. Tolerant: more fields are ignored.

Other spellings of these fields and actions are accepted too (streams/edge/requests.py); these are the ones to write.
"""

from typing import Literal

from pydantic import AwareDatetime

from schemas.alarm import Word
from schemas.restoration_result import Inbound


class OperatorAction(Inbound):
    """One action of one operator."""

    id: Word | None = None
    """The request's own id."""
    action: Literal["ack", "unack", "clear", "close", "comment", "halt", "resume", "reset-breaker", "approve"]
    """Of an alarm record: ack, unack, clear, close, comment. Of all restoration commands: halt, resume, reset-breaker.
    Of a command proposed under mode advise: approve."""
    target: Word | None = None
    """Alarm record id; to approve: the id of the proposal or of its problem. Nothing for halt, resume and reset-breaker."""
    user: str = ""
    text: str = ""
    """Why; the first 256 characters are kept."""
    at: AwareDatetime | None = None
    """When it was done; when the record arrived where absent."""
