"""A hand-over while a commit is under way: what is done for a partition lands before its next owner begins, or is not done."""

import asyncio
import threading

from streams.engine import host
from streams.engine.embedded import EmbeddedLog
from streams.engine.record import Closing
from tests.engine.counting import counting, run


class SlowLog(EmbeddedLog):
    """Its commits wait until they may go on."""

    def __init__(self) -> None:
        super().__init__(lambda topic: 1)
        self.may_commit = threading.Event()
        self.began = threading.Event()
        self.positions: list[dict[tuple[str, int], int]] = []

    def commit(self, closing: Closing) -> None:
        self.began.set()
        self.may_commit.wait(10)
        self.positions.append(dict(closing.positions))
        super().commit(closing)


def test_nothing_is_done_for_a_partition_once_its_hand_over_has_begun() -> None:
    async def story() -> SlowLog:
        log = SlowLog()
        app, engine = counting(log, stepped=False)
        await host.start(app, engine)
        log.append("heard", [(0, b"a", b"1", ())])
        while not log.began.is_set():
            await asyncio.sleep(0.005)
        handed_over = asyncio.create_task(engine.revoke([("heard", 0)]))
        await asyncio.sleep(0.05)
        log.append("heard", [(0, b"a", b"2", ()), (0, b"a", b"3", ())])     # they come while the commit is under way
        await asyncio.sleep(0.1)
        log.may_commit.set()
        await handed_over
        landed = len(log.positions)
        await asyncio.sleep(0.2)

        assert landed == len(log.positions)
        await host.stop(app, engine)
        return log

    assert [{("heard", 0): 1}] == run(story()).positions
