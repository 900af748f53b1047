"""Settings from the environment: defaults, durations, near-miss names, and secrets that are not printed."""

import os
from pathlib import Path

import pytest

from streams.settings import Settings, SettingsError, read_settings, unknown_variables


@pytest.fixture(autouse=True)
def a_clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SPM_")]:
        monkeypatch.delenv(name)


def refused(**options: object) -> str:
    with pytest.raises(SettingsError) as error:
        read_settings(**options)
    return str(error.value)


def test_everything_has_a_default_and_listens_on_this_machine_only() -> None:
    settings = read_settings()

    assert (settings.group, settings.clock, settings.prefix, settings.bind) == ("spm", "wall", "", "127.0.0.1")
    assert settings.topology == Path("topology.yaml")
    assert settings.commit_interval == 20_000
    assert settings.instance


def test_the_environment_is_read_and_an_option_wins_over_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPM_GROUP", "night")
    monkeypatch.setenv("SPM_COMMIT_INTERVAL", "50ms")
    monkeypatch.setenv("SPM_HTTP_PORT", "8000")

    settings = read_settings(http_port=9000, group=None)

    assert (settings.group, settings.commit_interval, settings.http_port) == ("night", 50_000, 9000)


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPM_BOOTSTRAP", "")

    assert read_settings().bootstrap is None


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SPM_CLOCK", "clock", "SPM_CLOCK: Input should be 'wall' or 'event'"),
        ("SPM_COMMIT_INTERVAL", "soon", "SPM_COMMIT_INTERVAL: 'soon' is no duration"),
        ("SPM_COMMIT_INTERVAL", "1h", "SPM_COMMIT_INTERVAL: it lies from 1ms to 5s"),
        ("SPM_METRICS_PORT", "70000", "SPM_METRICS_PORT: Input should be less than or equal to 65535"),
        ("SPM_GROUP", "a b", "SPM_GROUP: String should match pattern"),
        ("SPM_SASL_MECHANISM", "PLAIN", "SPM_SASL_MECHANISM is set without SPM_SECURITY_PROTOCOL"),
        ("SPM_METRIC_PORT", "9464", "SPM_METRIC_PORT is no setting; did you mean SPM_METRICS_PORT?"),
        ("SPM_BOOTSTRAP_SERVERS", "x:1", "SPM_BOOTSTRAP_SERVERS is no setting; did you mean SPM_BOOTSTRAP?"),
        ("SPM_BIND", "everywhere", "SPM_BIND: 'everywhere' is no IP address; say 127.0.0.1"),
        ("SPM_BIND", "0.0.0.0:8642", "SPM_BIND: '0.0.0.0:8642' is no IP address"),
        ("SPM_HTTP_RATE", "-1", "SPM_HTTP_RATE: Input should be greater than or equal to 0"),
        ("SPM_HTTP_KEY_FILE", "key.pem", "SPM_HTTP_CERTIFICATE_FILE and SPM_HTTP_KEY_FILE come together"),
        ("SPM_XYZZY", "1", "SPM_XYZZY is no setting; known are SPM_TOPOLOGY"),
        ("SPM_HTTP_PORT", "tcp://10.0.0.1:80", "SPM_HTTP_PORT: was set by a Kubernetes service link"),
    ],
)
def test_each_mistake_is_one_clear_line(monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
    monkeypatch.setenv(name, value)

    assert refused().startswith(words)
    assert "\n" not in refused()


def test_all_mistakes_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPM_CLOCK", "x")
    monkeypatch.setenv("SPM_HTTP_PORT", "y")

    assert len(refused().splitlines()) == 2


def test_an_unknown_option_is_refused() -> None:
    assert "SPM_TOPOLGY" in refused(topolgy="x")


def test_what_kubernetes_sets_beside_a_service_named_spm_is_no_mistake() -> None:
    links = {
        "SPM_SERVICE_HOST": "10.0.0.1",
        "SPM_SERVICE_PORT_HTTP": "80",
        "SPM_PORT": "tcp://10.0.0.1:80",
        "SPM_PORT_80_TCP_ADDR": "10.0.0.1",
        "SPM_API_SERVICE_PORT": "80",
    }

    assert unknown_variables(links) == []


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        read_settings().group = "other"  # type: ignore[misc]


@pytest.mark.parametrize(("bind", "is_loopback"), [("127.0.0.1", True), ("127.8.0.1", True), ("localhost", True), ("[::1]", True), ("0.0.0.0", False), ("::", False), ("10.0.0.1", False)])
def test_an_address_is_this_machines_alone_or_not(bind: str, is_loopback: bool) -> None:
    assert is_loopback == read_settings(bind=bind).is_loopback


# --- Kafka ---


def test_kafka_needs_a_bootstrap_and_gets_what_is_set_and_no_more() -> None:
    with pytest.raises(SettingsError, match="SPM_BOOTSTRAP is not set"):
        read_settings().kafka_config()

    assert read_settings(bootstrap="127.0.0.1:9092").kafka_config() == {"bootstrap.servers": "127.0.0.1:9092"}


def test_every_security_setting_reaches_kafka_under_a_name_that_librdkafka_knows(tmp_path: Path) -> None:
    confluent_kafka = pytest.importorskip("confluent_kafka")
    config = read_settings(
        bootstrap="127.0.0.1:1",
        security_protocol="SASL_SSL",
        sasl_mechanism="SCRAM-SHA-512",
        sasl_username="spm",
        sasl_password="secret",
        ssl_endpoint_identification_algorithm="none",
    ).kafka_config()

    assert (config["sasl.username"], config["sasl.password"], config["sasl.mechanism"]) == ("spm", "secret", "SCRAM-SHA-512")
    confluent_kafka.Producer({**config, "log_level": 0})


def test_a_password_comes_from_a_file_without_its_newline(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("from-file\n")
    settings = read_settings(bootstrap="k:9092", sasl_password_file=tmp_path / "password")

    assert settings.kafka_config()["sasl.password"] == "from-file"
    assert "cannot be read" in _config_error(read_settings(bootstrap="k:9092", sasl_password_file=tmp_path / "none"))


def _config_error(settings: Settings) -> str:
    with pytest.raises(SettingsError) as error:
        settings.kafka_config()
    return str(error.value)


def test_a_password_has_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPM_SASL_PASSWORD", "hunter2")
    monkeypatch.setenv("SPM_SASL_PASSWORD_FILE", "/run/secrets/password")

    assert refused() == "SPM_SASL_PASSWORD and SPM_SASL_PASSWORD_FILE are both set; keep one"


@pytest.mark.parametrize("broken", [{}, {"SPM_CLOCK": "x"}, {"SPM_SASL_MECHANISM": "PLAIN"}])
def test_secrets_are_never_printed(monkeypatch: pytest.MonkeyPatch, broken: dict[str, str]) -> None:
    monkeypatch.setenv("SPM_SASL_PASSWORD", "hunter2")
    monkeypatch.setenv("SPM_SSL_KEY_PASSWORD", "hunter3")
    for name, value in broken.items():
        monkeypatch.setenv(name, value)

    shown = refused() if broken else repr(read_settings()) + str(read_settings()) + read_settings().model_dump_json()
    assert "hunter" not in shown


def test_every_setting_is_explained() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
