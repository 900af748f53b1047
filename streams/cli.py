"""`spm`: arguments in, calls out.

Every option can come from the environment as SPM_<OPTION>. What a person got wrong is told in one line on stderr with
status 2, what the world got wrong in one line with status 1; a traceback is a bug of ours.
"""

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import uvloop
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from typer.main import get_command

if TYPE_CHECKING:
    from streams.edge.topology_file import Topology
    from streams.settings import Settings

app = typer.Typer(
    name="spm", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Service Problem Management: alarms in; located problems, trouble reports, restoration commands and customer impact out.")
topics_app = typer.Typer(no_args_is_help=True, help="Create and verify the topics in Kafka.")
app.add_typer(topics_app, name="topics")
_errors = Console(stderr=True)

TopologyPath = Annotated[Path | None, typer.Option("--topology", "-t", envvar="SPM_TOPOLOGY", help="Path of topology.yaml.", show_default="topology.yaml")]
DataPath = Annotated[Path | None, typer.Option("--data", envvar="SPM_DATA", help="Folder of state.", show_default=".spm")]
Bootstrap = Annotated[str | None, typer.Option("--bootstrap", envvar="SPM_BOOTSTRAP", help="Kafka's bootstrap servers.", show_default="none")]
Group = Annotated[str | None, typer.Option("--group", envvar="SPM_GROUP", help="Consumer group.", show_default="spm")]
Prefix = Annotated[str | None, typer.Option("--prefix", envvar="SPM_PREFIX", help="Put before the name of every topic written.", show_default="none")]
Instance = Annotated[str | None, typer.Option("--instance", envvar="SPM_INSTANCE", help="Stable name of this worker.", show_default="host name")]
Clock = Annotated[str | None, typer.Option("--clock", envvar="SPM_CLOCK", help="What makes time pass: wall (live) or event (backfill).", show_default="wall")]
CommitInterval = Annotated[str | None, typer.Option("--commit-interval", envvar="SPM_COMMIT_INTERVAL", help="How long a unit of work stays open, 1ms to 5s.", show_default="20ms")]
HttpPort = Annotated[str | None, typer.Option("--http-port", metavar="PORT", envvar="SPM_HTTP_PORT", help="TCP port that takes alarms; 0: none.", show_default="8642")]
MetricsPort = Annotated[str | None, typer.Option("--metrics-port", metavar="PORT", envvar="SPM_METRICS_PORT", help="TCP port of Prometheus metrics; 0: none.", show_default="9464")]


class Mistake(Exception):
    """What a person got wrong; its text is the one line they are told."""


@contextmanager
def _plainly() -> Iterator[None]:
    """Turn what people and the world get wrong into one line and a status."""
    from confluent_kafka import KafkaException

    from streams.edge.story import StoryError
    from streams.edge.topology_finding import TopologyError
    from streams.engine.fatal import Fatal, Refused
    from streams.settings import SettingsError

    try:
        yield
    except (Mistake, SettingsError, StoryError, TopologyError) as mistake:
        lines = str(mistake).splitlines() or [type(mistake).__name__]
        _fail(lines[0] + (f" (and {len(lines) - 1} more; `spm check` tells all)" if isinstance(mistake, TopologyError) and len(lines) > 1 else ""), 2)
    except Refused as refused:
        _fail(str(refused), 78)  # EX_CONFIG: whoever supervises need not try again
    except Fatal as fatal:
        _fail(str(fatal), 70)
    except KafkaException as error:
        _fail(f"Kafka: {error.args[0].str() if error.args and hasattr(error.args[0], 'str') else error}", 1)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")  # whoever read us has gone: nobody to tell
        raise SystemExit(1) from None
    except OSError as error:
        _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error), 1)


def _fail(message: str, status: int) -> None:
    _errors.print(f"spm: {message}", highlight=False, markup=False, soft_wrap=True)
    raise SystemExit(status)


def _settings(**options: Any) -> "Settings":
    from streams.settings import read_settings

    return read_settings(**options)


def _load(path: Path) -> "Topology":
    from streams.edge.topology_file import load

    _need(path)
    return load(path)


def _need(topology: Path) -> None:
    if not topology.is_file():
        raise Mistake(f"{topology}: there is no such topology file; name one with --topology or SPM_TOPOLOGY")


def _existing(paths: list[str]) -> list[str]:
    for path in paths:
        if path != "-" and not Path(path).is_file():
            raise Mistake(f"{path}: there is no such file of alarms")
    return paths


@app.command(epilog="Example:  spm run alarms.ndjson.gz --topology topology.yaml --speed 300")
def run(
    alarms: Annotated[list[str] | None, typer.Argument(help="Recorded alarms, one JSON a line; .gz too; - is standard input.", show_default="HTTP alone")] = None,
    topology: TopologyPath = None,
    speed: Annotated[float, typer.Option(help="Play the recording so many times as fast as it was, its times shifted to now; 0: at once, with its own times.")] = 0.0,
    story: Annotated[Path | None, typer.Option(help="Play a story file (tests/scenarios/*.yaml) with its own topology.")] = None,
    exit_: Annotated[bool, typer.Option("--exit", help="End when the feed has been worked off.")] = False,
    data: DataPath = None, clock: Clock = None, http_port: HttpPort = None, metrics_port: MetricsPort = None,
) -> None:
    """Run the whole processor in one process, without Kafka, on a durable log of its own.

    Alarms come from files, standard input and HTTP (POST /alarms on the loopback interface).
    """
    from streams.edge.logs import log_to_stderr
    from streams.edge.story import read_story
    from streams.edge.topology_file import from_text
    from streams.live import Plan, run_live
    from streams.replay import read_lines

    with _plainly():
        if speed < 0:
            raise Mistake(f"--speed {speed:g} is below 0")
        if story is not None and alarms:
            raise Mistake("a story brings its own alarms; leave the files out")
        settings = _settings(topology=topology, data=data, clock=clock, http_port=http_port, metrics_port=metrics_port)
        out = Console(highlight=False)
        if story is not None:
            told = read_story(story)
            out.print(f"{told.name}: {told.sentence}", markup=False, soft_wrap=True)
            plan = Plan([(each.topic, each.line) for each in told.inputs], speed or 60.0, told.until, exit_when_done=exit_)
            network = from_text(told.topology, story.parent, str(story))
        else:
            network, paths = _load(settings.topology), _existing(alarms or [])
            files = [path for path in paths if path != "-"]
            plan = Plan((("", line) for line in read_lines(files)), speed if files else 0.0, stdin="-" in paths, exit_when_done=exit_)
        log_to_stderr(logging.WARNING)
        board = asyncio.run(run_live(settings, network, plan, out))
        for sentence in () if out.is_terminal else board.summary():  # A terminal's last picture ends with them.
            out.print(sentence, markup=False, soft_wrap=True)


@app.command(epilog="Example:  SPM_BOOTSTRAP=127.0.0.1:9092 SPM_INSTANCE=w1 spm worker --topology topology.yaml")
def worker(
    topology: TopologyPath = None, bootstrap: Bootstrap = None, group: Group = None, instance: Instance = None, prefix: Prefix = None, data: DataPath = None,
    clock: Clock = None, commit_interval: CommitInterval = None, metrics_port: MetricsPort = None,
) -> None:
    """Run one worker of a consumer group on Kafka until SIGTERM. Start more of them for more alarms; create the topics first (spm topics apply)."""
    with _plainly():
        settings = _settings(
            topology=topology, bootstrap=bootstrap, group=group, instance=instance, prefix=prefix, data=data, clock=clock,
            commit_interval=commit_interval, metrics_port=metrics_port)
        settings.kafka_config()
        _need(settings.topology)
        from streams.app import run_worker

        raise SystemExit(uvloop.run(run_worker(settings)) or 0)


@app.command(epilog="Example:  spm replay alarms.ndjson.gz --topology topology.yaml --out replayed")
def replay(
    alarms: Annotated[list[str], typer.Argument(help="Recorded alarms, one JSON a line; .gz too; - is standard input.")],
    out: Annotated[Path, typer.Option(help="Folder for problems.ndjson, events/, trace.ndjson, learned.json, summary.json.")],
    topology: TopologyPath = None,
    format_: Annotated[str, typer.Option("--format", help="Format of the lines: tmf642, ves, 3gpp, alertmanager, auto.")] = "tmf642",
    drain: Annotated[bool, typer.Option("--drain", help="Let everything pending come due after the last alarm.")] = False,
) -> None:
    """Put recorded alarms through the same code, as fast as it goes, in event time: the same input gives the same bytes."""
    with _plainly():
        from streams.edge.formats import FORMATS

        if format_ not in FORMATS:
            raise Mistake(f"--format {format_}: there is no such format; known are {', '.join(FORMATS)}")
        settings, paths = _settings(topology=topology), _existing(alarms)
        network = _load(settings.topology)
        if out.exists() and not out.is_dir():
            raise Mistake(f"{out}: is a file, not a folder")
        from streams.replay import replay as replay_files

        with _counting("replayed", "lines") as count:
            summary = replay_files(paths, network, out, format_, drain, count)
        told = ", ".join(f"{n} {word}" for word, n in summary.dispositions.items())
        problems = ", ".join(f"{n} {word}" for word, n in summary.problems.items())
        Console().print(f"{summary.lines} lines in {summary.seconds:.2f} s: {told or 'nothing'}; problems: {problems or 'none'}; see {out}", highlight=False, soft_wrap=True)


@app.command("replay-inboxes", epilog="Example:  spm replay-inboxes --bootstrap 127.0.0.1:9092 --group spm --topology topology.yaml")
def replay_inboxes(topology: TopologyPath = None, bootstrap: Bootstrap = None, group: Group = None, prefix: Prefix = None) -> None:
    """Fold what the stages of a group have read, as Kafka recorded it, and compare with what its workers published: byte for byte.

    The workers must be stopped or idle. Status 1 where something differs; the first difference of each topic is told.
    """
    with _plainly():
        settings = _settings(topology=topology, bootstrap=bootstrap, group=group, prefix=prefix)
        settings.kafka_config()
        network = _load(settings.topology)
        from streams.recorded import compare

        with _counting("replayed", "records") as count:
            verdict = compare(network, settings, count)
        out = Console(highlight=False)
        for line in verdict.differences:
            out.print(line, markup=False, soft_wrap=True)
        read = ", ".join(f"{n:,} of {inbox}" for inbox, n in verdict.records.items())
        out.print(f"{read}; partitions were taken over {verdict.takings} times; {verdict.compacted} outputs compacted away since", markup=False, soft_wrap=True)
        if verdict.differences:
            _fail("the recorded inboxes do not give what was published: another revision, topology or policy decided it, or something is wrong", 1)
        out.print(f"equal: {sum(verdict.outputs.values()):,} outputs", markup=False, soft_wrap=True)


@topics_app.command("apply", epilog="Example:  spm topics apply --bootstrap 127.0.0.1:9092 --topology topology.yaml")
def topics_apply(topology: TopologyPath = None, bootstrap: Bootstrap = None, group: Group = None, prefix: Prefix = None) -> None:
    """Create the topics that are missing and verify the rest; nothing is ever changed or deleted. Status 1 where one differs."""
    with _plainly():
        settings = _settings(topology=topology, bootstrap=bootstrap, group=group, prefix=prefix)
        config, network = settings.kafka_config(), _load(settings.topology)
        from streams.app import topics_wanted
        from streams.engine.topics import Verdict, apply

        findings = apply(config, topics_wanted(network, settings))
        out = Console(highlight=False)
        for finding in findings:
            out.print(f"{finding.verdict.value:<8} {finding.topic}  {finding.detail}" + (f"\n         {finding.mend}" if finding.mend else ""), markup=False, soft_wrap=True)
        if differing := sum(finding.verdict is Verdict.DIFFERS for finding in findings):
            _fail(f"{differing} of {len(findings)} topics differ from what is wanted", 1)


@app.command(epilog="Example:  spm check topology.yaml")
def check(topology: Annotated[Path | None, typer.Argument(envvar="SPM_TOPOLOGY", help="Path of topology.yaml.", show_default="topology.yaml")] = None) -> None:
    """Validate a topology: what is wrong, with lines, and the sizes of its correlation domains. Status 1 where it would be refused."""
    with _plainly():
        from streams.edge.check_report import run_check

        raise SystemExit(run_check(_settings(topology=topology).topology))


@app.command(epilog="Example:  spm tables --data .spm")
def tables(data: DataPath = None) -> None:
    """List the tables in a folder of state, with their rows. The process that owns the folder must not be running."""
    with _plainly():
        from streams.tables import tables_of

        found = tables_of(_settings(data=data).data)
        if not found:
            raise Mistake("there is no state in this folder; name one with --data or SPM_DATA")
        Console().print(found)


@app.command(epilog="Example:  spm bench --bootstrap 127.0.0.1:9092 --json > bench.json")
def bench(
    bootstrap: Bootstrap = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")] = False,
    large: Annotated[bool, typer.Option("--large", help="Measure the restart with 500,000 alarm records instead of 100,000.")] = False,
) -> None:
    """Measure alarms/s and latency of the whole pipeline on a real Kafka, and stock Faust on the same topic.

    Without --bootstrap a Kafka is found or started: Docker, or Java and Maven. It makes topics of its own and deletes them again.
    """
    with _plainly():
        from streams.bench.run import run as run_bench

        raise SystemExit(run_bench(_settings(bootstrap=bootstrap).bootstrap, as_json, with_restart=large))


@contextmanager
def _counting(verb: str, unit: str) -> Iterator[Callable[[int], None]]:
    """Show progress on stderr where that is a terminal."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(pulse_style="cyan"), TextColumn("{task.completed:,} " + unit), TimeElapsedColumn())
    with Progress(*columns, console=_errors, transient=True, disable=not _errors.is_terminal) as progress:
        task = progress.add_task(verb, total=None)
        yield lambda done: progress.update(task, completed=done)


def main() -> None:
    """Run the command line."""
    try:
        status = get_command(app)(standalone_mode=False)
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except Exception as error:
        # Usage errors are click's, and typer may bring a click of its own: known by what they can do.
        told = getattr(error, "format_message", None)
        if told is None:
            raise
        if type(error).__name__ == "NoArgsIsHelpError":
            raise SystemExit(0) from None  # the help has been printed
        _fail(f"{' '.join(told().split())} See `spm --help`.", 2)
    raise SystemExit(status if isinstance(status, int) else 0)
