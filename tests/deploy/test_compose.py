"""compose.yaml: valid by the Compose specification's own schema, names only what exists, and gives our processes what settings know."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for
from ruamel.yaml import YAML

from streams.settings import unknown_variables

HERE = Path(__file__).parent
DEPLOY = HERE.parents[1] / "deploy"


@pytest.fixture(scope="module")
def compose() -> Any:
    return YAML(typ="safe").load((DEPLOY / "compose.yaml").read_text())


def test_it_is_valid_by_the_specification(compose: Any) -> None:
    """compose-spec.json is schema/compose-spec.json of github.com/compose-spec/compose-spec at 170098b (Apache-2.0)."""
    schema = json.loads((HERE / "compose-spec.json").read_text())
    plain = json.loads(json.dumps(compose))

    assert [] == [f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator_for(schema, Draft202012Validator)(schema).iter_errors(plain)]


def test_every_file_volume_and_service_it_names_exists(compose: Any) -> None:
    named = [config["file"] for config in compose["configs"].values() if "file" in config]
    volumes = [mount.split(":")[0] for service in compose["services"].values() for mount in service.get("volumes", ())]
    named += [source for source in volumes if source.startswith(".")]
    depended = [other for service in compose["services"].values() for other in service.get("depends_on", ())]
    configs = [config["source"] for service in compose["services"].values() for config in service.get("configs", ())]

    assert [] == [path for path in named if not (DEPLOY / path).exists()]
    assert set() == {source for source in volumes if not source.startswith(".")} - set(compose["volumes"])
    assert set() == set(depended) - set(compose["services"])
    assert set() == set(configs) - set(compose["configs"])


def test_our_processes_are_hardened_and_their_settings_are_settings(compose: Any) -> None:
    ours = {name: service for name, service in compose["services"].items() if str(service["image"]).endswith("spm}")}

    assert {"topics", "worker-0", "worker-1", "gateway", "feeder"} == set(ours)
    for service in ours.values():
        assert (True, ["ALL"]) == (service["read_only"], service["cap_drop"])
        assert [] == unknown_variables(service["environment"])
    assert 2 == len({service["environment"]["SPM_INSTANCE"] for name, service in ours.items() if name.startswith("worker")})


def test_ports_are_open_to_this_machine_alone(compose: Any) -> None:
    assert [] == [port for service in compose["services"].values() for port in service.get("ports", ()) if not port.startswith("127.0.0.1:")]


def test_prometheus_looks_at_every_worker_and_gateway(compose: Any) -> None:
    told = YAML(typ="safe").load(compose["configs"]["prometheus"]["content"])
    targets = {target for job in told["scrape_configs"] for each in job["static_configs"] for target in each["targets"]}

    assert {f"{name}:9464" for name, service in compose["services"].items() if service.get("command") in (["worker"], ["gateway"])} == targets
