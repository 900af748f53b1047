"""What operators may do to learning, in every partition at the same place of the log: forget all of it, freeze it, thaw it.

While it is frozen nothing is learnt: for a backtest, or a network under rebuilding. A backtest may also be given what was
learnt elsewhere.
"""

from collections.abc import Callable

import msgspec

from streams.domain.action_answer import CannotDo, answer
from streams.domain.feedback import who
from streams.domain.instant import Instant
from streams.domain.learn import tell
from streams.domain.learn_memory import Learning
from streams.domain.messages import KnowledgeGiven, OperatorRequest
from streams.domain.view import Emit, Rows, View, World

BATCH = 10_000
"""Rows read at once; policy keeps the tables below."""
_replace = msgspec.structs.replace


def order(view: View, request: OperatorRequest, now: Instant, world: World) -> list[Emit]:
    """Do what is asked in this partition; only the first of all that are asked answers. CannotDo where it is so already."""
    learning: Learning = view.learning.get("") or Learning()
    done, after = ORDERS[request.action](view, learning)
    view.learning.put("", after)
    out = tell(view, request.domain, request.at, now, world) if request.action == "reset-learned" else []
    return [*out, *([] if request.copy else answer(_replace(request, domain=""), True, f"{done}, by {who(request)}.", request.at))]


def take_in(view: View, given: KnowledgeGiven, now: Instant, world: World) -> list[Emit]:
    """Know what was learnt elsewhere instead of what was learnt here, frozen."""
    learning: Learning = view.learning.get("") or Learning()
    _, fresh = _reset(view, learning)
    for name, kind in given.kinds:
        view.learnt_types.put(name, kind)
    for key, pair in given.pairs:
        view.learnt_pairs.put(key, pair)
    view.learning.put("", _replace(fresh, frozen=True, given=True, pairs=len(given.pairs), kinds=len(given.kinds)))
    return tell(view, given.domain, given.at, now, world)


def _reset(view: View, learning: Learning) -> tuple[str, Learning]:
    for rows in (view.learnt_pairs, view.learnt_types, view.onsets_waiting):
        _empty(rows)
    return "What was learnt of alarm types is forgotten", Learning(learning.frozen, learning.era + 1, told=learning.told)


def _empty(rows: Rows[object]) -> None:
    for key, _ in rows.prefix("", BATCH):
        rows.delete(key)


def _freeze(view: View, learning: Learning) -> tuple[str, Learning]:
    if learning.frozen:
        raise CannotDo("Learning is frozen already")
    return "Learning is frozen: what is known is used, and nothing is added to it", _replace(learning, frozen=True)


def _thaw(view: View, learning: Learning) -> tuple[str, Learning]:
    if not learning.frozen:
        raise CannotDo("Learning is not frozen")
    return "Learning goes on", _replace(learning, frozen=False)


ORDERS: dict[str, Callable[[View, Learning], tuple[str, Learning]]] = {"reset-learned": _reset, "freeze-learning": _freeze, "thaw-learning": _thaw}
"""Action -> what it does to this partition: (what was done, how learning stands)."""
