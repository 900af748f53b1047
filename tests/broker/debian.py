"""Programs of Debian packages for tests: installed, or fetched once into the user's cache and unpacked there, beside Kafka's jars.

Nothing is installed. Where there is no apt, or no network, it says so.
"""

import shutil
import subprocess
import tempfile
from contextlib import suppress
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
        _fetch(package, folder)
    return found


def _fetch(package: str, folder: Path) -> None:
    # Unpacked beside and renamed: two runs at once, or one that was interrupted, leave no half a program.
    FETCHED.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f"{package}.", dir=FETCHED))
    try:
        fetched = subprocess.run(["apt-get", "download", package], cwd=fresh, check=False, capture_output=True, text=True, timeout=120)
        packages = sorted(fresh.glob("*.deb"))
        if not packages:
            raise NoPackage(f"{package} is not installed, and apt-get cannot fetch it: {fetched.stderr.strip()[-300:]}")
        subprocess.run(["dpkg", "-x", packages[0].name, "."], cwd=fresh, check=True)
        fresh.chmod(0o755)
        with suppress(OSError):     # Another run was quicker.
            fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
