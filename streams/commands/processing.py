"""`spm run` and `spm worker`: the processor itself, without Kafka and with it."""

import asyncio
import logging
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from streams.commands.options import Bind, Bootstrap, Clock, CommitInterval, DataPath, Group, HttpPort, Instance, MetricsPort, Prefix, TopologyPath
from streams.commands.plainly import Mistake, existing, load_topology, need_topology, plainly, settings_of


def run(
    alarms: Annotated[list[str] | None, typer.Argument(help="Recorded alarms, one JSON a line; .gz too; - is standard input.", show_default="HTTP alone")] = None,
    topology: TopologyPath = None,
    speed: Annotated[float, typer.Option(help="Play the recording so many times as fast as it was, its times shifted to now; 0: at once, with its own times.")] = 0.0,
    story: Annotated[Path | None, typer.Option(help="Play a story file (tests/scenarios/*.yaml) with its own topology.")] = None,
    exit_: Annotated[bool, typer.Option("--exit", help="End when the feed has been worked off.")] = False,
    data: DataPath = None, clock: Clock = None, bind: Bind = None, http_port: HttpPort = None, metrics_port: MetricsPort = None,
) -> None:
    """Run the whole processor in one process, without Kafka, on a durable log of its own.

    Alarms come from files, standard input and HTTP (README says which paths).
    """
    from streams import topology as flow
    from streams.edge.logs import log_to_stderr
    from streams.edge.story import TOPOLOGY, read_story
    from streams.edge.topology_file import from_text
    from streams.live import Plan, run_live
    from streams.replay import TIMES, read_lines

    with plainly():
        if speed < 0:
            raise Mistake(f"--speed {speed:g} is below 0")
        if story is not None and alarms:
            raise Mistake("a story brings its own alarms; leave the files out")
        settings = settings_of(topology=topology, data=data, clock=clock, bind=bind, http_port=http_port, metrics_port=metrics_port)
        out = Console(highlight=False)
        if story is not None:
            told = read_story(story)
            out.print(f"{told.name}: {told.sentence}", markup=False, soft_wrap=True)
            plan = Plan([(each.topic, each.line) for each in told.inputs], speed or 60.0, told.until, exit_when_done=exit_)
            network = from_text(told.topology, story.parent, str(story))
            known = ("", TOPOLOGY, *TIMES, *flow.REQUESTS, *(feed.topic for feed in network.feeds))
            if strange := next((each.topic for each in told.inputs if each.topic not in known), None):
                raise Mistake(f"{story}: nothing reads the topic {strange!r}; there are {', '.join(flow.REQUESTS)} and the feeds of its topology")
        else:
            network, paths = load_topology(settings.topology), existing(alarms or [])
            files = [path for path in paths if path != "-"]
            plan = Plan((("", line) for line in read_lines(files)), speed if files else 0.0, has_recording=bool(files), stdin="-" in paths, exit_when_done=exit_)
        log_to_stderr(logging.WARNING)
        board = asyncio.run(run_live(settings, network, plan, out))
        for sentence in () if out.is_terminal else board.summary():  # A terminal's last picture ends with them.
            out.print(sentence, markup=False, soft_wrap=True)


def worker(
    topology: TopologyPath = None, bootstrap: Bootstrap = None, group: Group = None, instance: Instance = None, prefix: Prefix = None, data: DataPath = None,
    clock: Clock = None, commit_interval: CommitInterval = None, metrics_port: MetricsPort = None,
) -> None:
    """Run one worker of a consumer group on Kafka until SIGTERM. Start more of them for more alarms; create the topics first (spm topics apply)."""
    with plainly():
        settings = settings_of(
            topology=topology, bootstrap=bootstrap, group=group, instance=instance, prefix=prefix, data=data, clock=clock,
            commit_interval=commit_interval, metrics_port=metrics_port)
        settings.kafka_config()
        need_topology(settings.topology)
        from streams.app import run_worker

        raise SystemExit(uvloop.run(run_worker(settings)) or 0)
