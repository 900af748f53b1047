"""A topology as written: its sections, the parts that `network.file` brings in, and where each row stands."""

from pathlib import Path
from typing import Any, Generic, TypeVar

from schemas.topology import TopologyFile
from streams.edge.topology_finding import Finding, TopologyError, path_text
from streams.edge.topology_rows import DependencyRow, PartRows, ProductRow, ResourceRow, Row, ServiceRow, converted, rows_of
from streams.edge.topology_shape import shaped
from streams.edge.topology_source import FilePath, Source, Stamp, stamp_at

Entry = TypeVar("Entry", bound=Row)


class Rows(Generic[Entry]):
    """The rows of one section, gathered from all files that hold some."""

    def __init__(self) -> None:
        self.all: list[Entry] = []
        self._parts: list[tuple[int, Source, FilePath]] = []

    def add(self, rows: list[Entry], source: Source, prefix: FilePath) -> None:
        """Append the rows that one file holds under `prefix`."""
        if rows:
            self._parts.append((len(self.all), source, prefix))
            self.all += rows

    def place(self, row: int, *within: str | int) -> tuple[Source, FilePath]:
        """Return the file of a row, and the path of the row, or of something within it."""
        first, source, prefix = next(part for part in reversed(self._parts) if part[0] <= row)
        return source, (*prefix, row - first, *within)


class Document:
    """All files of one topology, well shaped; nothing is known yet about what they mean together."""

    def __init__(self, source: Source, folder: Path | None, stamps: dict[str, Stamp] | None = None) -> None:
        """Read all parts; `stamps` is filled though that fails."""
        self.source, self.folder = source, folder
        self.stamps = {} if stamps is None else stamps
        """Of the files that this one names, as they were just before they were read; zeros for one that was missing."""
        self.resources: Rows[ResourceRow] = Rows()
        self.dependencies: Rows[DependencyRow] = Rows()
        self.services: Rows[ServiceRow] = Rows()
        self.products: Rows[ProductRow] = Rows()
        self.file, rows = _parted(_without_empty_network(source.plain()), source)
        if folder is not None:
            schemas = [feed.encoding.file for feed in self.file.feeds if feed.encoding.file]
            self.stamps |= {name: stamp_at(folder / name) for name in (*self.file.network.file, *schemas)}
        self._gather(rows, source, ("network",))
        for index, name in enumerate(self.file.network.file):
            part = self._included(name, index, folder)
            self._gather(rows_of(part), part, ())

    @classmethod
    def read(cls, path: str | Path, stamps: dict[str, Stamp] | None = None) -> "Document":
        """Read topology.yaml and what it includes; TopologyError names the mistakes in what is written."""
        path = Path(path)
        return cls(Source.read(path), path.resolve().parent, stamps)

    def _gather(self, part: PartRows, source: Source, under: FilePath) -> None:
        self.resources.add(part.resources, source, (*under, "resources"))
        self.dependencies.add(part.dependencies, source, (*under, "dependencies"))
        self.services.add(part.services, source, ("services",))
        self.products.add(part.products, source, ("products",))

    def _included(self, name: str, index: int, folder: Path | None) -> Source:
        where: FilePath = ("network", "file") if len(self.file.network.file) == 1 else ("network", "file", index)
        if folder is None:
            raise TopologyError(
                [
                    self.finding(
                        "error",
                        where,
                        f"{name!r} cannot be included here",
                        "this topology came without a folder; write the network into it",
                    )
                ]
            )
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise TopologyError(
                [
                    self.finding(
                        "error",
                        where,
                        f"{name!r} lies outside the folder of the topology",
                        "put it beside topology.yaml or in a folder below",
                    )
                ]
            )
        if not path.is_file():
            raise TopologyError([self.finding("error", where, f"there is no file {name!r}", f"it is looked for as {path}")])
        return Source.read(path, name)

    def finding(self, severity: str, path: FilePath, message: str, remedy: str = "") -> Finding:
        """Make a finding about a path of the main file."""
        return Finding(severity, self.source.name, self.source.line(path), path_text(path), message, remedy)

    def row_finding(self, severity: str, place: tuple[Source, FilePath], message: str, remedy: str = "") -> Finding:
        """Make a finding about a place that `Rows.place` gave."""
        source, path = place
        return Finding(severity, source.name, source.line(path), path_text(path), message, remedy)


def _parted(content: dict[str, Any], source: Source) -> tuple[TopologyFile, PartRows]:
    """Divide the main file into its few settings, without the rows, and its rows; TopologyError tells every mistake in its shape."""
    network = content.get("network", {})
    if isinstance(network, dict):
        inside = {name: network[name] for name in ("resources", "dependencies") if name in network}
        beside = {name: content[name] for name in ("services", "products") if content.get(name) is not None}
        rows = converted(inside | beside)
        if rows is not None:
            content = {name: part for name, part in content.items() if name not in beside}
            if inside:
                content["network"] = {name: part for name, part in network.items() if name not in inside}
            return shaped(TopologyFile, content, source), rows
    file = shaped(TopologyFile, content, source)
    told = file.model_dump(by_alias=True, include={"network": {"resources", "dependencies"}, "services": True, "products": True})
    rows = converted({**told.pop("network"), **told})
    assert rows is not None, "the models and the rows take the same"
    return file, rows


def _without_empty_network(content: dict[str, Any]) -> dict[str, Any]:
    """Let `resources:` with nothing under it be an empty list."""
    network = content.get("network")
    if isinstance(network, dict):
        return content | {"network": {name: part for name, part in network.items() if part is not None}}
    return content
