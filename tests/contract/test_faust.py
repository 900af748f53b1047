"""What we rely on below Faust's published interface, held by tests: a new version that lacks it fails here, by name."""

import asyncio
from importlib.metadata import version

import faust
from faust.app.base import BootStrategy
from mode.supervisors import CrashingSupervisor

from streams.engine import host


def test_the_pinned_version_is_installed() -> None:
    assert version("faust-streaming") == host.PINNED


def test_kafka_can_be_switched_off() -> None:
    assert BootStrategy.enable_kafka is True
    app = host.create_app("contract")

    assert not any("Kafka" in type(service).__name__ or "Consumer" in type(service).__name__ for service in app.boot_strategy.server())


def test_agents_read_what_is_put_into_a_channel_and_crash_the_app_when_they_raise() -> None:
    async def run() -> tuple[list[int], bool]:
        app = host.create_app("contract")
        channel = host.channel(app)
        heard: list[int] = []

        @app.agent(channel, name="hear")
        async def hear(numbers: faust.StreamT) -> None:
            async for number in numbers:
                heard.append(number)
                if number == 2:
                    raise ValueError("two")

        await app.start()
        app.flow_control.resume()
        for number in (1, 2):
            await channel.put(number)
        await asyncio.sleep(0.2)
        crashed = hear.supervisor is not None and isinstance(hear.supervisor, CrashingSupervisor)
        await app.stop()
        return heard, crashed

    assert asyncio.run(asyncio.wait_for(run(), 10)) == ([1, 2], True)
