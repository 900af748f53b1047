"""What is counted over the whole network goes on into its next version with what changed, instead of being counted anew."""

from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

from streams.domain.network import Network
from streams.domain.support import is_lonely

Key = TypeVar("Key")


def carry_on(before: Network, after: Network, objects: Iterable[str]) -> None:
    """Put into `after` what `before` had counted; `objects`: all that differ in themselves, in what they stand on or what stands on them."""
    some = sorted(set(objects))
    old = [(name, node) for name in some if (node := before.nodes.get(name)) is not None]
    new = [(name, node) for name in some if (node := after.nodes.get(name)) is not None]
    if declares := before.memo.get("declares"):
        comes, goes = any(node.is_service for _, node in new), any(node.is_service for _, node in old)
        if comes or not (goes and declares[0]):
            after.memo["declares"] = {0: declares[0] or comes}
    if population := before.memo.get("population"):
        after.memo["population"] = {0: _moved(population[0], ((n.domain, n.type) for _, n in old), ((n.domain, n.type) for _, n in new))}
    if counts := before.memo.get("domain_counts"):
        sizes, lonely = counts[0]
        after.memo["domain_counts"] = {0: (
            _moved(sizes, (n.domain for _, n in old), (n.domain for _, n in new)),
            _moved(lonely, (n.domain for name, n in old if is_lonely(before, name)), (n.domain for name, n in new if is_lonely(after, name))))}


def _moved(known: Counter[Key], gone: Iterable[Key], come: Iterable[Key]) -> Counter[Key]:
    """Return a count with some less and some more; what there is none of any more is left out, as if it were counted anew."""
    found = Counter(known)
    found.update(come)
    for one in gone:
        found[one] -= 1
        if not found[one]:
            del found[one]
    return found
