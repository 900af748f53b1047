"""Programs of Debian packages for tests: installed, or fetched once into the user's cache and unpacked there, beside Kafka's jars.

Nothing is installed. Where there is no apt, or no network, it says so.
"""

import shutil
import subprocess
from pathlib import Path

from streams.engine.jars import cache

FETCHED = cache().parent
"""A folder for each package."""


class NoPackage(Exception):
    """There is none here and none can be fetched; the message says why."""


def program(package: str, name: str = "") -> Path:
    """Return a program of a package; `name`: where it is not called like its package."""
    name = name or package
    if (installed := shutil.which(name)) is not None:
        return Path(installed)
    folder = FETCHED / package
    found = folder / "usr" / "bin" / name
    if not found.exists():
        if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
            raise NoPackage(f"{package} is not installed, and there is no apt-get to fetch it with.")
        folder.mkdir(parents=True, exist_ok=True)
        fetched = subprocess.run(["apt-get", "download", package], cwd=folder, check=False, capture_output=True, text=True, timeout=120)
        packages = sorted(folder.glob("*.deb"))
        if not packages:
            raise NoPackage(f"{package} is not installed, and apt-get cannot fetch it: {fetched.stderr.strip()[-300:]}")
        subprocess.run(["dpkg", "-x", packages[0].name, "."], cwd=folder, check=True)
    return found
