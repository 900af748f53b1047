"""The same name written in other ways: addresses by value, host names, letter case, interfaces of a device.

Each function returns a form in which equal things are equal, or None where the text is no such thing. Nothing here
knows what is declared; `declared_names.py` compares.
"""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

_PORT = re.compile(r"(.+?):(\d{3,5})")
"""A TCP or UDP port has three digits or more as far as we are concerned: `10.7.0.1:3` is slot 3 of that device."""
_ADDRESS = re.compile(r"[0-9]+(\.[0-9]+){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*(%\w+)?")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?", re.IGNORECASE)
_TOP_LEVEL = re.compile(r"([a-z]{2,63}|xn--[a-z0-9-]+)", re.IGNORECASE)
_INTERFACE = re.compile(
    r"(?:IF-MIB::)?(?:if(?:Descr|Name)(?:\.\d+)?\s*[=: ]\s*)?(?P<kind>[a-z][a-z-]*?)[ .=-]?(?P<place>\d+(?:[/.:]\d+)*)", re.IGNORECASE)
_KINDS = {
    "fa": "fastethernet fasteth fas fe", "gi": "gigabitethernet gigabiteth gigethernet gigabit gige gig ge",
    "te": "tengigabitethernet tengigabiteth tengige tengig ten xge xe", "twe": "twentyfivegigabitethernet twentyfivegige",
    "fo": "fortygigabitethernet fortygige", "hu": "hundredgigabitethernet hundredgige hun", "eth": "ethernet",
    "po": "port-channel portchannel", "be": "bundle-ether bundleether", "lo": "loopback", "vl": "vlan", "tu": "tunnel", "se": "serial",
    "mg": "mgmteth mgmtethernet"}
KINDS = {spelling: kind for kind, spellings in _KINDS.items() for spelling in (kind, *spellings.split())}
"""Spelling -> interface type (Cisco, Huawei, Juniper's `ge-` and `xe-`). `et` is left out: of Juniper it is 40 or 100G, of Arista any."""


@lru_cache(maxsize=65536)
def without_case(name: str) -> str:
    """Return a name as it is compared where case and the width of gaps do not count."""
    return " ".join(name.casefold().split())


def address_of(name: str) -> tuple[bytes, bool] | None:
    """Return (address as bytes, whether the name means nothing but the address) of an IP address in any spelling.

    A port number means the same device; a prefix length may be one, or a slot: that is a part of the device. An address
    that many have (loopback, link-local, unspecified) is none.
    """
    text, whole = name.strip(), True
    if text.startswith("["):
        text, _, port = text[1:].partition("]")
        if port and not (port[0] == ":" and port[1:].isdigit()):
            return None
    elif "/" in text:
        text, _, length = text.partition("/")
        whole = False
        if not length.isdigit() or int(length) > 128:
            return None
    elif text.count(":") == 1 and (match := _PORT.fullmatch(text)):
        text = match[1]
    # Most names are no addresses, and finding that out by an exception costs ten times as much.
    if not _ADDRESS.fullmatch(text):
        return None
    try:
        address: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return None
        address = address.ipv4_mapped or address
    if address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast:
        return None
    return address.packed, whole


def is_host(name: str) -> bool:
    """Whether it can be a host name, with or without its domain (RFC 1123, and the underscores that networks use)."""
    return 0 < len(name) <= 253 and all(_HOST.fullmatch(label) for label in name.split("."))


def begins_as_dns(tail: str) -> bool:
    """Whether what follows `olt-7.` may be a DNS domain, so that it is another olt-7: its last label is a top-level one."""
    labels = re.split(r"[^A-Za-z0-9._-]", tail, maxsplit=1)[0].rstrip(".").split(".")
    return bool(_TOP_LEVEL.fullmatch(labels[-1])) and all(_HOST.fullmatch(label) for label in labels)


def interface_of(part: str) -> tuple[str, str] | None:
    """Return (type, place) of an interface name: `GigabitEthernet0/0/1`, `Gi0/0/1` and `ge-0/0/1` are one, on one device."""
    match = _INTERFACE.fullmatch(part.strip())
    if match is None:
        return None
    kind = match["kind"].lower().rstrip("-")
    return KINDS.get(kind, kind), match["place"]
