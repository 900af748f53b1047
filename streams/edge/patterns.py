"""Regular expressions that operators write: RE2's, whose time grows with the text alone, whatever the expression.

With Python's `re` one rule such as `(a+)+$` holds a partition for ever on a name that a stranger sends.
"""

from functools import lru_cache
from typing import Any

import re2

_QUIET = re2.Options()
_QUIET.log_errors = False


@lru_cache(maxsize=4096)
def pattern(text: str) -> Any:
    """Compile an expression; ValueError says what RE2 does not take (look-around, back-references)."""
    try:
        return re2.compile(text, _QUIET)
    except re2.error as error:
        told = error.args[0] if error.args else error
        raise ValueError(f"{text!r} is no regular expression of RE2's: {told.decode() if isinstance(told, bytes) else told}") from None
