"""A schema registry of Confluent's kind, asked for schemas by id: each once, for it never changes.

The call blocks: without its schema a record cannot be read, and those behind it in the partition have to wait anyway.
An id that the registry does not know is the record's fault and is refused; a registry that does not answer, or refuses
us, raises `RegistryDown` after some tries.
"""

import base64
import binascii
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from time import sleep
from typing import Any

import msgspec
from google.protobuf import descriptor_pb2
from google.protobuf.message import DecodeError

from streams.edge.encodings import avro, protobuf
from streams.edge.formats.told import Refused

TRIES = 4
TIMEOUT = 3.0
"""Seconds for one answer."""
PAUSE = 0.5
"""Seconds before the second try; twice as many before each further one."""
UNKNOWN = 1_000
"""Ids remembered that the registry does not have: garbage must not cost a request a record."""
LARGEST = 16 << 20
_MOST_REFERENCES = 100
Decode = Callable[[bytes], object]


class RegistryDown(OSError):
    """The registry does not answer, or not to us; nothing is wrong with the record."""


class Access(msgspec.Struct, frozen=True):
    """How registries are spoken to; one for the process, from the environment (settings.py)."""

    user: str = ""
    password: str = ""
    ca: Path | None = None


_access = [Access()]


def use(access: Access) -> None:
    """Speak to registries with these credentials from now on."""
    _access[0] = access


class Registry:
    """One registry; keeps the decoders of the schemas it was asked for."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._unknown: dict[int, None] = {}
        self.avro: Callable[[int], Decode] = lru_cache(maxsize=1_000)(self._avro)
        self.protobuf: Callable[[int, tuple[int, ...]], Decode] = lru_cache(maxsize=1_000)(self._protobuf)

    def _avro(self, ident: int) -> Decode:
        told = self._schema(ident, "")
        if told.get("schemaType", "AVRO") != "AVRO":
            raise Refused("record", "unknown-schema", f"Send Avro: schema {ident} of the registry is {told['schemaType']}.")
        try:
            return avro.decoder(told["schema"], [each["schema"] for each in self._references(told, "")])
        except (ValueError, KeyError) as error:
            raise Refused("record", "unknown-schema", f"Schema {ident} of the registry cannot be used: {error}.") from None

    def _protobuf(self, ident: int, place: tuple[int, ...]) -> Decode:
        told = self._schema(ident, "?format=serialized")
        if told.get("schemaType") != "PROTOBUF":
            raise Refused("record", "unknown-schema", f"Send protobuf: schema {ident} of the registry is {told.get('schemaType', 'AVRO')}.")
        try:
            files = [_file(each["schema"], each.get("name", "")) for each in self._references(told, "?format=serialized")]
            return protobuf.at_place([*files, _file(told["schema"], "")], place)
        except (ValueError, KeyError) as error:
            raise Refused("record", "unknown-schema", f"Schema {ident} of the registry cannot be used: {error}.") from None

    def _schema(self, ident: int, how: str) -> dict[str, Any]:
        told = None if ident in self._unknown else self._get(f"/schemas/ids/{ident}{how}")
        if told is None:
            if len(self._unknown) >= UNKNOWN:
                del self._unknown[next(iter(self._unknown))]
            self._unknown[ident] = None
            raise Refused("record", "unknown-schema", f"Register the schema: the registry has none with id {ident}.")
        return told

    def _references(self, told: dict[str, Any], how: str) -> list[dict[str, Any]]:
        """Return the schemas that a schema refers to, those first that others need."""
        found: dict[str, dict[str, Any]] = {}

        def gather(schema: dict[str, Any]) -> None:
            for each in schema.get("references") or ():
                if each["name"] in found or len(found) >= _MOST_REFERENCES:
                    continue
                referred = self._get(f"/subjects/{urllib.parse.quote(each['subject'], safe='')}/versions/{each['version']}{how}")
                if referred is None:
                    raise ValueError(f"it refers to {each['name']}, which the registry does not have")
                gather(referred)
                found[each["name"]] = {**referred, "name": each["name"]}

        gather(told)
        return list(found.values())

    def _get(self, path: str) -> dict[str, Any] | None:
        """Ask; None for what the registry does not have."""
        why: object = ""
        for n in range(TRIES):
            if n:
                sleep(PAUSE * 2 ** (n - 1))
            try:
                with urllib.request.urlopen(_request(self._url + path), timeout=TIMEOUT, context=_context(self._url)) as answer:
                    told = msgspec.json.decode(answer.read(LARGEST))
                    if isinstance(told, dict) and isinstance(told.get("schema"), str):
                        return told
                    why = "it answers something else than a schema"
            except urllib.error.HTTPError as error:
                if error.code == 404:
                    return None
                why = f"it answers {error.code} {error.reason}"
                if error.code in (401, 403):
                    raise RegistryDown(f"schema registry {self._url}: {why}; set SPM_REGISTRY_USER and SPM_REGISTRY_PASSWORD") from None
            except (OSError, ValueError, msgspec.MsgspecError) as error:
                why = getattr(error, "reason", None) or error
        raise RegistryDown(f"schema registry {self._url} gives no schema: {why}; nothing was consumed, start again when it answers")


def _request(url: str) -> urllib.request.Request:
    access, headers = _access[0], {"Accept": "application/vnd.schemaregistry.v1+json, application/json"}
    if access.user:
        headers["Authorization"] = "Basic " + base64.b64encode(f"{access.user}:{access.password}".encode()).decode()
    return urllib.request.Request(url, headers=headers)


def _context(url: str) -> ssl.SSLContext | None:
    ca = _access[0].ca
    return ssl.create_default_context(cafile=str(ca)) if ca is not None and url.startswith("https:") else None


def _file(schema: str, name: str) -> descriptor_pb2.FileDescriptorProto:
    """Read a file descriptor as the registry serializes it."""
    file = descriptor_pb2.FileDescriptorProto()
    try:
        file.ParseFromString(base64.b64decode(schema, validate=True))
    except (binascii.Error, DecodeError):
        raise ValueError("the registry does not serialize protobuf schemas (format=serialized); declare a `file` instead") from None
    file.name = name or file.name or "record.proto"
    return file
