"""One order to restore, or its withdrawal, as `restoration-commands` carries it (key: the object to act on, so that its orders stay in order).

TM Forum has no such record; the shape is ours: schemas/restoration_command.py.
"""

from typing import Any

from streams.domain.command import CommandWithdrawn, RestorationCommand
from streams.domain.instant import iso


def render(command: RestorationCommand | CommandWithdrawn) -> dict[str, Any]:
    """Write one of them."""
    about = {"alarm": command.alarm, "rule": command.rule} if command.rule else {"problem": command.problem}
    if isinstance(command, CommandWithdrawn):
        return {
            "@type": "RestorationCommandWithdrawal", "id": command.id, "command": command.command, "target": {"id": command.target}, **about,
            "domain": command.domain, "withdrawnAt": iso(command.at), "reason": command.reason}
    told: dict[str, Any] = {
        "@type": "RestorationCommand", "id": command.id, "action": command.action,
        "target": {"id": command.target} | ({"type": command.target_type} if command.target_type else {}), **about, "domain": command.domain,
        "attempt": command.attempt, "attempts": command.attempts, "issuedAt": iso(command.issued_at), "notAfter": iso(command.not_after),
        "reason": command.reason, "evidence": list(command.evidence)}
    if command.alternative:
        told["alternative"] = {"id": command.alternative}
    if command.services:
        told["services"] = [{"id": name} for name in command.services]
    if command.disrupts:
        told["disrupts"] = True
    if command.repairs:
        told["definitive"] = True
    return told
