"""Settings of one process, from the environment (`SPM_<NAME>`) and from command-line options, which win.

What an operator decides about the network is in topology.yaml; here is only where things are and how this process
runs. An unknown `SPM_` variable is an error: a misspelt setting must not go unseen. Secrets come from the environment
or from files, reach `kafka_config()` and nothing else, and are never printed.
"""

import os
import re
import socket
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.durations import Duration, parse_duration
from streams.domain.instant import SECOND, Span
from streams.edge.encodings.registry import Access
from streams.edge.pseudonym import Pseudonym, read_key
from streams.edge.topology_finding import nearest_name

PREFIX = "SPM_"
OF_SCRIPTS: frozenset[str] = frozenset()
"""`SPM_` variables of deploy/ and of the tests that are no settings: name them here, or not SPM_."""
_OF_KUBERNETES = re.compile(r"SPM_(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)")
"""Service links: Kubernetes sets these in every pod beside a Service whose name begins with spm."""
_SECRETS = ("sasl_password", "sasl_oauthbearer_client_secret", "ssl_key_password", "registry_password", "http_token")
"""Settings that have a sibling `<name>_file`."""
_CERTIFICATES = ("ssl_ca_location", "ssl_certificate_location", "ssl_key_location", "registry_ca_location")
_WITH_PASSWORD = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
Port = Annotated[int, Field(ge=0, le=65535)]
Word = Annotated[str, Field(pattern=r"^[a-zA-Z0-9._-]{1,200}$")]


class SettingsError(ValueError):
    """The environment or an option says what cannot be; one line for each mistake."""


class Settings(BaseSettings):
    """All settings; immutable once read. Use `read_settings` so that mistakes are told in one clear line each."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True, use_attribute_docstrings=True, hide_input_in_errors=True
    )

    topology: Path = Path("topology.yaml")
    """Path of topology.yaml."""
    topology_stands_for: Annotated[str, Field(pattern=r"^([0-9a-f]{12,64})?$")] = ""
    """Version of topology.yaml (its first 12 hex digits at least) that nobody has any more and that a partition of this worker
    waits for: the file it is started with is taken in its place. For once, after a lost disk (runbook lost-disk)."""
    data: Path = Path(".spm")
    """Folder of state (tables, embedded log). A worker that finds its own again restores only what is newer."""
    group: Word = "spm"
    """Consumer group; also the beginning of transactional ids and of changelog topics. Workers of one group share the work."""
    prefix: Annotated[str, Field(pattern=r"^[a-zA-Z0-9._-]{0,100}$")] = ""
    """Put before the name of every topic written, so that two installations can share a Kafka."""
    request_prefix: Annotated[str, Field(pattern=r"^[a-zA-Z0-9._-]{0,100}$")] = ""
    """Put before the names of the topics that others write requests and answers to (`operator-actions`, `inventory`, ...). Each
    tenant of a Kafka needs one of his own, as `prefix`: without, all hear the same requests. Feeds are named in topology.yaml."""
    instance: Word = Field(default_factory=lambda: re.sub(r"[^a-zA-Z0-9._-]", "-", socket.gethostname()) or "spm-0")
    """Stable name of this worker; restarted under it, it has its partitions back without a rebalance. Default: the host's
    name. Two workers of one group need two names: the second one of a name fences the first."""
    clock: Literal["wall", "event"] = "wall"
    """What makes ticks. wall: live; event: the event time reached upstream (replay, backfill)."""
    commit_interval: Duration = Field(default_factory=lambda: parse_duration("20ms"), validate_default=False)
    """How long (a duration such as 20ms) a unit of work stays open while little
    waits; under backlog it grows to 100 ms of its own accord. Shorter: lower latency; longer: more alarms/s."""
    probe_seconds: Annotated[float, Field(ge=0, le=3600)] = 60.0
    """Seconds between two probes that a worker sends from each of its feed partitions through the whole chain, into the
    feed's topic with the header spm-probe and no value (clock wall only). 0: none, and the alert on their age has to go too."""
    bind: str = "127.0.0.1"
    """IP address (or `localhost`) that the HTTP and metrics ports listen on. Default: this machine only; 0.0.0.0 or :: for
    all of its addresses, and then both ports ask for a token or password (probes apart)."""
    metrics_port: Port = 9464
    """TCP port of Prometheus metrics and health; 0: none."""
    http_port: Port = 8642
    """TCP port that takes alarms over HTTP; 0: none."""
    http_rate: Annotated[float, Field(ge=0, le=1_000_000)] = 1000.0
    """Requests a second that one sender (who it says it is, else its address) may send, twice that at once after a silence;
    more are answered 429. 0: no limit."""
    http_in_flight: Annotated[int, Field(ge=1, le=100_000)] = 1000
    """Requests worked on at once; more are answered 503."""
    http_token: SecretStr | None = None
    """Bearer token that senders show; better in a file."""
    http_token_file: Path | None = None
    """File of bearer tokens, one a line, that others cannot read."""
    http_read_token_file: Path | None = None
    """File of bearer tokens, one a line, that others cannot read, for who may look (metrics) and send nothing: Prometheus."""
    http_users_file: Path | None = None
    """File of senders with Basic authentication, `user:password` a line, that others cannot read."""
    http_certificate_file: Path | None = None
    """PEM file of a certificate and what signed it; with a key the HTTP and metrics ports speak TLS."""
    http_key_file: Path | None = None
    """PEM file of that certificate's key."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """Least level of what a worker or gateway logs. info: a line for each decision; debug: also one for each batch."""
    traces_endpoint: Annotated[str, Field(pattern=r"^https?://.+")] | None = None
    """URL of an OTLP/HTTP collector's traces, such as http://127.0.0.1:4318/v1/traces; needs `pip install spm[tracing]`.
    Default: none, nothing is traced and nothing is loaded for it."""

    bootstrap: str | None = None
    """Kafka's bootstrap servers, `host:port,...`. No default: `spm run` and `spm replay` need none."""
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] | None = None
    """How to talk to Kafka. Default: librdkafka's, PLAINTEXT."""
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "GSSAPI", "OAUTHBEARER"] | None = None
    """How to log in where the protocol is SASL_*. Default: librdkafka's, GSSAPI."""
    sasl_username: str | None = None
    """User for PLAIN and SCRAM."""
    sasl_password: SecretStr | None = None
    """Password of that user; better in a file."""
    sasl_password_file: Path | None = None
    """File that holds the password, as secrets are mounted; a newline at its end does not count."""
    sasl_oauthbearer_token_endpoint_url: str | None = None
    """URL at which OAUTHBEARER's tokens are got (OpenID Connect, client credentials)."""
    sasl_oauthbearer_client_id: str | None = None
    """Who asks for the token."""
    sasl_oauthbearer_client_secret: SecretStr | None = None
    """Secret of who asks; better in a file."""
    sasl_oauthbearer_client_secret_file: Path | None = None
    """File that holds that secret."""
    sasl_oauthbearer_scope: str | None = None
    """Scope that is asked for. Default: none."""
    ssl_ca_location: Path | None = None
    """PEM file or folder of the authorities that Kafka's certificate is checked against. Default: the system's."""
    ssl_certificate_location: Path | None = None
    """PEM file of our own certificate, for mutual TLS."""
    ssl_key_location: Path | None = None
    """PEM file of our own key, for mutual TLS."""
    ssl_key_password: SecretStr | None = None
    """Password of that key; better in a file."""
    ssl_key_password_file: Path | None = None
    """File that holds the key's password."""
    ssl_endpoint_identification_algorithm: Literal["https", "none"] | None = None
    """Whether the broker's name is checked against its certificate. Default: librdkafka's, https."""

    replication: Annotated[int, Field(ge=0, le=32)] = 0
    """Copies of each partition that `spm topics apply` creates and verifies; 0: what the cluster makes by default. 3 where a
    broker may fail: with 1, the loss of a broker's disk is the loss of alarms and state."""
    min_insync_replicas: Annotated[int, Field(ge=0, le=32)] = 0
    """Copies that must have a record before it counts as written, for `spm topics apply`; 0: one fewer than `replication`,
    so that one broker may be away. More: safer; as many as copies: no broker may be away."""

    customer_key_file: Path | None = None
    """File of a key, at least 16 bytes, that others cannot read: customers are called by keyed pseudonyms everywhere but in what
    is read (topology.yaml, inventory, requests). All workers need the same. Default: none, customers are called by their ids."""

    registry_user: str | None = None
    """User for the schema registries that feeds name; with a password."""
    registry_password: SecretStr | None = None
    """Password of that user; better in a file."""
    registry_password_file: Path | None = None
    """File that holds the password."""
    registry_ca_location: Path | None = None
    """PEM file of the authorities that a registry's certificate is checked against. Default: the system's."""

    @field_validator("commit_interval")
    @classmethod
    def _commits_soon(cls, told: Span) -> Span:
        if not 1_000 <= told <= 5 * SECOND:
            raise ValueError("it lies from 1ms to 5s")
        return told

    @field_validator("bind")
    @classmethod
    def _is_an_address(cls, told: str) -> str:
        address = told.strip().removeprefix("[").removesuffix("]")
        if address != "localhost":
            try:
                ip_address(address)
            except ValueError:
                raise ValueError(f"{told!r} is no IP address; say 127.0.0.1 for this machine only, 0.0.0.0 or :: for all its addresses, or one of them") from None
        return address

    @model_validator(mode="after")
    def _one_place_per_secret(self) -> "Settings":
        for name in _SECRETS:
            if getattr(self, name) is not None and getattr(self, f"{name}_file") is not None:
                raise ValueError(f"{variable(name)} and {variable(name)}_FILE are both set; keep one")
        if self.sasl_mechanism and not (self.security_protocol or "").startswith("SASL"):
            raise ValueError("SPM_SASL_MECHANISM is set without SPM_SECURITY_PROTOCOL=SASL_SSL (or SASL_PLAINTEXT)")
        oidc = (self.sasl_oauthbearer_token_endpoint_url, self.sasl_oauthbearer_client_id, self.sasl_oauthbearer_client_secret or self.sasl_oauthbearer_client_secret_file)
        if (self.sasl_mechanism == "OAUTHBEARER") != all(oidc) or any(oidc) != all(oidc):
            raise ValueError("SPM_SASL_MECHANISM=OAUTHBEARER comes with SPM_SASL_OAUTHBEARER_TOKEN_ENDPOINT_URL, SPM_SASL_OAUTHBEARER_CLIENT_ID and SPM_SASL_OAUTHBEARER_CLIENT_SECRET_FILE")
        if self.replication and self.min_insync_replicas > self.replication:
            raise ValueError(f"SPM_MIN_INSYNC_REPLICAS={self.min_insync_replicas} is more than there are copies (SPM_REPLICATION={self.replication}): nothing could be written")
        if (self.http_certificate_file is None) != (self.http_key_file is None):
            raise ValueError("SPM_HTTP_CERTIFICATE_FILE and SPM_HTTP_KEY_FILE come together")
        return self

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach our ports."""
        return self.bind == "localhost" or ip_address(self.bind).is_loopback

    @property
    def is_nobody(self) -> bool:
        """Whether Kafka is to be shown a user and a password, and one of them is not set."""
        return self.sasl_mechanism in _WITH_PASSWORD and (self.sasl_username is None or (self.sasl_password is None and self.sasl_password_file is None))

    def kafka_config(self) -> dict[str, str]:
        """Return the connection settings for confluent-kafka, secrets included: never log it. SettingsError without a bootstrap."""
        if self.bootstrap is None:
            raise SettingsError("SPM_BOOTSTRAP is not set; name Kafka's servers, for example SPM_BOOTSTRAP=127.0.0.1:9092")
        if self.is_nobody:
            raise SettingsError(f"SPM_SASL_MECHANISM={self.sasl_mechanism} comes with SPM_SASL_USERNAME and SPM_SASL_PASSWORD_FILE")
        told = {
            "bootstrap.servers": self.bootstrap,
            "security.protocol": self.security_protocol,
            "sasl.mechanism": self.sasl_mechanism,
            "sasl.username": self.sasl_username,
            "sasl.password": self._secret("sasl_password"),
            "sasl.oauthbearer.method": "oidc" if self.sasl_mechanism == "OAUTHBEARER" else None,
            "sasl.oauthbearer.token.endpoint.url": self.sasl_oauthbearer_token_endpoint_url,
            "sasl.oauthbearer.client.id": self.sasl_oauthbearer_client_id,
            "sasl.oauthbearer.client.secret": self._secret("sasl_oauthbearer_client_secret"),
            "sasl.oauthbearer.scope": self.sasl_oauthbearer_scope,
            "ssl.ca.location": self.ssl_ca_location,
            "ssl.certificate.location": self.ssl_certificate_location,
            "ssl.key.location": self.ssl_key_location,
            "ssl.key.password": self._secret("ssl_key_password"),
            "ssl.endpoint.identification.algorithm": self.ssl_endpoint_identification_algorithm,
        }
        return {name: str(value) for name, value in told.items() if value is not None}

    def pseudonym(self) -> Pseudonym:
        """Return how customers are called; SettingsError for a key that cannot be used."""
        try:
            return read_key(self.customer_key_file)
        except (OSError, ValueError) as error:
            raise SettingsError(f"{variable('customer_key_file')}: {getattr(error, 'strerror', None) or error}") from None

    def need_files(self) -> None:
        """Raise SettingsError for a file that Kafka or a schema registry is to be spoken to with and that cannot be read."""
        for name in _SECRETS:
            self._secret(name)
        for name in _CERTIFICATES:
            path: Path | None = getattr(self, name)
            try:
                if path is not None and not path.is_dir():
                    path.open("rb").close()
            except OSError as error:
                raise SettingsError(f"{variable(name)}: {path} cannot be read: {error.strerror}") from None

    def registry_access(self) -> Access:
        """Return how schema registries are spoken to."""
        return Access(self.registry_user or "", self._secret("registry_password") or "", self.registry_ca_location)

    def _secret(self, name: str) -> str | None:
        given: SecretStr | None = getattr(self, name)
        file: Path | None = getattr(self, f"{name}_file")
        if given is not None or file is None:
            return given.get_secret_value() if given is not None else None
        try:
            return file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"{variable(name)}_FILE: {file} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}"
            ) from None


def read_settings(**options: Any) -> Settings:
    """Read the environment; an option that is not None wins over it. SettingsError names each mistake in a line of its own."""
    mistakes = unknown_variables(os.environ)
    if mistakes:
        raise SettingsError("\n".join(mistakes))
    try:
        return Settings(**{name: value for name, value in options.items() if value is not None})
    except ValidationError as error:
        raise SettingsError("\n".join(_told(dict(each)) for each in error.errors(include_url=False, include_input=False))) from None


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """Return a sentence for each `SPM_` variable that is no setting."""
    known = [variable(name) for name in Settings.model_fields]
    found = []
    for name, value in sorted(environment.items()):
        linked = value.startswith(("tcp://", "udp://")) or _OF_KUBERNETES.fullmatch(name)
        if name.startswith(PREFIX) and name not in known and name not in OF_SCRIPTS and not linked:
            near = nearest_name(name.removeprefix(PREFIX), Settings.model_fields)  # The prefix alone would make all names near.
            found.append(f"{name} is no setting; " + (f"did you mean {variable(near)}?" if near else "known are " + ", ".join(known)))
    return found


def _told(error: dict[str, Any]) -> str:
    name = variable(str(error["loc"][0])) if error["loc"] else ""
    message = error["msg"].removeprefix("Value error, ")
    if name.endswith("_PORT") and os.environ.get(name, "").startswith(("tcp://", "udp://")):
        message = "was set by a Kubernetes service link; set `enableServiceLinks: false` on the pod"
    return f"{name}: {message}" if name else message


def variable(name: str) -> str:
    """Return the environment variable of a setting."""
    return PREFIX + name.upper()
