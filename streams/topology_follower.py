"""Follows topology.yaml for one worker on Kafka: what was changed is at hand, and takes effect when somebody asks for it."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable

import msgspec

from streams.domain.level import LEVEL
from streams.edge.topology_file import Topology
from streams.edge.topology_reload import Reload
from streams.worlds import Worlds

log = logging.getLogger(__name__)

RELOADED_EVERY = 2.0
"""Seconds between two looks at topology.yaml."""
NOTICED_WITHIN = 3 * RELOADED_EVERY
"""Seconds in which every worker that runs has seen a changed file, reading it included unless it is large."""


def asked(version: str, user: str = "", unanswered: bool = False, level: int = 0) -> bytes:
    """Write the request that a version of topology.yaml take effect, or a level, or both; `unanswered`: nobody waits for an answer."""
    told: dict[str, object] = {"version": version} if version else {}
    return msgspec.json.encode(told | ({"level": level} if level else {}) | ({"unanswered": True} if unanswered else {}) | ({"user": user} if user else {}))


async def follow(worlds: Worlds, started_with: Topology, say: Callable[[str, bytes], None], file: Reload) -> None:
    """Have the file take effect that this worker was started with, if it is new to all, and when SIGHUP asks for it; have others at hand as they come.

    A file that took effect before takes effect again only when somebody asks for it: a worker that is started with an old one changes nothing.
    """
    hangup = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, hangup.set)
    newest = started_with
    if not worlds.was_in_force(newest.version):
        say("topology", asked(newest.version, unanswered=True, level=0 if worlds.in_force else LEVEL))
    elif newest.version != worlds.in_force:
        log.warning("topology.yaml is version %s, in force is %s: `spm topology apply` has it take effect", newest.version, worlds.in_force)
    while True:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(hangup.wait(), RELOADED_EVERY)
        if file.is_due and (read := await asyncio.to_thread(file.again)) is not None:
            newest = read
            worlds.take(newest)
            log.info("topology.yaml has changed and is version %s: `spm topology apply`, or SIGHUP, has it take effect", newest.version)
        if hangup.is_set():
            hangup.clear()
            say("topology", asked(newest.version, unanswered=True))
