"""`spm`: arguments in, calls out; here every command is named, with its example.

Every option can come from the environment as SPM_<OPTION>. What a person got wrong is told in one line on stderr with
status 2, what the world got wrong in one line with status 1; a traceback is a bug of ours.
"""

import typer
from typer.main import get_command

from streams.commands import (
    benching,
    dead_letters,
    explaining,
    failover,
    feeds,
    forgetting,
    gateway,
    inspecting,
    learned,
    naming,
    processing,
    replaying,
    tables,
    topics,
    topology,
    upgrade,
)
from streams.commands.plainly import fail

app = typer.Typer(
    name="spm", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Service Problem Management: alarms in; located problems, trouble reports, restoration commands and customer impact out.")
topics_app = typer.Typer(no_args_is_help=True, help="Create and verify the topics in Kafka.")
app.add_typer(topics_app, name="topics")
topology_app = typer.Typer(no_args_is_help=True, help="Have another topology.yaml take effect while the processor runs.")
app.add_typer(topology_app, name="topology")
letters_app = typer.Typer(no_args_is_help=True, help="What could not be read: look at it, and read it again once that is mended.")
app.add_typer(letters_app, name="dead-letters")
feeds_app = typer.Typer(no_args_is_help=True, help="How the feeds stand; read a paused one again.")
app.add_typer(feeds_app, name="feeds")
learned_app = typer.Typer(no_args_is_help=True, help="Which alarm types are learnt to cause which, and how long repairs take; forget, freeze or keep it.")
app.add_typer(learned_app, name="learned")
failover_app = typer.Typer(no_args_is_help=True, help="Go on at a cluster that this one was mirrored to (runbook disaster-recovery).")
app.add_typer(failover_app, name="failover")
upgrade_app = typer.Typer(no_args_is_help=True, help="Between two revisions: what is in force, and when there is no way back.")
app.add_typer(upgrade_app, name="upgrade")
tables_app = typer.Typer(help="What is remembered: list the tables in a folder of state; write them to a file and back; the open problems; tell them again.")
app.add_typer(tables_app, name="tables")

app.command(epilog="Example:  spm run alarms.ndjson.gz --topology topology.yaml --speed 300")(processing.run)
app.command(epilog="Example:  SPM_BOOTSTRAP=127.0.0.1:9092 SPM_INSTANCE=w1 spm worker --topology topology.yaml")(processing.worker)
app.command(epilog="Example:  SPM_HTTP_TOKEN_FILE=/run/secrets/tokens spm gateway --bootstrap 127.0.0.1:9092 --topology topology.yaml --bind 0.0.0.0")(gateway.gateway)
app.command(epilog="Example:  spm replay alarms.ndjson.gz --topology topology.yaml --out replayed")(replaying.replay)
app.command("replay-inboxes", epilog="Example:  spm replay-inboxes --bootstrap 127.0.0.1:9092 --group spm --topology topology.yaml")(replaying.replay_inboxes)
topics_app.command("apply", epilog="Example:  spm topics apply --bootstrap 127.0.0.1:9092 --topology topology.yaml")(topics.topics_apply)
topology_app.command("apply", epilog="Example:  spm topology apply --bootstrap 127.0.0.1:9092 --topology topology.yaml --user eva")(topology.apply)
letters_app.command("list", epilog="Example:  spm dead-letters list --feed alarms-ran --summary")(dead_letters.list_)
letters_app.command(epilog="Example:  spm dead-letters show alarms-ran/0/17")(dead_letters.show)
letters_app.command(epilog="Example:  spm dead-letters redrive --feed alarms-ran --reason no-cause")(dead_letters.redrive)
feeds_app.command("list", epilog="Example:  spm feeds list --topology topology.yaml")(feeds.list_)
feeds_app.command(epilog="Example:  spm feeds resume alarms-ran --partition 2")(feeds.resume)
learned_app.command("list", epilog="Example:  spm learned list --topology topology.yaml --limit 50")(learned.list_)
learned_app.command(epilog="Example:  spm learned repairs --limit 50")(learned.repairs)
learned_app.command(epilog="Example:  spm learned export learned.json --topology topology.yaml")(learned.export)
learned_app.command(epilog="Example:  spm learned reset --user eva")(learned.reset)
learned_app.command(epilog="Example:  spm learned freeze --user eva")(learned.freeze)
learned_app.command(epilog="Example:  spm learned thaw --user eva")(learned.thaw)
app.command(epilog="Example:  spm check topology.yaml;  spm check --state --bootstrap 127.0.0.1:9092")(inspecting.check)
app.command(epilog="Example:  spm forget cust-12 --bootstrap 127.0.0.1:9092 --topology topology.yaml --user eva")(forgetting.forget)
app.command(epilog="Example:  spm names --data .spm --topology topology.yaml")(naming.names)
app.command(epilog="Example:  spm explain core-router-1 --topology topology.yaml --svg problem.svg")(explaining.explain)
failover_app.command(epilog="Example:  spm failover prepare --bootstrap kafka-spare:9092 --topology topology.yaml")(failover.prepare)
failover_app.command(epilog="Example:  spm failover mend --bootstrap kafka-spare:9092 --topology topology.yaml")(failover.mend)
upgrade_app.command(epilog="Example:  spm upgrade status --bootstrap 127.0.0.1:9092")(upgrade.status)
upgrade_app.command(epilog="Example:  spm upgrade finish --bootstrap 127.0.0.1:9092 --user eva")(upgrade.finish)
tables_app.callback(invoke_without_command=True, epilog="Example:  spm tables --data .spm")(tables.list_)
tables_app.command(epilog="Example:  spm tables export state.jsonl.gz --bootstrap 127.0.0.1:9092 --group spm")(tables.export)
tables_app.command("import", epilog="Example:  spm tables import state.jsonl.gz --bootstrap 127.0.0.1:9092 --group spm-2")(tables.import_)
tables_app.command(epilog="Example:  spm tables snapshot open.ndjson --bootstrap 127.0.0.1:9092")(tables.snapshot)
tables_app.command(epilog="Example:  spm tables tell --bootstrap 127.0.0.1:9092 --topology topology.yaml")(tables.tell)
app.command(epilog="Example:  spm bench --bootstrap 127.0.0.1:9092 --json > bench.json")(benching.bench)


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
        fail(f"{' '.join(told().split())} See `spm --help`.", 2)
    raise SystemExit(status if isinstance(status, int) else 0)
