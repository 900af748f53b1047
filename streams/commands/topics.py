"""`spm topics`: the topics in Kafka, and who may do what with them."""

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from streams.commands.options import Bootstrap, Group, Prefix, TopologyPath
from streams.commands.plainly import Mistake, fail, load_topology, plainly, say, settings_of

if TYPE_CHECKING:
    from streams.engine.acls import Grant


class Acls(Enum):
    """What is done about access control lists."""

    PRINT = "print"
    SET = "set"


Replication = Annotated[str | None, typer.Option("--replication", metavar="COPIES", envvar="SPM_REPLICATION", help="Copies of each partition, 3 where a broker may fail; with it min.insync.replicas is one fewer (SPM_MIN_INSYNC_REPLICAS).", show_default="the cluster's")]
AclsOption = Annotated[Acls | None, typer.Option("--acls", help="Print the access control lists that each role needs, or set them; topics are left as they are.", show_default="neither")]
Principals = Annotated[list[str] | None, typer.Option("--principal", metavar="ROLE=PRINCIPAL", help="Whom a role's lists are for, as often as needed; only these roles are then meant.", show_default="User:spm-ROLE for every role")]


def topics_apply(topology: TopologyPath = None, bootstrap: Bootstrap = None, group: Group = None, prefix: Prefix = None, replication: Replication = None, acls: AclsOption = None, principal: Principals = None) -> None:
    """Create the topics that are missing and verify the rest; nothing is ever changed or deleted. Status 1 where one differs."""
    with plainly():
        settings = settings_of(topology=topology, bootstrap=bootstrap, group=group, prefix=prefix, replication=replication)
        config, network = settings.kafka_config(), load_topology(settings.topology)
        from streams.engine.topics import Verdict, apply
        from streams.flow_topics import topics_wanted

        if acls is not None:
            from streams.access import grants

            _lists(acls, config, _whose(principal or [], grants(network, settings)))
            return
        if principal:
            raise Mistake("--principal says whom --acls is for; say --acls print or --acls set.")
        findings = apply(config, topics_wanted(network, settings))
        out = Console(highlight=False)
        for finding in findings:
            out.print(f"{finding.verdict.value:<8} {finding.topic}  {finding.detail}" + "".join(f"\n         {mend}" for mend in finding.mend), markup=False, soft_wrap=True)
        if differing := sum(finding.verdict is Verdict.DIFFERS for finding in findings):
            fail(f"{differing} of {len(findings)} topics differ from what is wanted", 1)


def _whose(told: list[str], roles: dict[str, list["Grant"]]) -> dict[str, tuple[str, list["Grant"]]]:
    """Return role -> (principal, what it may do)."""
    if not told:
        return {role: (f"User:spm-{role}", may) for role, may in roles.items()}
    found = {}
    for each in told:
        role, _, principal = each.partition("=")
        if role not in roles or ":" not in principal:
            raise Mistake(f"--principal {each!r}: say ROLE=User:NAME, with a role of {', '.join(roles)}.")
        found[role] = (principal, roles[role])
    return found


def _lists(acls: Acls, config: dict[str, str], whose: dict[str, tuple[str, list["Grant"]]]) -> None:
    from streams.engine.acls import allow, command

    if acls is Acls.SET:
        wanted: dict[str, list[Grant]] = {}
        for principal, may in whose.values():
            wanted.setdefault(principal, []).extend(may)
        say(f"{allow(config, wanted)} access control lists are set for {', '.join(wanted)}")
        return
    out = Console(highlight=False)
    for role, (principal, may) in whose.items():
        out.print(f"# {role}", markup=False)
        for grant in may:
            out.print(command(config["bootstrap.servers"], principal, grant), markup=False, soft_wrap=True)
