"""XML of NETCONF notifications, read into the dicts that the same data are as JSON: names without their namespace.

A leaf is its text, a container a dict; what comes twice is a list. lxml does it: it is well kept, its libxml2 bounds
depth and text, and it is one pass in C. Everything by which XML can do harm is off or refused before it is parsed: a
DTD (and so every entity but the five of XML itself), the network, recovery, other encodings than UTF-8.
"""

from typing import Any

from lxml import etree

from streams.edge.formats.fields import LONGEST_RECORD
from streams.edge.formats.told import Refused

_DEEPEST = 32
"""An alarm in its envelopes is 6 deep; a list of status changes 8."""
_BLANK = b" \t\r\n\xef\xbb\xbf"

_parser = etree.XMLParser(
    encoding="utf-8", resolve_entities=False, load_dtd=False, dtd_validation=False, attribute_defaults=False, no_network=True,
    huge_tree=False, recover=False, remove_comments=True, remove_pis=True, remove_blank_text=True, collect_ids=False)


def is_xml(value: bytes) -> bool:
    """Whether a record can only be XML."""
    return value[:1] == b"<" or value[:64].lstrip(_BLANK)[:1] == b"<"


def decode_xml(value: bytes) -> tuple[str, Any]:
    """Return the root's local name and its content; every way in which that fails is a `Refused`."""
    if len(value) > LONGEST_RECORD:
        raise Refused("record", "too-long", f"Send at most {LONGEST_RECORD} bytes a record; this one has {len(value)}.")
    if b"<!DOCTYPE" in value or b"<!ENTITY" in value:
        raise Refused("record", "dtd", "Send XML without a document type declaration or entities.")
    try:
        root = etree.fromstring(value.lstrip(_BLANK), _parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused("record", "not-xml", f"Send one well-formed XML document in UTF-8 a record: {str(error)[:200]}.") from None
    return _local(root.tag), _content(root, 0)


def _content(element: Any, depth: int) -> Any:
    if not len(element):
        return (element.text or "").strip()
    if depth == _DEEPEST:
        raise Refused("record", "too-deep", f"Send an alarm nested at most {_DEEPEST} deep.")
    content: dict[str, Any] = {}
    for child in element:
        name, value = _local(child.tag), _content(child, depth + 1)
        if name in content:
            before = content[name]
            if type(before) is list:
                before.append(value)
            else:
                content[name] = [before, value]
        else:
            content[name] = value
    return content


def _local(tag: str) -> str:
    return tag[tag.rfind("}") + 1:]
