"""How a feed's records are encoded (`encoding:` of a feed in topology.yaml), before its format reads them."""

from typing import Annotated, Any, Literal

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from schemas.topology_names import Strict

KINDS = ("json", "avro", "protobuf")


class EncodingEntry(Strict):
    """`json`, or what reads another encoding: a schema file, or a schema registry whose ids the records carry."""

    kind: Literal["json", "avro", "protobuf"] = "json"
    file: str = ""
    """Avro schema (.avsc), or compiled protobuf descriptors (`protoc --descriptor_set_out --include_imports`), relative to topology.yaml and inside its folder."""
    registry: Annotated[str, Field(pattern=r"^(https?://[^/?#@\s]+[^?#@\s]*)?$")] = ""
    """URL of a schema registry of Confluent's kind; user and password come from SPM_REGISTRY_USER and SPM_REGISTRY_PASSWORD."""
    message: str = ""
    """Full name of the protobuf message, with a file."""
    framing: Literal["", "none", "confluent"] = ""
    """confluent: five bytes with a schema id stand before the record. Default: with a registry confluent, with a file none."""

    @model_validator(mode="before")
    @classmethod
    def _one_word(cls, told: Any) -> Any:
        return {"kind": told} if isinstance(told, str) else told

    @model_validator(mode="after")
    def _says_where_its_schema_is(self) -> "EncodingEntry":
        given = [name for name in ("file", "registry", "message", "framing") if getattr(self, name)]
        if self.kind == "json" and given:
            raise ValueError(f"json needs no {given[0]}")
        if self.kind != "json" and bool(self.file) == bool(self.registry):
            raise ValueError(f"{self.kind} needs either `file` or `registry`")
        if (self.kind == "protobuf" and bool(self.file)) != bool(self.message):
            raise ValueError("`message` names the message of a protobuf file: give both" if self.kind == "protobuf" else "only protobuf has a `message`")
        if self.registry and self.framing == "none":
            raise ValueError("with a registry the records carry its schema ids: leave `framing` out")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"enum": ["json"]}, handler(schema)]}
