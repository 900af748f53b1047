"""A real Kafka that lets nobody in without TLS and a name, and nobody do what no list allows him.

    python -m tests.broker.secured FOLDER     runs one until it is ended: FOLDER has its address, its authority and the passwords (deploy/README.md)
"""

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import trustme
from confluent_kafka.admin import AdminClient, ScramCredentialInfo, ScramMechanism, UserScramCredentialUpsertion  # type: ignore[attr-defined]
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from streams.engine.broker import JarKafka
from streams.engine.jars import free_port, jars
from tests.broker.tokens import AUDIENCE, SCOPE, Issuer

ADMIN = ("admin", "admins-own-password")
USERS = {"worker": "workers-own-password", "gateway": "gateways-own-password", "mallory": "mallorys-own-password"}
_PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule required"
_SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
_BEARER = "org.apache.kafka.common.security.oauthbearer"


class Secured:
    """The broker, the authority its certificate comes from, and how to show who one is."""

    def __init__(self, kafka: JarKafka, folder: Path, authority: trustme.CA, mutual: int, issuer: Issuer) -> None:
        self.kafka, self.folder, self._authority, self.issuer = kafka, folder, authority, issuer
        self.bootstrap = kafka.bootstrap
        self.mutual = f"127.0.0.1:{mutual}"
        """Where a certificate is asked for instead of a password."""

    def environment(self, mechanism: str, user: str, password: str) -> dict[str, str]:
        """Return SPM_ variables of a user with a password, the password in a file."""
        file = self.folder / f"{user}.password"
        file.touch(0o600)
        file.write_text(password + "\n")
        return self._tls() | {"SPM_BOOTSTRAP": self.bootstrap, "SPM_SECURITY_PROTOCOL": "SASL_SSL", "SPM_SASL_MECHANISM": mechanism, "SPM_SASL_USERNAME": user, "SPM_SASL_PASSWORD_FILE": str(file)}

    def with_tokens(self, who: str, secret: str) -> dict[str, str]:
        """Return SPM_ variables of somebody who shows tokens, the secret that he gets them with in a file."""
        known = self.environment("OAUTHBEARER", who, secret)
        file = known.pop("SPM_SASL_PASSWORD_FILE")
        del known["SPM_SASL_USERNAME"]
        asks = {"TOKEN_ENDPOINT_URL": self.issuer.url, "CLIENT_ID": who, "CLIENT_SECRET_FILE": file, "SCOPE": SCOPE}
        return known | {f"SPM_SASL_OAUTHBEARER_{name}": value for name, value in asks.items()}

    def with_certificate(self, name: str) -> dict[str, str]:
        """Return SPM_ variables of somebody with a certificate in this name."""
        mine = self._authority.issue_cert(f"{name}.test", common_name=name)
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        certificate.write_bytes(b"".join(part.bytes() for part in mine.cert_chain_pems))
        key.touch(0o600)
        key.write_bytes(mine.private_key_pem.bytes())
        return self._tls() | {"SPM_BOOTSTRAP": self.mutual, "SPM_SECURITY_PROTOCOL": "SSL", "SPM_SSL_CERTIFICATE_LOCATION": str(certificate), "SPM_SSL_KEY_LOCATION": str(key)}

    def _tls(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SPM_")}
        return clean | {"SPM_SSL_CA_LOCATION": str(self.folder / "ca.pem")}


@contextmanager
def secured_kafka(folder: Path, passwords: Mapping[str, str] = MappingProxyType(USERS)) -> Iterator[Secured]:
    """Start it, with these users (name -> password); end it with the block."""
    authority = trustme.CA(key_type=trustme.KeyType.RSA)
    own = authority.issue_cert("127.0.0.1", "localhost", key_type=trustme.KeyType.RSA)
    authority.cert_pem.write_to_path(folder / "ca.pem")
    key = load_pem_private_key(own.private_key_pem.bytes(), None).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "broker.pem").write_bytes(key + b"".join(part.bytes() for part in own.cert_chain_pems))
    mutual, inner = free_port(), free_port()
    listeners = f"SASL_SSL://127.0.0.1:{{port}},MUTUAL://127.0.0.1:{mutual},INNER://127.0.0.1:{inner}"
    users = " ".join(f'user_{name}="{password}"' for name, password in (ADMIN, *passwords.items()))
    ssl = {"keystore.type": "PEM", "keystore.location": str(folder / "broker.pem"), "truststore.type": "PEM", "truststore.location": str(folder / "ca.pem")}
    but = {
        "listeners": f"{listeners},CONTROLLER://127.0.0.1:{{controller_port}}", "advertised.listeners": listeners, "inter.broker.listener.name": "INNER",
        "listener.security.protocol.map": "SASL_SSL:SASL_SSL,MUTUAL:SSL,INNER:PLAINTEXT,CONTROLLER:PLAINTEXT",
        **{f"ssl.{name}": value for name, value in ssl.items()}, "listener.name.mutual.ssl.client.auth": "required",
        "listener.name.mutual.ssl.principal.mapping.rules": "RULE:^.*CN=([^,]+).*$/$1/,DEFAULT",
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512,OAUTHBEARER",
        "listener.name.sasl_ssl.plain.sasl.jaas.config": f"{_PLAIN} {users};", "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": _SCRAM,
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer", "super.users": "User:ANONYMOUS;User:admin",
    }
    issuer = Issuer(folder, dict(passwords))
    keys = issuer.keys.resolve().as_uri()
    but |= {f"listener.name.sasl_ssl.oauthbearer.{name}": value for name, value in {
        "sasl.jaas.config": f"{_BEARER}.OAuthBearerLoginModule required;", "sasl.server.callback.handler.class": f"{_BEARER}.OAuthBearerValidatorCallbackHandler",
        "sasl.oauthbearer.jwks.endpoint.url": keys, "sasl.oauthbearer.expected.audience": AUDIENCE, "sasl.oauthbearer.expected.issuer": issuer.url}.items()}
    client = {"security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN", "sasl.username": ADMIN[0], "sasl.password": ADMIN[1], "ssl.ca.location": str(folder / "ca.pem")}
    kafka = JarKafka(jars(), heap="512m", but=but, client=client, options=[f"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={keys}"])
    try:
        kafka.start()
        admin = AdminClient({"bootstrap.servers": kafka.bootstrap, **client})
        scram = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8192)
        for answer in admin.alter_user_scram_credentials([UserScramCredentialUpsertion(name, scram, password.encode()) for name, password in (ADMIN, *passwords.items())]).values():
            answer.result()
        yield Secured(kafka, folder, authority, mutual, issuer)
    finally:
        kafka.end()
        issuer.close()


def main(folder: Path) -> None:
    """Run a broker to try a deployment with."""
    folder.mkdir(parents=True, exist_ok=True)
    with secured_kafka(folder) as kafka:
        for user, password in (ADMIN, *USERS.items()):
            kafka.environment("SCRAM-SHA-512", user, password)
        (folder / "address").write_text(kafka.bootstrap + "\n")       # Last: who waits for it finds the rest.
        print(f"Kafka at {kafka.bootstrap}: SASL_SSL, SCRAM-SHA-512", flush=True)
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
