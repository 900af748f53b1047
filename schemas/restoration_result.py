"""What is read from `restoration-results`: an executor's word on a command. Tolerant: more fields are ignored.

Other spellings of these fields and outcomes are accepted too (streams/edge/requests.py); these are the ones to write.
"""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from schemas.alarm import Word


class Inbound(BaseModel):
    """Base of what we read: what is not described here is ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True, use_attribute_docstrings=True, populate_by_name=True)


class RestorationResult(Inbound):
    """What became of one command (GB921 1.4.6.3 has three outcomes: restored, restored by temporary work-around, unsuccessful)."""

    command: Word
    """Id of the command."""
    outcome: Literal["restored", "workaround", "failed", "accepted", "refused"]
    """restored; workaround: restored by a temporary work-around; failed; refused: not carried out, counts as failed;
    accepted: being carried out, no outcome yet."""
    text: str = ""
    """For people; the first 256 characters are kept."""
    at: AwareDatetime | None = None
    """When it came about; when the record arrived where absent."""
