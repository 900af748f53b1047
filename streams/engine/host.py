"""The Faust app that agents live in: its life, supervision and channels are Faust's; its Kafka is switched off.

Every name of Faust below its published interface that the engine relies on stands here, and nowhere else:
`BootStrategy.enable_kafka`, `App.flow_control.resume`, `App.channel(...).put`, `CrashingSupervisor`.
tests/contract/test_faust.py fails when one of them goes. Why channels and not a Faust transport: decisions/0002.
"""

import gc
import sys
import tempfile
from typing import Any

import faust
from faust.app.base import BootStrategy

PINNED = "0.15.3"


class _NoKafka(BootStrategy):
    """Agents without Faust's consumer, producer, tables and web server."""

    enable_kafka = False
    enable_web = False
    enable_sensors = False


class StreamApp(faust.App):
    """A Faust app whose agents read channels that the engine fills."""

    BootStrategy = _NoKafka


CALM = (200_000, 50, 1000)
"""The collector's thresholds once it is calmed."""


def create_app(name: str) -> StreamApp:
    """Make an app; nothing starts. The broker address and the folder are never used."""
    return StreamApp(name, broker="kafka://switched-off", web_enabled=False, autodiscover=False, stream_wait_empty=False,
                     datadir=tempfile.gettempdir(), agent_supervisor="mode.supervisors.CrashingSupervisor", logging_config=None)


def channel(app: faust.App) -> Any:
    """Make the channel of one agent."""
    return app.channel(maxsize=16)


def calm_collector() -> None:
    """Have the cycle collector leave what was built at start alone, and look less often; once in a process.

    It would walk the network and every row in memory again and again (a quarter of all time, sampled); rows are trees
    without cycles and go by reference count.
    """
    if gc.get_threshold() == CALM:
        return
    gc.collect()
    gc.freeze()
    gc.set_threshold(*CALM)


def _share_the_lock() -> None:
    """Have the event loop hand over the interpreter's lock after 0.5 ms instead of 5.

    A commit asks for it back a dozen times, after each call to the broker: at 5 ms each a busy loop makes every hop wait.
    """
    sys.setswitchinterval(0.0005)


async def start(app: faust.App, service: Any) -> None:
    """Start the agents, then the engine that feeds them."""
    calm_collector()
    _share_the_lock()
    await app.start()
    app.flow_control.resume()
    await service.start()


async def stop(app: faust.App, service: Any) -> None:
    """Stop feeding, commit what is open, then stop the agents."""
    await service.stop()
    await app.stop()
