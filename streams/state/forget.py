"""`spm forget`: which products a customer had, as far as `customer-impacts` tells, and the requests that withdraw what was told of them."""

from typing import NamedTuple

import msgspec

from streams.domain.forgotten import ACTION
from streams.edge.operator_actions import MOST_FORGOTTEN
from streams.edge.topology_file import Topology
from streams.engine.fatal import Refused
from streams.state.rows import newest
from streams.stored import Stored


class Found(NamedTuple):
    """What is told of a customer."""

    products: list[str]
    """That a record names him for, sorted."""
    records: int


class _Told(msgspec.Struct):
    product: str
    customer: str = ""


_told = msgspec.json.Decoder(_Told).decode


def found(stored: Stored, customer: str) -> Found:
    """Read `customer-impacts` to its end."""
    products: set[str] = set()
    records, wanted = 0, customer.encode()
    for _, record in stored.peek.read(stored.output("customer-impacts"), {}):
        if record.value is not None and wanted in record.value and (told := _told(record.value)).customer == customer:
            products.add(told.product)
            records += 1
    return Found(sorted(products), records)


def need_gone(stored: Stored, topology: Topology, customer: str, called: str) -> None:
    """Refuse for a customer whose products are still declared, or told as impacted: it would all be told again. `called`: his pseudonym."""
    declared = sorted({product.id for sold in topology.network.products.values() for product in sold if product.customer == customer})
    if declared:
        raise Refused(f"topology.yaml still gives this customer {len(declared)} products ({', '.join(declared[:3])}, ...): take them out and have that take effect first")
    for product, told in newest(stored, "customer-impacts").items():
        if told.get("customer") == called and told["impact"] != "none":
            raise Refused(f"product {product} is told as {told['impact']} to this customer: take it out of topology.yaml and the inventory, and let its impact end first")


def ask(stored: Stored, products: list[str], user: str) -> list[str]:
    """Write the requests; return their ids, under which `progress` answers. They name products, not the customer."""
    ids = []
    for start in range(0, len(products), MOST_FORGOTTEN):
        some = products[start:start + MOST_FORGOTTEN]
        ids.append(f"forget-{len(some)}-{some[0]}")
        stored.peek.write(stored.request("operator-actions"), [(0, None, msgspec.json.encode({"id": ids[-1], "action": ACTION, "products": some, "user": user}), ())])
    return ids
