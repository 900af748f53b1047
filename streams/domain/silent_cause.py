"""A located cause that raises no alarm itself: when it must be down, and so all that stands on it, told or not.

A cut splitter says nothing, and of the subscribers behind it a part is watched by nobody: by their alarms alone the others
would work. It is down where the diagnosis is sure of it (`holds_confidence`) and nothing speaks against that: what stands on
it alone is down, all of it that ever spoke here. One that works again shows that the cause does; one that tells, be it as a
warning, that it runs on battery shows that not all behind it is down.
"""

from collections.abc import Sequence

from streams.domain.alarm import Effect
from streams.domain.messages import Cause
from streams.domain.network import Network
from streams.domain.picture import Picture
from streams.domain.policy import LocalizePolicy
from streams.domain.support import breakers

WITNESSES = 2
"""Objects that must say that they are down before more than they is (ours)."""


def implied_down(shown: Picture, causes: Sequence[Cause], before: str, network: Network, policy: LocalizePolicy) -> str:
    """Return the best cause where it is silent and must be down, "" else; `before`: what was returned last, which takes less to stay."""
    best = causes[0] if causes else None
    if best is None or best.cause or best.confidence <= (policy.implied_confidence if best.object == before else policy.holds_confidence):
        return ""
    down = {name for name, effect in shown.held if effect is Effect.DOWN}
    behind = [name for name in shown.objects if best.object in breakers(network, name, policy.depth)]
    if len(behind) < WITNESSES or not down.issuperset(behind):
        return ""
    return best.object
