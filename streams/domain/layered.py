"""A mapping and what has changed in it since, so that the next version of a large one costs what it changes.

Versions share the base; each has its own short list of changes, which goes into a new base when it has become long.
"""

from collections.abc import Iterator, Mapping
from typing import TypeVar, overload

Key = TypeVar("Key")
Value = TypeVar("Value")
Default = TypeVar("Default")
LONG = 4_096
"""Changes that a version copies at most; a base of a million entries is copied (some 20 ms) once in so many."""
_GONE = object()
_MISSING = object()


class Layered(Mapping[Key, Value]):
    """`base` with `over` on top; immutable, iterated in sorted order whatever its history."""

    __slots__ = ("_base", "_over")

    def __init__(self, base: Mapping[Key, Value], over: dict[Key, object]) -> None:
        self._base, self._over = base, over

    @overload
    def get(self, key: Key, /) -> Value | None: ...
    @overload
    def get(self, key: Key, /, default: Value | Default) -> Value | Default: ...
    def get(self, key: Key, /, default: object = None) -> object:
        found = self._over.get(key, _MISSING)
        if found is _MISSING:
            return self._base.get(key, default)
        return default if found is _GONE else found

    def __getitem__(self, key: Key) -> Value:
        found = self.get(key, _MISSING)
        if found is _MISSING:
            raise KeyError(key)
        return found  # type: ignore[return-value]

    def __contains__(self, key: object) -> bool:
        found = self._over.get(key, _MISSING)  # type: ignore[arg-type]
        return key in self._base if found is _MISSING else found is not _GONE

    def __iter__(self) -> Iterator[Key]:
        over = self._over
        return iter(sorted([*(key for key in self._base if key not in over), *(key for key, value in over.items() if value is not _GONE)]))  # type: ignore[type-var]

    def __len__(self) -> int:
        base = self._base
        return len(base) + sum((value is not _GONE) - (key in base) for key, value in self._over.items())


def layered(known: Mapping[Key, Value], changes: Mapping[Key, Value | None]) -> Mapping[Key, Value]:
    """Return the mapping with `changes` in it, None taking a key away; itself where there are none."""
    if not changes:
        return known
    base, over = (known._base, dict(known._over)) if isinstance(known, Layered) else (known, {})
    over.update((key, _GONE if value is None else value) for key, value in changes.items())
    if len(over) <= LONG:
        return Layered(base, over)
    whole = dict(base)
    for key, value in over.items():
        if value is _GONE:
            whole.pop(key, None)
        else:
            whole[key] = value
    return Layered(whole, {})
