"""What `spm check` prints: the sections of a topology, the sizes of its domains, and what was found wrong or odd."""

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from streams.domain.plural import number
from streams.edge.topology_check import LARGE_DOMAIN, Checked, check, domain_sizes
from streams.edge.topology_file import Topology
from streams.edge.topology_finding import Finding

SHOWN_DOMAINS = 15
STYLES = {"error": "bold red", "warning": "yellow", "note": "dim"}


def run_check(path: str | Path, console: Console | None = None) -> int:
    """Check a file, print the report, and return the exit status: 1 where the file would be refused, else 0."""
    checked = check(path)
    (console or Console()).print(report(str(path), checked), soft_wrap=True)
    return 1 if checked.refused else 0


def report(name: str, checked: Checked) -> RenderableType:
    """Lay out all that was found about one file."""
    parts: list[RenderableType] = []
    if checked.topology is not None:
        parts += [_sections(checked.topology), _domains(checked.topology)]
    parts += [_line(finding) for finding in checked.findings]
    parts.append(Text(_verdict(name, checked), style="bold red" if checked.refused else "bold green"))
    return Group(*parts)


def section_counts(topology: Topology) -> Iterator[tuple[str, str]]:
    """Yield each section's name and what it holds, in words."""
    network = topology.network
    services = sum(node.is_service for node in network.nodes.values())
    exceptions = len(network.mode_by_domain) + len(network.mode_by_cause)
    yield "version", topology.version[:16]
    yield "mode", topology.mode + (f", {number(exceptions, 'exception')}" if exceptions else "")
    yield "feeds", ", ".join(f"{feed.topic} ({feed.format})" for feed in topology.feeds)
    yield "streams", f"{len(topology.streams)} with settings of their own"
    yield "resources", f"{len(network.nodes) - services:,}, {number(len(topology.aliases), 'alias', 'aliases')}"
    yield "dependencies", f"{sum(map(len, network.depends.values())):,}"
    yield "services", f"{services:,}"
    yield "products", f"{sum(map(len, network.products.values())):,}"
    yield "slas", ", ".join(network.slas) or "none"
    yield "effects", number(len(network.effects), "rule")
    yield "restoration", number(len(network.restoration), "action")


def _sections(topology: Topology) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, holds in section_counts(topology):
        table.add_row(Text(name, style="bold"), Text(holds))
    return table


def _domains(topology: Topology) -> Table:
    sizes = domain_sizes(topology.network)
    table = Table("domain", "objects", box=None, pad_edge=False, title=number(len(sizes), "correlation domain"), title_justify="left")
    table.columns[1].justify = "right"
    for domain, size in list(sizes.items())[:SHOWN_DOMAINS]:
        table.add_row(Text(domain), Text(f"{size:,}", style="yellow" if size > LARGE_DOMAIN else ""))
    if len(sizes) > SHOWN_DOMAINS:
        table.add_row(Text(f"and {len(sizes) - SHOWN_DOMAINS:,} smaller"), Text(f"{sum(list(sizes.values())[SHOWN_DOMAINS:]):,}"))
    return table


def _line(finding: Finding) -> Text:
    return Text.assemble((f"{finding.severity}: ", STYLES[finding.severity]), str(finding))


def _verdict(name: str, checked: Checked) -> str:
    counts = {severity: sum(f.severity == severity for f in checked.findings) for severity in STYLES}
    told = ", ".join(f"{count} {severity}{'s' if count > 1 else ''}" for severity, count in counts.items() if count)
    return f"{name} is refused: {told}" if checked.refused else f"{name} is valid" + (f": {told}" if told else "")
