"""`spm failover`: go on at the cluster that a lost one was mirrored to."""

from streams.commands.options import Bootstrap, Group, Prefix, TopologyPath
from streams.commands.plainly import load_topology, plainly, say, settings_of
from streams.domain.plural import number


def prepare(topology: TopologyPath = None, bootstrap: Bootstrap = None, group: Group = None, prefix: Prefix = None) -> None:
    """Find from the mirrored state where feeds and requests go on, once, before the first worker starts there."""
    from streams.domain.instant import iso
    from streams.state.failover import prepare as prepared
    from streams.stored import stored

    with plainly():
        settings = settings_of(topology=topology, bootstrap=bootstrap, group=group, prefix=prefix)
        network = load_topology(settings.topology)
        with stored(settings) as where:
            done = prepared(where, network, settings)
        for one in done.positions:
            if one.end:
                say(f"{one.topic}/{one.partition} goes on at {one.at:,} of {one.end:,}" + (f"; {number(one.named, 'lane')} found the newest record that it knew" if one.named else ""))
        if done.turned_back:
            say(f"{number(done.turned_back, 'partition')} stood in a change of the network that was not mirrored: have the inventory sent again")
        say(f"all that arrived before {iso(done.until)} was folded in every lane; what is read twice is a repeat")
        if done.in_force != network.version:
            say(f"start the workers with SPM_TOPOLOGY_STANDS_FOR={done.in_force}: nothing is decided by the lost cluster's topology.yaml any more")


def mend(topology: TopologyPath = None, bootstrap: Bootstrap = None, group: Group = None, prefix: Prefix = None) -> None:
    """Have stages that were mirrored to different moments told again what they differ in; after the sources' lists, with the workers stopped."""
    from collections import Counter

    from streams.state.failover import mend as mended
    from streams.stored import stored

    with plainly():
        settings = settings_of(topology=topology, bootstrap=bootstrap, group=group, prefix=prefix)
        with stored(settings) as where:
            told = mended(where, load_topology(settings.topology), settings)
        counts = Counter(again.inbox for again in told)
        say(f"{number(len(told), 'message')} told again" + (": " + ", ".join(f"{count:,} to {inbox}" for inbox, count in sorted(counts.items())) if told else ": the stages agree"))
