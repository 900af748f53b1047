"""`spm replay` and `spm replay-inboxes`: what was recorded, through the same code again."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from streams.commands.options import Bootstrap, Group, Prefix, TopologyPath
from streams.commands.plainly import Mistake, counting, existing, fail, load_topology, plainly, say, settings_of
from streams.domain.plural import number


def replay(
    alarms: Annotated[list[str], typer.Argument(help="Recorded alarms, one JSON a line; .gz too; - is standard input.")],
    out: Annotated[Path, typer.Option(help="Folder for problems.ndjson, events/, trace.ndjson, learned.json, summary.json.")],
    topology: TopologyPath = None,
    format_: Annotated[str, typer.Option("--format", help="Format of the lines: auto, tmf642, ves, 3gpp, yang, snmp, syslog, alertmanager, grafana, mapped.")] = "tmf642",
    drain: Annotated[bool, typer.Option("--drain", help="Let everything pending come due after the last alarm.")] = False,
    learned: Annotated[Path | None, typer.Option("--learned", help="What was learnt before, as `spm learned export` or a replay wrote it; with --frozen.", show_default="none")] = None,
    frozen: Annotated[bool, typer.Option("--frozen", help="Learn nothing of alarm types: decide by --learned alone.")] = False,
) -> None:
    """Put recorded alarms through the same code, as fast as it goes, in event time: the same input gives the same bytes."""
    with plainly():
        from streams.edge.formats import NAMES

        if format_ not in NAMES:
            raise Mistake(f"--format {format_}: there is no such format; known are {', '.join(NAMES)}")
        settings, paths = settings_of(topology=topology), existing(alarms)
        network = load_topology(settings.topology)
        if format_ == "mapped" and not any(feed.mapping for feed in network.feeds):
            raise Mistake("--format mapped: no feed of the topology has a mapping")
        if out.exists() and not out.is_dir():
            raise Mistake(f"{out}: is a file, not a folder")
        from streams.learned import Document, read_document
        from streams.replay import replay as replay_files

        if learned is not None and not frozen:
            raise Mistake("--learned: give --frozen too; what is learnt on top of it could not be told from it")
        if learned is not None and not learned.is_file():
            raise Mistake(f"{learned}: there is no such file of what was learnt")
        known = read_document(learned) if learned is not None else Document([]) if frozen else None

        with counting("replayed", "lines") as count:
            summary = replay_files(paths, network, out, format_, drain, count, known)
        told = ", ".join(f"{n} {word}" for word, n in summary.dispositions.items())
        problems = ", ".join(f"{n} {word}" for word, n in summary.problems.items())
        shown = Console(highlight=False)
        shown.print(f"{number(summary.lines, 'line')} in {summary.seconds:.2f} s: {told or 'nothing'}; problems: {problems or 'none'}; see {out}", soft_wrap=True)
        if summary.is_unread:
            what = f"not one of {number(summary.lines, 'line')} could be read as {format_}; see {out}/events/dead-letters.ndjson, and --format" if summary.lines else "there was no line to replay"
            fail(what, 1)
        if 2 * summary.undeclared > summary.alarms and network.network.nodes:
            few = summary.alarms - summary.undeclared
            say(f"only {few:,} of {number(summary.alarms, 'alarm')} came from objects that {settings.topology} declares: do recording and topology belong together?")


def replay_inboxes(topology: TopologyPath = None, bootstrap: Bootstrap = None, group: Group = None, prefix: Prefix = None) -> None:
    """Fold what the stages of a group have read, as Kafka recorded it, and compare with what its workers published: byte for byte.

    The workers must be stopped or idle. Status 1 where something differs; the first difference of each topic is told.
    """
    with plainly():
        settings = settings_of(topology=topology, bootstrap=bootstrap, group=group, prefix=prefix)
        settings.kafka_config()
        network = load_topology(settings.topology)
        from streams.recorded import compare

        with counting("replayed", "records") as count:
            verdict = compare(network, settings, count)
        out = Console(highlight=False)
        for line in verdict.differences:
            out.print(line, markup=False, soft_wrap=True)
        read = ", ".join(f"{n:,} of {inbox}" for inbox, n in verdict.records.items())
        out.print(f"{read}; partitions were taken over {number(verdict.takings, 'time')}; {number(verdict.compacted, 'output')} compacted away since", markup=False, soft_wrap=True)
        if verdict.differences:
            fail("the recorded inboxes do not give what was published: another revision, topology or policy decided it, or something is wrong", 1)
        out.print(f"equal: {number(sum(verdict.outputs.values()), 'output')}", markup=False, soft_wrap=True)
