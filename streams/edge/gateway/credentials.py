"""Who may look, and who may send: bearer tokens and users with passwords, from files or the environment; compared in constant time.

Two roles: `act` (send alarms and requests, and look), and `read` (look at figures). Tokens have either, users the first.

A file is plain text, one token, or one `user:password`, a line; `#` begins a comment. It is refused where others than
its owner and group can read it: passwords are compared with each request, thousands a second, which no password hash
worth its name allows. In memory there are SHA-256 digests, so that a comparison takes the same time whatever is told.
"""

import base64
import binascii
import hmac
import stat
from hashlib import sha256
from pathlib import Path

from streams.edge.gateway.offer import Refusal

_FEWEST = 8
"""Characters of a token or password."""


class CredentialsError(ValueError):
    """A file of tokens or users that cannot be used; the message says why."""


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogateescape")).digest()


class Credentials:
    """Everybody who may come; nobody listed: everybody may."""

    def __init__(self, tokens: tuple[str, ...] = (), users: tuple[tuple[str, str], ...] = (), readers: tuple[str, ...] = ()) -> None:
        """`readers`: tokens of those who may look and send nothing."""
        self._tokens = [(_digest(token), f"token {n}", True) for n, token in enumerate(tokens, 1)]
        self._tokens += [(_digest(token), f"reader {n}", False) for n, token in enumerate(readers, 1)]
        self._users = {user: _digest(password) for user, password in users}
        self._nobody = _digest("")
        self._schemes = ", ".join(f'{scheme} realm="spm"' for scheme, has in (("Bearer", self._tokens), ("Basic", users)) if has)

    def __bool__(self) -> bool:
        return bool(self._tokens or self._users)

    @property
    def lets_send(self) -> bool:
        """Whether there is anybody who may send."""
        return bool(self._users) or any(may_act for _, _, may_act in self._tokens)

    def who(self, header: str | None, to_look: bool = False) -> str:
        """Return who an Authorization header shows, "" where nobody has to; Refusal otherwise: 401, or 403 of a reader who wants more than `to_look`."""
        if not self:
            return ""
        scheme, _, shown = (header or "").partition(" ")
        found, may = "", True
        if scheme.lower() == "bearer":
            digest = _digest(shown.strip())
            for token, name, may_act in self._tokens:
                if hmac.compare_digest(token, digest):
                    found, may = name, may_act
        elif scheme.lower() == "basic":
            found = self._user(shown.strip())
        if not found:
            message = "The token or password is not one of ours." if header else f"Send an Authorization header ({self._schemes})."
            raise Refusal(401, "unauthorized", message, headers={"WWW-Authenticate": self._schemes})
        if not (may or to_look):
            raise Refusal(403, "read-only", "This token may look at figures, not send.")
        return found

    def _user(self, shown: str) -> str:
        try:
            user, colon, password = base64.b64decode(shown, validate=True).decode("utf-8", "surrogateescape").partition(":")
        except (binascii.Error, ValueError):
            return ""
        matches = hmac.compare_digest(self._users.get(user, self._nobody), _digest(password))
        return f"user {user}" if colon and matches and user in self._users else ""


def read_credentials(token: str | None, token_file: Path | None, users_file: Path | None, read_token_file: Path | None = None) -> Credentials:
    """Read who may send; CredentialsError for a file that is unreadable, readable by others, or holds nothing."""
    tokens = ((token,) if token else ()) + (tuple(_lines(token_file)) if token_file else ())
    readers, users = tuple(_lines(read_token_file)) if read_token_file else (), []
    for line in _lines(users_file) if users_file else ():
        user, colon, password = line.partition(":")
        if not (user and colon and password):
            raise CredentialsError(f"{users_file}: each line has to be user:password")
        users.append((user, password))
    if any(len(secret) < _FEWEST for secret in (*tokens, *readers, *(password for _, password in users))):
        raise CredentialsError(f"a token or password has at least {_FEWEST} characters")
    return Credentials(tokens, tuple(users), readers)


def _lines(path: Path) -> list[str]:
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CredentialsError(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}") from None
    if mode & (stat.S_IRWXO | stat.S_IWGRP):
        raise CredentialsError(f"{path} can be read by others than its owner and group (mode {stat.S_IMODE(mode):04o}): chmod 640 {path} (Kubernetes: defaultMode: 0440)")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        raise CredentialsError(f"{path} holds nothing")
    return lines
