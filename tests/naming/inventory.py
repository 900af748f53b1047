"""A network of sites with its names and, by seed, everything that feeds call its objects: each name with the truth about it.

A site has routers with interfaces, OLTs with cards, base stations with cells by distinguished names, a power system whose
name has a comma in it, and a server that is declared by its full host name. Beside them stand objects that nobody
declared, some of them with names as near as can be: those must not resolve to what they are not.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

SITES = ("ber", "muc", "ham", "cgn", "fra", "str", "dus", "lej")
ROUTERS, INTERFACES, OLTS, CARDS, STATIONS, CELLS = 2, 6, 3, 4, 2, 3
LONG, SHORT = "GigabitEthernet", "Gi"


class Spoken(NamedTuple):
    """A name as a feed writes it."""

    feed: str
    name: str
    truth: str
    """The declared object that it means, or that it lies in; "" for what nobody declared."""
    way: str
    """How it is written."""


class Site(NamedTuple):
    """The declared ids of one site."""

    name: str
    routers: list[str]
    olts: list[str]
    stations: list[str]
    power: str
    server: str


def sites() -> list[Site]:
    return [Site(
        s, [f"r{n}-{s}" for n in range(1, ROUTERS + 1)], [f"olt-{s}-{n:03}" for n in range(1, OLTS + 1)],
        [f"SubNetwork={s},ManagedElement=gnb-{s}-{n:02}" for n in range(1, STATIONS + 1)], f"CN=Rectifier\\, East,OU={s}-1,DC=net", f"ems-{s}.{s}.example.net") for s in SITES]


def resources() -> list[dict[str, Any]]:
    """The inventory as topology.yaml has it."""
    found: list[dict[str, Any]] = []
    for n, site in enumerate(sites()):
        def add(id: str, *aliases: str, site: Site = site) -> None:
            found.append({"id": id, "domain": site.name, "aliases": list(aliases)})

        for m, router in enumerate(site.routers):
            add(router, f"10.{n}.1.{m + 1}", f"2001:db8:{n:x}::{m + 1:x}")
            for port in range(INTERFACES):
                add(f"{router}/{LONG}0/0/{port}", f"{router}:ifIndex={100 + port}")
        for m, olt in enumerate(site.olts):
            add(olt, f"10.{n}.2.{m + 1}")
            for card in range(1, CARDS + 1):
                add(f"{olt}/{card}")
        for station in site.stations:
            add(station)
            for cell in range(1, CELLS + 1):
                add(f"{station},GNBDUFunction=1,NRCellDU={cell}")
        add(site.power)
        add(site.server, f"10.{n}.3.1")
    return found


FEEDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "hosts": {"names": {"suffixes": [f"{s}.example.net" for s in SITES[:3]] + ["oam.example.net"]}},
    "mobile": {"names": {"parts": ["MeContext"]}, "rewrite": [{"match": "^DC=operator\\.example,", "to": ""}]},
    "access": {"rewrite": [{"match": "^NE:([A-Z]{3}):OLT0*(\\d{1,3})$", "to": "olt-\\1-00\\2"}, {"match": "^OLT_(\\w+)_(\\d+)_SLOT(\\d+)(.*)$", "to": "olt-\\1-\\2/\\3\\4"}]},
    "probes": {"names": {"separators": "/,: @"}, "rewrite": [{"match": "^probe\\[(.*)\\]$", "to": "\\1"}]},
}
"""Feed -> its rules: four domains, one attribute type, one set of separators, four rewrite rules: ten."""


def rules() -> int:
    """How many rules the feeds declare."""
    return sum(len(feed.get("rewrite", ())) + sum(len(v) if isinstance(v, list) else 1 for v in feed.get("names", {}).values()) for feed in FEEDS.values())


def topology(with_rules: bool = True) -> dict[str, Any]:
    feeds = [{"topic": topic, "format": "tmf642", **(feed if with_rules else {})} for topic, feed in FEEDS.items()]
    return {"feeds": feeds, "network": {"resources": resources()}}


def spoken(seed: int, count: int) -> Iterator[Spoken]:
    """Yield names; of a hundred some five are of objects that nobody declared, and one in four hundred is mistyped."""
    dice = random.Random(seed)
    known, unknown = ways(dice), strangers(dice)
    for _ in range(count):
        site = dice.choice(sites())
        if dice.random() < 0.05:
            yield dice.choice(unknown)(site)
            continue
        said = dice.choice(known)(site)
        if dice.random() < 0.0025:
            at = dice.randrange(len(said.name))
            said = said._replace(name=f"{said.name[:at]}¿{said.name[at:]}", way="mistyped")
        yield said


def ways(dice: random.Random) -> list[Callable[[Site], Spoken]]:
    """Every way of writing a declared object."""
    pick, number = dice.choice, dice.randrange

    def place(site: Site) -> int:
        return SITES.index(site.name)

    def interface(site: Site, form: str, feed: str = "plain", way: str = "interface") -> Spoken:
        router, port = pick(site.routers), number(INTERFACES)
        return Spoken(feed, form.format(router=router, port=port, index=100 + port), f"{router}/{LONG}0/0/{port}", way)

    def host(site: Site) -> Spoken:
        name = pick([*site.routers, *site.olts])
        domain = f"{site.name}.example.net" if site.name in SITES[:3] else "oam.example.net"
        return Spoken("hosts", pick((f"{name}.{domain}", f"{name.upper()}.{domain}.", f"{name}.{domain}/7")), name, "host with its domain")

    def station(site: Site) -> Spoken:
        dn, cell = pick(site.stations), number(CELLS) + 1
        root, element = dn.split(",")
        forms = ((dn, dn), (f"{dn},GNBDUFunction=1,NRCellDU={cell}", f"{dn},GNBDUFunction=1,NRCellDU={cell}"), (f"{root} , {element} ,GNBCUUPFunction=2", dn),
                 (f"NRCellDU={cell},GNBDUFunction=1,{element},{root}", f"{dn},GNBDUFunction=1,NRCellDU={cell}"), (f"DC=operator.example,{dn}", dn), (f"subnetwork={site.name},managedelement={element[15:].upper()}", dn))
        return Spoken("mobile", *pick(forms), "distinguished name")

    def context(site: Site) -> Spoken:
        olt = pick(site.olts)
        return Spoken("mobile", f"SubNetwork={site.name},MeContext={olt},Port={number(9)}", olt, "value of a distinguished name")

    def power(site: Site) -> Spoken:
        form = pick(("CN=Rectifier\\2C East,OU={s}-1,DC=net", 'cn="Rectifier, East", ou={s}-1, dc=net', "DC=net,OU={s}-1,CN=Rectifier\\, East", "DC=net;OU={s}-1;CN=Rectifier\\, East;Alarm=3", "/DC=net/OU={s}-1/CN=Rectifier, East"))
        return Spoken("mobile", form.format(s=site.name), site.power, "commas in a distinguished name")

    def access(site: Site) -> Spoken:
        n = number(OLTS) + 1
        olt, slot = f"olt-{site.name}-{n:03}", number(CARDS) + 1
        return Spoken("access", *pick(((f"NE:{site.name.upper()}:OLT{n}", olt), (f"OLT_{site.name}_{n:03}_SLOT{slot}", f"{olt}/{slot}"), (f"OLT_{site.name}_{n:03}_SLOT{slot}/9", f"{olt}/{slot}"))), "vendor's name")

    def probe(site: Site) -> Spoken:
        router = pick(site.routers)
        return Spoken("probes", pick((f"probe[{router}]", f"{router}@eth7", f"probe[{router}@x]")), router, "vendor's separator")

    simple: list[Callable[[Site], Spoken]] = [
        lambda s: (lambda n: Spoken("plain", n, n, "id"))(pick([*s.routers, *s.olts, s.server, *s.stations])),
        lambda s: (lambda n: Spoken("plain", n.upper(), n, "case"))(pick([*s.routers, *s.olts])),
        lambda s: (lambda n: Spoken("plain", pick((f"10.{place(s)}.1.{n + 1}", f"10.{place(s)}.1.{n + 1}:161", f"::ffff:10.{place(s)}.1.{n + 1}", f"10.{place(s)}.1.{n + 1}/30")), s.routers[n], "IPv4"))(number(ROUTERS)),
        lambda s: (lambda n: Spoken("plain", pick((f"2001:DB8:{place(s):X}::{n + 1:X}", f"2001:0db8:{place(s):04x}:0:0:0:0:{n + 1:x}", f"[2001:db8:{place(s):x}::{n + 1:x}]:162")), s.routers[n], "IPv6"))(number(ROUTERS)),
        lambda s: (lambda n: Spoken("plain", f"{s.olts[n]}/{CARDS + 1 + number(9)}/{number(9)}", s.olts[n], "part of a device"))(number(OLTS)),
        lambda s: (lambda n, c: Spoken("plain", f"{s.olts[n]}/{c}/{number(64)}", f"{s.olts[n]}/{c}", "port of a card"))(number(OLTS), number(CARDS) + 1),
        lambda s: interface(s, pick(("{router}:Gi0/0/{port}", "{router} Gi0/0/{port}", "{router}/ge-0/0/{port}", "{router},gigabitethernet0/0/{port}"))),
        lambda s: interface(s, pick(("{router}:ifIndex.{index}", "{router} ifIndex={index}", "{router}:IF-MIB::ifIndex.{index}")), way="ifIndex"),
        lambda s: interface(s, pick(("{router}:ifDescr=GigabitEthernet0/0/{port}", "{router} ifName=Gi0/0/{port}")), way="ifDescr"),
        lambda s: interface(s, "{router}:Gi0/0/{port}.300", way="subinterface"),
        lambda s: Spoken("hosts", s.server.split(".")[0], s.server, "host without its domain") if s.name in SITES[:3] else Spoken("hosts", s.server.upper(), s.server, "case")]
    return [*simple, host, station, context, power, access, probe]


def strangers(dice: random.Random) -> list[Callable[[Site], Spoken]]:
    """Objects that nobody declared, with names that are near to declared ones."""
    def stranger(form: str, feed: str = "plain") -> Callable[[Site], Spoken]:
        return lambda site: Spoken(feed, form.format(s=site.name, S=site.name.upper(), n=dice.randrange(4, 99)), "", "not declared")

    return [
        stranger("r{n}-{s}"), stranger("olt-{s}-0{n}x"), stranger("r1-{s}.lab.example.org"), stranger("r1-{s}.{s}.example.net"), stranger("r1-{s}.lab.example.org", "hosts"),
        stranger("10.{n}.9.9"), stranger("2001:db8:ffff::{n}"), stranger("127.0.0.1:161"), stranger("fe80::{n}"), stranger("SubNetwork={s},ManagedElement=gnb-{s}-{n}", "mobile"),
        stranger("SubNetwork=xx,ManagedElement=gnb-{s}-01", "mobile"), stranger("CN=Rectifier,OU={s}-1,DC=net", "mobile"), stranger("OU={s}-1,DC=net", "mobile"), stranger("NE:{S}:OLT7{n}", "access"),
        stranger("r{n}-{s}:Gi0/0/1"), stranger("ems-{s}x"), stranger("r1-{s}@eth7"), stranger("{s}"), stranger("SubNetwork={s}", "mobile"), stranger("probe[r{n}-{s}]", "probes")]
