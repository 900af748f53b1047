"""Plays a recording through the gateway, as sources would: `feeder.py FILE URL [--speed N]`; the token comes from SPM_HTTP_TOKEN.

What is refused for a moment (429, 503, no answer) is sent again with the same id; anything else that is refused ends it.
"""

import argparse
import os
import time
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from streams.domain.instant import SECOND
from streams.edge.player import Player
from streams.replay import read_lines

AT_ONCE = 500
"""Alarms in one request."""
PATIENCE = 60.0
"""Seconds for which a request is sent again."""


def send(url: str, lines: list[bytes], ident: str) -> None:
    """Return once the gateway has made all of it durable."""
    headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": ident}
    if token := os.environ.get("SPM_HTTP_TOKEN"):
        headers["Authorization"] = f"Bearer {token}"
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urlopen(Request(url, b"\n".join(lines), headers), timeout=30):
                return
        except HTTPError as refused:
            told = refused.read().decode(errors="replace")
            if refused.code not in (429, 503) or time.monotonic() > until:
                raise SystemExit(f"feeder: {url} answered {refused.code}: {told[:500]}") from None
        except (OSError, HTTPException) as error:
            if time.monotonic() > until:
                raise SystemExit(f"feeder: {url} does not answer: {error}") from None
        time.sleep(0.5)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("file", type=Path)
    options.add_argument("url")
    options.add_argument("--speed", type=float, default=600.0, help="recorded seconds a second (600)")
    told = options.parse_args()
    began = int(time.time() * SECOND)
    player = Player((("", line) for line in read_lines([str(told.file)])), told.speed, began)
    print(f"feeder: {len(player):,} alarms in {player.seconds:.0f} s to {told.url}", flush=True)
    while not player.done(now := int(time.time() * SECOND)):
        due = [line for _, line in player.due(now)]
        for first in range(0, len(due), AT_ONCE):
            send(told.url, due[first : first + AT_ONCE], f"feeder-{began}-{player.played - len(due) + first}")
        time.sleep(0.2)
    print(f"feeder: {player.played:,} alarms are durable", flush=True)


if __name__ == "__main__":
    main()
