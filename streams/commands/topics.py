"""`spm topics`: the topics in Kafka."""

from rich.console import Console

from streams.commands.options import Bootstrap, Group, Prefix, TopologyPath
from streams.commands.plainly import fail, load_topology, plainly, settings_of


def topics_apply(topology: TopologyPath = None, bootstrap: Bootstrap = None, group: Group = None, prefix: Prefix = None) -> None:
    """Create the topics that are missing and verify the rest; nothing is ever changed or deleted. Status 1 where one differs."""
    with plainly():
        settings = settings_of(topology=topology, bootstrap=bootstrap, group=group, prefix=prefix)
        config, network = settings.kafka_config(), load_topology(settings.topology)
        from streams.app import topics_wanted
        from streams.engine.topics import Verdict, apply

        findings = apply(config, topics_wanted(network, settings))
        out = Console(highlight=False)
        for finding in findings:
            out.print(f"{finding.verdict.value:<8} {finding.topic}  {finding.detail}" + (f"\n         {finding.mend}" if finding.mend else ""), markup=False, soft_wrap=True)
        if differing := sum(finding.verdict is Verdict.DIFFERS for finding in findings):
            fail(f"{differing} of {len(findings)} topics differ from what is wanted", 1)
