"""Lines that would come a hundred times a second while a broker is away, said once every five seconds."""

import logging
from time import monotonic

_SECONDS = 5.0


class Seldom:
    """A logger for one complaint."""

    def __init__(self, log: logging.Logger) -> None:
        self._log, self._said = log, -_SECONDS

    def warn(self, line: str, *values: object) -> None:
        if monotonic() - self._said >= _SECONDS:
            self._said = monotonic()
            self._log.warning(line, *values)
