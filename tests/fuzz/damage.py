"""How a sample is damaged: its structure (JSON), its tags (XML), its bytes. All by one random source, so by number again."""

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

from tests.fuzz.corpus import Sample

Rng = random.Random
_DEEP = {"a": {"b": {"c": {"d": [[[[[]]]]]}}}}
JUNK: tuple[Any, ...] = (
    None, True, False, -1, 0, 1, 7, 1e308, -1e308, 5e-324, 10**15, 10**18, 10**30, 10**400, 2**63, "", " ", "0", "-1", "1e999", "null", "NaN", "\u0000", "\ud800", "\udfff\ud800",
    "\u202e\u0301\U0001f4a5", "x" * 300, "y" * 5000, "|", "a|b\\|c", "/", "..", "{$.x}", "$", "%s%n", "<a/>", "[alarm resource=\"x\"", "[[", "9999-99-99T99:99:99Z",
    "2024-02-30T00:00:00Z", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00Z", "1.3.6.1." + "1." * 300, "." * 2000, "::", "CRITICAL(", "cleared", "NORMAL", [], {}, [[[]]], [None],
    [{}], {"": ""}, {"id": {"id": {"id": "x"}}}, _DEEP, ["a"] * 40, {f"k{n}": n for n in range(40)})
_BOMBS = (
    b'<!DOCTYPE a [<!ENTITY b "%s">]>' % (b"b" * 50), b'<!DOCTYPE a SYSTEM "file:///etc/passwd">', b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/"> %x;]>',
    b'<!DOCTYPE a [<!ENTITY a "a"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>', b'<!doctype a []>', b"<![CDATA[", b"<?xml-stylesheet href='x'?>",
    b'<?xml version="1.0" encoding="UTF-16"?>', b"<!-- -- -->", b"&#0;", b"&#x110000;", b"&undefined;", b"<a xmlns:b='c' b:d='e' b:d='f'/>")


def damaged(sample: Sample, corpus: Sequence[Sample], rng: Rng) -> bytes:
    """Return a sample with one to four damages."""
    if sample.doc is not None and rng.random() < 0.75:
        doc = sample.doc
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            doc = _changed(doc, rng.choice(_STRUCTURAL), rng, corpus)
        value = _written(doc, rng)
        return value if rng.random() < 0.93 else rng.choice(_BYTES)(value, rng, corpus)
    value = sample.value
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        value = rng.choice(_TAGS if value[:1] == b"<" and rng.random() < 0.6 else _BYTES)(value, rng, corpus)
    return value


# --- structure ---

Change = Callable[[Any, Rng, Sequence[Sample]], Any]


def _changed(doc: Any, change: Change, rng: Rng, corpus: Sequence[Sample]) -> Any:
    """Apply a change somewhere in a document: rebuild it along one random path."""
    if isinstance(doc, dict) and doc and rng.random() < 0.85:
        key = rng.choice(list(doc))
        return {**doc, key: _changed(doc[key], change, rng, corpus)}
    if isinstance(doc, list) and doc and rng.random() < 0.85:
        at = rng.randrange(len(doc))
        return [*doc[:at], _changed(doc[at], change, rng, corpus), *doc[at + 1:]]
    return change(doc, rng, corpus)


def _junk(value: Any, rng: Rng, corpus: Sequence[Sample]) -> Any:
    return rng.choice(JUNK)


def _drop(value: Any, rng: Rng, corpus: Sequence[Sample]) -> Any:
    if isinstance(value, dict) and value:
        gone = rng.choice(list(value))
        return {k: v for k, v in value.items() if k != gone}
    return value[1:] if isinstance(value, list | str) else None


def _retype(value: Any, rng: Rng, corpus: Sequence[Sample]) -> Any:
    if isinstance(value, str):
        return rng.choice((float(len(value)), [value], {"id": value}, {value[:60]: value}, value.upper(), f" {value}\t", value.encode("utf-8", "surrogatepass").hex(), [value] * 3))
    if isinstance(value, bool | int | float):
        return rng.choice((str(value), [value], bool(value), {"value": value}, float(value) if abs(value) < 10**300 else 0.5))
    if isinstance(value, list):
        return value[0] if value else {}
    return list(value.values()) if isinstance(value, dict) else "null"


def _nest(value: Any, rng: Rng, corpus: Sequence[Sample]) -> Any:
    for _ in range(rng.choice((1, 2, 5, 40, 150))):
        value = [value] if rng.random() < 0.5 else {"alarm": value}
    return value


def _multiply(value: Any, rng: Rng, corpus: Sequence[Sample]) -> Any:
    if isinstance(value, list) and value:
        return value * rng.choice((2, 3, 20))
    return value * rng.choice((2, 30, 2000)) if isinstance(value, str) and len(value) < 50 else [value, value]


def _rename(value: Any, rng: Rng, corpus: Sequence[Sample]) -> Any:
    if not isinstance(value, dict) or not value:
        return rng.choice(JUNK)
    was = rng.choice(list(value))
    now = rng.choice((was.upper(), was[::-1], f"{was} ", was.replace("-", "_"), f"m:{was}", was * 20, "", "\u0000", "__class__", "$", f"{was}.0"))
    return {now if k == was else k: v for k, v in value.items()}


def _borrow(value: Any, rng: Rng, corpus: Sequence[Sample]) -> Any:
    """Take something of another sample: a format's fields within another's."""
    other = rng.choice(corpus).doc
    for _ in range(rng.randrange(4)):
        if isinstance(other, dict) and other:
            other = other[rng.choice(list(other))]
        elif isinstance(other, list) and other:
            other = rng.choice(other)
    return {**value, **other} if isinstance(value, dict) and isinstance(other, dict) and rng.random() < 0.7 else other


def _twice(value: Any, rng: Rng, corpus: Sequence[Sample]) -> Any:
    """Mark a field to be written twice with two values (`_written`)."""
    if not isinstance(value, dict) or not value:
        return value
    key = rng.choice(list(value))
    return {**value, f"\u0001{key}": rng.choice(JUNK)}


_STRUCTURAL: tuple[Change, ...] = (_junk, _junk, _junk, _drop, _drop, _retype, _retype, _nest, _multiply, _rename, _borrow, _twice)


def _written(doc: Any, rng: Rng) -> bytes:
    text = json.dumps(doc, ensure_ascii=rng.random() < 0.8).replace('"\\u0001', '"')
    return text.encode("utf-8", "surrogatepass")


# --- bytes ---

ByteChange = Callable[[bytes, Rng, Sequence[Sample]], bytes]


def _flip(value: bytes, rng: Rng, corpus: Sequence[Sample]) -> bytes:
    changed = bytearray(value or b"x")
    for _ in range(rng.choice((1, 1, 2, 8))):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _truncate(value: bytes, rng: Rng, corpus: Sequence[Sample]) -> bytes:
    return value[: rng.randrange(len(value) + 1)]


def _cut(value: bytes, rng: Rng, corpus: Sequence[Sample]) -> bytes:
    at = rng.randrange(len(value) + 1)
    return value[:at] + value[at + rng.choice((1, 2, 10, 100)):]


def _insert(value: bytes, rng: Rng, corpus: Sequence[Sample]) -> bytes:
    at = rng.randrange(len(value) + 1)
    piece = rng.choice((b"\x00", b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\xef\xbb\xbf", b'"', b"\\", b"\\u0000", b"\\ud800", b"{", b"}", b"[" * 2000, b'{"a":' * 2000, b",", b"9" * 400, b"<", b"\xf4\x90\x80\x80"))
    return value[:at] + piece + value[at:]


def _repeat(value: bytes, rng: Rng, corpus: Sequence[Sample]) -> bytes:
    at, long = rng.randrange(len(value) + 1), rng.choice((1, 5, 50, 500))
    return value[:at] + value[at: at + long] * rng.choice((2, 3, 10)) + value[at + long:]


def _splice(value: bytes, rng: Rng, corpus: Sequence[Sample]) -> bytes:
    other = rng.choice(corpus).value
    return value[: rng.randrange(len(value) + 1)] + other[rng.randrange(len(other) + 1):]


def _recode(value: bytes, rng: Rng, corpus: Sequence[Sample]) -> bytes:
    text = value.decode("utf-8", "replace")
    return rng.choice((value.swapcase(), text.encode("utf-16"), text.encode("utf-32-be"), b"\xef\xbb\xbf" + value, b" \n" + value + b"\n", value * 2, text.encode("latin-1", "replace"), b"", b"null", value[::-1]))


_BYTES: tuple[ByteChange, ...] = (_flip, _flip, _flip, _truncate, _cut, _insert, _insert, _repeat, _splice, _recode)


# --- tags ---


def _bomb(value: bytes, rng: Rng, corpus: Sequence[Sample]) -> bytes:
    at = rng.choice((0, value.find(b">") + 1, rng.randrange(len(value) + 1)))
    return value[:at] + rng.choice(_BOMBS) + value[at:]


def _deep_tags(value: bytes, rng: Rng, corpus: Sequence[Sample]) -> bytes:
    at, deep = value.find(b">", value.find(b"?>") + 2) + 1, rng.choice((3, 40, 300, 3000))
    return value[:at] + b"<a>" * deep + b"</a>" * (deep if rng.random() < 0.8 else deep - 1) + value[at:]


def _many_tags(value: bytes, rng: Rng, corpus: Sequence[Sample]) -> bytes:
    at = value.rfind(b"</")
    return value[:at] + rng.choice((b"<time/>", b"<resource>x</resource>", b"<alarm/>", b"<fault-id>1</fault-id>", b"<a b='" + b"c" * 3000 + b"'/>")) * rng.choice((1, 2, 500)) + value[at:]


def _text_of_tag(value: bytes, rng: Rng, corpus: Sequence[Sample]) -> bytes:
    ends = [n for n, byte in enumerate(value) if byte == 62]
    at = rng.choice(ends or [0])
    end = value.find(b"<", at)
    piece = str(rng.choice(JUNK)).encode("utf-8", "replace")
    return value[: at + 1] + piece + (value[end:] if end > 0 else b"")


_TAGS: tuple[ByteChange, ...] = (_bomb, _deep_tags, _many_tags, _text_of_tag, _text_of_tag)
