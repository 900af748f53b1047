"""The manifests: each valid by Kubernetes' own schema, all that they refer to there, our pods as restricted as pods can be."""

import shutil
import subprocess
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
from ruamel.yaml import YAML

from streams.edge.topology_check import check
from streams.settings import unknown_variables

KUBERNETES = Path(__file__).parents[2] / "deploy" / "k8s"
FOLDERS = ("base", "production")
VERSION = "1.31"
"""The oldest Kubernetes that is meant."""
SECRETS = {"spm-kafka-admin", "spm-kafka-worker", "spm-kafka-gateway", "spm-http-look", "spm-http-send"}
"""Those that deploy/README.md says how to make."""


def load(path: Path) -> list[Any]:
    return [each for each in YAML(typ="safe").load_all(path.read_text()) if each]


def kustomization(folder: str) -> Any:
    return load(KUBERNETES / folder / "kustomization.yaml")[0]


def manifests(folder: str) -> list[Any]:
    """Return what the resources of a folder hold, those of the folders it builds upon left out."""
    return [each for name in kustomization(folder)["resources"] if name.endswith(".yaml") for each in load(KUBERNETES / folder / name)]


EVERY = [(folder, each) for folder in FOLDERS for each in manifests(folder)]
PODS = [each for _, each in EVERY if "template" in each.get("spec", {})]


def named(each: Any) -> str:
    return f"{each['kind']}/{each['metadata']['name']}"


@pytest.mark.parametrize("manifest", [each for _, each in EVERY], ids=named)
def test_every_manifest_is_valid_by_its_schema(manifest: Any) -> None:
    kubernetes_validate.validate(manifest, VERSION, strict=True)


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_is_named_and_every_name_is_a_file(folder: str) -> None:
    told = kustomization(folder)
    names = [*told["resources"], *(patch["path"] for patch in told.get("patches", ())), *(file for made in told.get("configMapGenerator", ()) for file in (*made.get("files", ()), *made.get("envs", ())))]

    assert [] == [name for name in names if not (KUBERNETES / folder / name).exists()]
    assert set() == {path.name for path in (KUBERNETES / folder).iterdir()} - {"kustomization.yaml", *names}


def test_patches_and_counts_name_what_the_base_has() -> None:
    told, base = kustomization("production"), {named(each) for each in manifests("base")}
    patched = [each for patch in told["patches"] for each in load(KUBERNETES / "production" / patch["path"])]

    assert set() == {named(each) for each in patched} - base
    assert [] == [f"{patch['target']['kind']}/{patch['target']['name']}" for patch in told["patches"] if f"{patch['target']['kind']}/{patch['target']['name']}" not in base]
    assert set() == {each["name"] for each in told["replicas"]} - {name.split("/")[1] for name in base}
    for each in patched:
        whole = next(other for other in manifests("base") if named(other) == named(each))
        assert {c["name"] for c in each["spec"]["template"]["spec"]["containers"]} <= {c["name"] for c in whole["spec"]["template"]["spec"]["containers"]}


def references(pod: Any) -> Iterator[tuple[str, str]]:
    for container in pod["containers"]:
        yield from (("config", source["configMapRef"]["name"]) for source in container.get("envFrom", ()))
        yield from (("secret", variable["valueFrom"]["secretKeyRef"]["name"]) for variable in container.get("env", ()) if "secretKeyRef" in variable.get("valueFrom", {}))
    for volume in pod["volumes"]:
        if "configMap" in volume:
            yield "config", volume["configMap"]["name"]
        if "secret" in volume:
            yield "secret", volume["secret"]["secretName"]


@pytest.mark.parametrize("workload", PODS, ids=named)
def test_what_pods_refer_to_is_made_or_told_how_to_make(workload: Any) -> None:
    pod = workload["spec"]["template"]["spec"]
    made = {each["name"] for each in kustomization("base")["configMapGenerator"]}

    assert set() == {name for kind, name in references(pod) if name not in (made if kind == "config" else SECRETS)}
    volumes = {volume["name"] for volume in (*pod["volumes"], *(claim["metadata"] for claim in workload["spec"].get("volumeClaimTemplates", ())))}
    assert volumes == {mount["name"] for container in pod["containers"] for mount in container["volumeMounts"]}


@pytest.mark.parametrize("workload", PODS, ids=named)
def test_pods_are_restricted_and_services_tell_them_nothing(workload: Any) -> None:
    pod = workload["spec"]["template"]["spec"]

    assert (False, False, True) == (pod["enableServiceLinks"], pod["automountServiceAccountToken"], pod["securityContext"]["runAsNonRoot"])
    for container in pod["containers"]:
        assert {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}} == container["securityContext"]
        assert {"requests", "limits"} == set(container["resources"])
        assert ("args" in container) and container["image"] == "spm"


def test_workers_have_stable_names_volumes_and_time_to_drain() -> None:
    worker = next(each for each in PODS if each["kind"] == "StatefulSet")
    pod = worker["spec"]["template"]["spec"]
    container = pod["containers"][0]

    assert {"fieldRef": {"fieldPath": "metadata.name"}} == next(each for each in container["env"] if each["name"] == "SPM_INSTANCE")["valueFrom"]
    assert ["/data"] == [mount["mountPath"] for mount in container["volumeMounts"] if mount["name"] == "data"]
    assert ("/health", "/ready") == (container["livenessProbe"]["httpGet"]["path"], container["readinessProbe"]["httpGet"]["path"])
    assert pod["terminationGracePeriodSeconds"] >= 60


def test_settings_are_settings_and_the_topology_is_one() -> None:
    told = dict(line.split("=", 1) for line in (KUBERNETES / "base" / "settings.env").read_text().splitlines())
    told |= {variable["name"]: "x" for workload in PODS for container in workload["spec"]["template"]["spec"]["containers"] for variable in container.get("env", ())}

    assert [] == unknown_variables(told)
    assert not check(KUBERNETES / "base" / "topology.yaml").refused


def test_selectors_select_what_there_is() -> None:
    labels = [each["spec"]["template"]["metadata"]["labels"] | kustomization("base")["labels"][0]["pairs"] for each in PODS]
    selectors = [each["spec"]["selector"] if each["kind"] == "Service" else each["spec"].get("podSelector", each["spec"].get("selector", {})).get("matchLabels", {})
                 for _, each in EVERY if each["kind"] in ("Service", "PodDisruptionBudget", "NetworkPolicy")]

    assert [] == [selector for selector in selectors if not any(selector.items() <= label.items() for label in labels)]


@pytest.mark.parametrize("folder", FOLDERS)
def test_kustomize_builds_it_and_what_it_builds_is_valid(folder: str) -> None:
    kustomize = shutil.which("kustomize")
    if kustomize is None:
        pytest.skip("no kustomize here: go install sigs.k8s.io/kustomize/kustomize/v5@v5.6.0")
    built = subprocess.run([kustomize, "build", KUBERNETES / folder], capture_output=True, text=True, check=True).stdout

    found = [each for each in YAML(typ="safe").load_all(StringIO(built)) if each]
    assert len(manifests("base")) + 2 + (len(manifests(folder)) if folder != "base" else 0) == len(found)
    for each in found:
        kubernetes_validate.validate(each, VERSION, strict=True)
