"""An issuer of tokens as an identity provider is one: OpenID Connect, client credentials (RFC 6749 section 4.4), signed with RS256."""

import base64
import json
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

AUDIENCE, SCOPE = "kafka", "service-problems"
LASTS = 20
"""Seconds: clients have to get another one while they are at work."""


def _coded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Issuer:
    """Gives tokens to who knows his secret; `keys` is the file by which others check them."""

    def __init__(self, folder: Path, secrets: dict[str, str]) -> None:
        self._key = rsa.generate_private_key(65537, 2048)
        self.given: list[str] = []
        """Who was given one, in order."""
        self.keys = folder / "keys.json"
        numbers = self._key.public_key().public_numbers()
        modulus, exponent = (_coded(n.to_bytes((n.bit_length() + 7) // 8, "big")) for n in (numbers.n, numbers.e))
        self.keys.write_text(json.dumps({"keys": [{"kty": "RSA", "kid": "one", "alg": "RS256", "use": "sig", "n": modulus, "e": exponent}]}))
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                who, _, secret = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode().partition(":")
                is_known = secrets.get(who) == secret and asked.get("grant_type") == ["client_credentials"] and asked.get("scope") == [SCOPE]
                told = issuer.token(who) if is_known else {"error": "invalid_client"}
                self.send_response(HTTPStatus.OK if is_known else HTTPStatus.UNAUTHORIZED)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(told).encode())

            def log_message(self, *_: object) -> None:
                """The test says what it wants to know."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/token"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def token(self, who: str) -> dict[str, Any]:
        """Return what the endpoint answers."""
        self.given.append(who)
        now = int(time.time())
        claims = {"iss": self.url, "sub": who, "aud": AUDIENCE, "scope": SCOPE, "iat": now, "exp": now + LASTS}
        signed = f"{_coded(json.dumps({'alg': 'RS256', 'typ': 'JWT', 'kid': 'one'}).encode())}.{_coded(json.dumps(claims).encode())}"
        signature = self._key.sign(signed.encode(), padding.PKCS1v15(), SHA256())
        return {"access_token": f"{signed}.{_coded(signature)}", "token_type": "Bearer", "expires_in": LASTS, "scope": SCOPE}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
