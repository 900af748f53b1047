"""One open command per protection group: which groups a command holds while it is under way."""

import msgspec

from streams.domain.around import groups
from streams.domain.command import RestorationCommand
from streams.domain.instant import Instant
from streams.domain.view import View, World


class OpenGroup(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A protection group on a member of which a command is under way."""

    command: str
    target: str
    until: Instant
    """Held no longer than this, whatever becomes of the command."""


def take(view: View, command: RestorationCommand, world: World) -> tuple[str, ...]:
    """Hold the groups of a command's target; return them."""
    found = groups(world.network, command.target, world.policy.oversee.around)
    for name in found:
        view.open_groups.put(name, OpenGroup(command.id, command.target, command.not_after))
    return found


def release(view: View, command: str, names: tuple[str, ...]) -> None:
    """Let them go."""
    for name in names:
        held: OpenGroup | None = view.open_groups.get(name)
        if held is not None and held.command == command:
            view.open_groups.delete(name)


def busy(view: View, target: str, at: Instant, world: World) -> str:
    """Say what works on another member of a group of the target, "" where nothing does."""
    if not view.open_groups.prefix("", 1):
        return ""
    for name in groups(world.network, target, world.policy.oversee.around):
        held: OpenGroup | None = view.open_groups.get(name)
        if held is not None and held.target != target and held.until > at:
            return f"command {held.command} is under way on {held.target}, which protects the same as {target}"
    return ""
