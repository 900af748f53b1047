"""Deterministic ids: a hash of what makes the thing itself, beginning with its domain's short hash (design section 2)."""

from functools import lru_cache
from hashlib import blake2b


@lru_cache(maxsize=65536)
def domain_tag(domain: str) -> str:
    """Return the eight characters that every id of a correlation domain begins with."""
    return blake2b(domain.encode(), digest_size=4).hexdigest()


def identify(domain: str, *parts: object) -> str:
    """Return `<domain tag>-<16 hex digits>` for what `parts` make unique within the domain."""
    made_of = "\x1f".join(map(str, parts)).encode()
    return f"{domain_tag(domain)}-{blake2b(made_of, digest_size=8).hexdigest()}"
