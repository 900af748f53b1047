"""Customer ids as keyed pseudonyms: with a key no id of a customer gets beyond where topology.yaml, inventory and requests are read.

The same id and key give the same pseudonym, so what customers' systems know by id they find by asking whoever has the key:
HMAC-SHA-256 of the id, the first 80 bits in hex after `c-`. Another key makes other customers of all.
"""

import hmac
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import msgspec

from streams.domain.network import Network, Product

Pseudonym = Callable[[str], str]
"""A customer's id -> what it is called from here on; "" stays."""
LEAST = 16
"""Bytes of a key that cannot be guessed."""


def as_they_are(customer: str) -> str:
    """Call customers by their ids: there is no key."""
    return customer


def keyed(key: bytes) -> Pseudonym:
    """Return how customers are called under a key."""
    def pseudonym(customer: str) -> str:
        return customer and f"c-{hmac.new(key, customer.encode(), sha256).hexdigest()[:20]}"
    return pseudonym


def read_key(path: Path | None) -> Pseudonym:
    """Return how customers are called: under the key in a file, by their ids where there is none; ValueError for a key that is too short, OSError."""
    if path is None:
        return as_they_are
    key = path.read_bytes().strip()
    if len(key) < LEAST:
        raise ValueError(f"{path} has {len(key)} bytes; a key has at least {LEAST}, made by `openssl rand -hex 32`")
    return keyed(key)


def without_ids(network: Network, pseudonym: Pseudonym) -> Network:
    """Return a network whose customers are called so."""
    if pseudonym is as_they_are:
        return network
    return msgspec.structs.replace(network, products={service: tuple(_named(product, pseudonym) for product in of) for service, of in network.products.items()})


def _named(product: Product, pseudonym: Pseudonym) -> Product:
    return msgspec.structs.replace(product, customer=pseudonym(product.customer))
