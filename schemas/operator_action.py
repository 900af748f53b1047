"""What is read from `operator-actions`: what operators do to alarm records and to commands. Tolerant: more fields are ignored.

Other spellings of these fields and actions are accepted too (streams/edge/requests.py); these are the ones to write.
"""

from typing import Literal

from pydantic import AwareDatetime, Field

from schemas.alarm import Word
from schemas.restoration_result import Inbound


class OperatorAction(Inbound):
    """One action of one operator."""

    id: Word | None = None
    """The request's own id."""
    action: Literal[
        "ack", "unack", "clear", "close", "comment", "shelve", "unshelve", "release", "group", "ungroup",
        "hold", "wait", "resolve", "reopen", "cancel", "problem-group", "problem-ungroup", "move", "split", "reject", "merge", "confirm-cause", "reject-cause", "undo", "halt", "resume", "reset-breaker", "approve", "report-figures",
        "reset-learned", "freeze-learning", "thaw-learning", "snapshot-impacts", "forget-products", "test", "audit"]
    """Of an alarm record: ack, unack, clear, close, comment, shelve, unshelve, release, and feedback: move, group, split,
    reject, ungroup. Of a problem's life: hold (waits on us or a supplier), wait (on its requester), resume, resolve,
    reopen, cancel (it was a false alarm), close, comment. Problems under another: problem-group (`into`: the parent), problem-ungroup. Feedback on a problem: merge, confirm-cause, reject-cause. Of an earlier feedback: undo. Of all restoration
    commands: halt, resume (without a target), reset-breaker. Of a command proposed under mode advise: approve.
    Of management: report-figures (of a day). Of all that is learnt of
    alarm types: reset-learned, freeze-learning, thaw-learning. Of the present impact on customers, told again: snapshot-impacts.
    test, audit: run a test of topology.yaml (`test`) of an `object`, or for a problem (`target`)."""
    products: list[Word] | None = Field(None, max_length=1000)
    """To forget-products: those of which all that was told on customer-impacts is withdrawn; `spm forget` finds a customer's."""
    test: Word | None = None
    """To test and audit: the test's name in topology.yaml."""
    target: Word | list[Word] | None = None
    """Alarm record id, or up to 100 of them; to release, close and comment: a problem's id too; to act on
    a problem's life, merge,
    confirm-cause and reject-cause: the problem's id, or an alarm's that is in it; to undo: the id that the answer told in `feedback`; to approve: the id of the proposal or of its
    problem; to report-figures: a UTC day as 2026-01-31, "all", or nothing for today. To snapshot-impacts:
    a product, customer or service, or nothing for all. Nothing for halt, reset-breaker, resume of all commands and what is learnt."""
    into: Word | None = None
    """To move, group and merge: the problem that the target joins, or an alarm record that is in it."""
    alarms: list[Word] | None = None
    """To split, where `target` is the problem: the alarm records that become one of their own."""
    object: Word | None = None
    """To confirm-cause and reject-cause: the object that is, or is not, the cause of the problem."""
    until: AwareDatetime | None = None
    """To shelve: until when; else `for`, else 2 h."""
    for_: str | None = Field(None, alias="for", pattern=r"^[0-9]+[smhd]$")
    """To shelve: for how long, such as 30m."""
    episode: int | None = Field(None, ge=1)
    """The episode of the alarm that is meant, as its record tells it; refused where the alarm is in another by now."""
    user: str = ""
    text: str = ""
    """Why; the first 256 characters are kept."""
    at: AwareDatetime | None = None
    """When it was done; when the record arrived where absent."""
