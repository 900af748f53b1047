"""Protobuf messages, read by compiled descriptors; fields keep their names of the .proto file, enums become their words."""

from collections.abc import Callable, Iterable
from typing import Any

from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, duration_pb2, json_format, message_factory, struct_pb2, timestamp_pb2, wrappers_pb2
from google.protobuf.message import DecodeError

from streams.edge.formats.told import Refused

WELL_KNOWN = {each.DESCRIPTOR.name: each.DESCRIPTOR for each in (any_pb2, duration_pb2, struct_pb2, timestamp_pb2, wrappers_pb2)}
"""Files of Google's that others import and that need not be sent along."""
Decode = Callable[[bytes], object]


def decoder(descriptors: bytes, message: str) -> Decode:
    """Return what decodes one message of a FileDescriptorSet; ValueError where that is none, or has no such message."""
    files = descriptor_pb2.FileDescriptorSet()
    try:
        files.ParseFromString(descriptors)
    except DecodeError:
        raise ValueError("no compiled protobuf descriptors; make them with protoc --descriptor_set_out --include_imports") from None
    pool = pool_of(files.file)
    try:
        return _decoder(pool.FindMessageTypeByName(message))
    except KeyError:
        names = [f"{file.package}.{each.name}".lstrip(".") for file in files.file if file.name not in WELL_KNOWN for each in file.message_type]
        raise ValueError(f"no message {message!r} in it; it has {', '.join(names[:10]) or 'none'}") from None


def at_place(files: Iterable[descriptor_pb2.FileDescriptorProto], place: tuple[int, ...]) -> Decode:
    """Return what decodes the message at a place of the last file: (1, 0) is the first within the second."""
    ordered = list(files)
    found: Any = pool_of(ordered).FindFileByName(ordered[-1].name)
    names = list(found.message_types_by_name)
    try:
        descriptor = found.message_types_by_name[names[place[0]]]
        for index in place[1:]:
            descriptor = descriptor.nested_types[index]
    except IndexError:
        raise Refused("record", "not-framed", f"The schema has no message at place {place}.") from None
    return _decoder(descriptor)


def pool_of(files: Iterable[descriptor_pb2.FileDescriptorProto]) -> descriptor_pool.DescriptorPool:
    """Return a pool of these files, those that others import first; ValueError where one is missing."""
    pool, added = descriptor_pool.DescriptorPool(), set[str]()
    for name, known in WELL_KNOWN.items():
        proto = descriptor_pb2.FileDescriptorProto()
        known.CopyToProto(proto)
        pool.Add(proto)
        added.add(name)
    for file in files:
        if file.name in added:
            continue
        if missing := [name for name in file.dependency if name not in added]:
            raise ValueError(f"{file.name} imports {missing[0]}, which is not in it; compile with --include_imports")
        try:
            pool.Add(file)
            pool.FindFileByName(file.name)
        except (TypeError, KeyError) as error:
            raise ValueError(f"{file.name} cannot be used: {str(error)[:200]}") from None
        added.add(file.name)
    return pool


def _decoder(descriptor: Any) -> Decode:
    kind = message_factory.GetMessageClass(descriptor)

    def decode(value: bytes) -> object:
        try:
            return json_format.MessageToDict(kind.FromString(value), preserving_proto_field_name=True, always_print_fields_with_no_presence=True)
        except (DecodeError, json_format.Error, UnicodeDecodeError, RecursionError, TypeError, ValueError) as error:
            raise Refused("record", "not-protobuf", f"Send {descriptor.full_name} messages: {str(error)[:120] or 'these bytes are none'}.") from None

    return decode
