"""`spm forget`: nothing that names a customer is to remain."""

from typing import Annotated

import typer

from streams.commands.options import Bootstrap, DataPath, Group, Prefix, TopologyPath
from streams.commands.plainly import load_topology, plainly, say, settings_of
from streams.domain.plural import number


def forget(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="As topology.yaml named it.")],
    user: Annotated[str, typer.Option(help="Who asks; told in the answer on progress.")] = "",
    topology: TopologyPath = None, bootstrap: Bootstrap = None, data: DataPath = None, group: Group = None, prefix: Prefix = None,
) -> None:
    """Withdraw all that customer-impacts tells of a customer's products: tombstones, so that nothing remains after compaction (two days).

    The customer's products must be out of topology.yaml and the inventory first. Requests and dead letters go by retention.
    """
    from streams.state.forget import ask, found, need_gone
    from streams.stored import stored

    with plainly():
        settings = settings_of(topology=topology, bootstrap=bootstrap, data=data, group=group, prefix=prefix)
        network = load_topology(settings.topology)
        with stored(settings) as where:
            called = settings.pseudonym()(customer)
            need_gone(where, network, customer, called)
            told = found(where, called)
            if not told.products:
                say("nothing names this customer")
                return
            ids = ask(where, told.products, user)
        say(f"asked to withdraw {number(told.records, 'record')} of {number(len(told.products), 'product')}; answered on progress as {', '.join(ids)}")
