"""Settings as people read them: what is in force with its origin, secrets hidden, and the list of all of them."""

import os
from pathlib import Path

import pytest

from streams.settings import read_settings
from streams.settings_shown import HIDDEN, doubts, effective, reference

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def a_clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SPM_")]:
        monkeypatch.delenv(name)


def test_each_setting_says_where_it_came_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPM_GROUP", "night")
    monkeypatch.setenv("SPM_SASL_PASSWORD_FILE", "/run/secrets/kafka")
    monkeypatch.setenv("SPM_BIND", "127.0.0.1")
    shown = {each.variable: each[1:] for each in effective(read_settings(bind="::1"), {"bind"})}

    assert ("night", "environment") == shown["SPM_GROUP"]
    assert ("::1", "option") == shown["SPM_BIND"]
    assert ("20ms", "default") == shown["SPM_COMMIT_INTERVAL"]
    assert (HIDDEN, "file /run/secrets/kafka") == shown["SPM_SASL_PASSWORD"]
    assert ("", "default") == shown["SPM_REGISTRY_PASSWORD"]


def test_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPM_SASL_PASSWORD", "hunter2")
    shown = [each for each in effective(read_settings(), ()) if each.variable == "SPM_SASL_PASSWORD"]

    assert [("SPM_SASL_PASSWORD", HIDDEN, "environment")] == shown


def test_a_tenant_whose_requests_everybody_hears_is_told_so() -> None:
    assert [] == [*doubts(read_settings())] == [*doubts(read_settings(prefix="north-", request_prefix="north-"))]
    assert ["SPM_PREFIX is north- and SPM_REQUEST_PREFIX is not set"] == [doubt.split(":")[0] for doubt in doubts(read_settings(prefix="north-"))]


def test_the_list_in_deploy_is_that_of_the_model() -> None:
    assert reference() == (ROOT / "deploy" / "settings.md").read_text(), "renew it: python -m streams.settings_shown > deploy/settings.md"


def test_every_setting_says_what_it_does_and_in_which_unit() -> None:
    rows = [line.split(" | ") for line in reference().splitlines() if line.startswith("| `SPM_")]

    assert [] == [row[0] for row in rows if len(row) != 4 or not row[3].strip(" |")]
    assert [] == [row[0] for row in rows if " to " in row[1] and "duration" not in row[1] and not any(unit in row[3] for unit in ("port", "Requests", "Copies", "Seconds"))]


def test_a_login_without_a_user_is_doubted() -> None:
    settings = read_settings(security_protocol="SASL_SSL", sasl_mechanism="SCRAM-SHA-512")

    assert [doubt.split(":")[0] for doubt in doubts(settings)] == ["SPM_SASL_MECHANISM is SCRAM-SHA-512 and nobody is named"]
