"""Carries out the steps of deploy/README.md literally, in one shell: python -m tests.deploy.follow [--seconds 300].

Stops at the first command that fails and says in which step; ends what the steps started. Takes a minute or two, so it is
not part of `deploy/test`, which checks that the steps are there and that their shell is well-formed (test_readme.py).
"""

import argparse
import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from tests.broker.debian import program

ROOT = Path(__file__).parents[2]
README = ROOT / "deploy" / "README.md"


def steps() -> list[tuple[str, str]]:
    """Return (what it is, shell) of each block of the section, in order."""
    section = README.read_text().split("## From nothing")[1].split("\n## ")[0]
    return [(re.findall(r"\*\*(\d\.[^*]*)\*\*", section[: block.start()])[-1], block[1]) for block in re.finditer(r"^```sh\n(.*?)^```", section, re.S | re.M)]


def script() -> str:
    """Return all of it as one script that names each step, and stops where one fails."""
    told = [f"echo '== {name}'\n{shell}" for name, shell in steps()]
    return "set -euo pipefail\n" + "\n".join(told) + "\necho '== done'\n"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=600.0)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SPM_")}
    clean["PATH"] = f"{program('prometheus').parent}:{clean['PATH']}"      # The steps ask for it to be installed.
    shell = subprocess.Popen(["bash", "-c", script()], cwd=ROOT, env=clean, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        status = shell.wait(options.parse_args().seconds)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        status = 124
    finally:
        with suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGTERM)      # What a failed step left running.
    sys.exit(status)


if __name__ == "__main__":
    main()
