"""The `encoding:` of a feed, with its schema file read and tried: a schema that is none is told at load, not with the first record."""

from streams.edge.encodings import decoder_of
from streams.edge.feed import Encoding
from streams.edge.topology_document import Document
from streams.edge.topology_finding import TopologyError


def encoding_of(document: Document, index: int) -> Encoding:
    """Return the encoding of the feed at a place in the file; TopologyError names what is wrong with its schema file."""
    entry = document.file.feeds[index].encoding
    schema = _content(document, index, entry.file) if entry.file else b""
    framed = bool(entry.registry) or entry.framing == "confluent"
    encoding = Encoding(entry.kind, entry.registry, schema, entry.message, framed)
    if entry.file:
        try:
            decoder_of(encoding)
        except ValueError as error:
            raise _mistake(document, index, f"{entry.file}: {error}", f"compile it anew, or name another {entry.kind} schema") from None
    return encoding


def _content(document: Document, index: int, name: str) -> bytes:
    if document.folder is None:
        raise _mistake(document, index, f"{name!r} cannot be read here", "this topology came without a folder")
    path = (document.folder / name).resolve()
    if not path.is_relative_to(document.folder.resolve()):
        raise _mistake(document, index, f"{name!r} lies outside the folder of the topology", "put it beside topology.yaml or in a folder below")
    try:
        return path.read_bytes()
    except OSError as error:
        raise _mistake(document, index, f"{name!r} cannot be read: {error.strerror}", f"it is looked for as {path}") from None


def _mistake(document: Document, index: int, message: str, remedy: str) -> TopologyError:
    return TopologyError([document.finding("error", ("feeds", index, "encoding", "file"), message, remedy)])
