"""One order to restore, as `restoration-commands` carries it (key: the object to act on, so that its orders stay in order).

TM Forum has no such record; the shape is ours: schemas/restoration_command.py.
"""

from typing import Any

from streams.domain.instant import iso
from streams.domain.restoration import RestorationCommand


def render(command: RestorationCommand) -> dict[str, Any]:
    """Write one command."""
    target = {"id": command.target} | ({"type": command.target_type} if command.target_type else {})
    about = {"alarm": command.alarm, "rule": command.rule} if command.rule else {"problem": command.problem}
    return {
        "@type": "RestorationCommand", "id": command.id, "action": command.action, "target": target, **about, "domain": command.domain, "attempt": command.attempt, "attempts": command.attempts,
        "issuedAt": iso(command.issued_at), "notAfter": iso(command.not_after),
        "reason": command.reason, "evidence": list(command.evidence)}
