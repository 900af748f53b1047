"""Is the content of a topology shaped as `schemas/topology.py` says? What is not becomes findings with lines."""

from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from streams.edge.topology_finding import Finding, TopologyError, nearest, path_text
from streams.edge.topology_source import Source

Model = TypeVar("Model", bound=BaseModel)


def shaped(model: type[Model], content: dict[str, Any], source: Source) -> Model:
    """Return the content as its model, or raise TopologyError with every mistake found, in the order of the file."""
    content = {name: part for name, part in content.items() if part is not None}  # `services:` with nothing under it.
    try:
        return model.model_validate(content)
    except ValidationError as error:
        findings = [_finding(model, told, source, content) for told in error.errors(include_url=False)]
        raise TopologyError(sorted(dict.fromkeys(findings), key=lambda f: f.line)) from None


def _finding(model: type[BaseModel], told: ErrorDetails, source: Source, content: Any) -> Finding:
    path = _real_path(told["loc"], content)
    given, context = told["input"], told.get("ctx", {})
    name = str(path[-1]) if path else ""
    match told["type"]:
        case "extra_forbidden":
            known = _names(model, path[:-1])
            message, remedy = f"{name!r} is not a known name here", nearest(name, known) or f"known are {', '.join(known)}"
        case "missing":
            message, remedy = f"{told['loc'][-1]!r} is missing", f"add `{told['loc'][-1]}:`"
        case "literal_error":
            message, remedy = (
                f"{given!r} is not one of {context['expected']}",
                nearest(str(given), context["expected"].replace("'", "").replace(" or ", ", ").split(", ")),
            )
        case "string_type" if given is None:
            message, remedy = "has no value", "write one, or leave the name away"
        case "string_type":
            message, remedy = (
                f"{_shown(given)} is not text",
                "write it in quotes" if not isinstance(given, dict | list) else "write one name",
            )
        case "value_error":
            message, remedy = str(context["error"]), ""
        case _:
            message, remedy = f"{_shown(given)}: {told['msg'][0].lower()}{told['msg'][1:]}", ""
    return Finding("error", source.name, source.line(path), path_text(path), message, remedy)


def _real_path(loc: tuple[str | int, ...], content: Any) -> tuple[str | int, ...]:
    """Cut what pydantic adds to a path ("[key]") and what is not in the file (`mode: x` is told as mode.default)."""
    path: list[str | int] = []
    for part in loc:
        if isinstance(content, dict):
            found = next((key for key in content if str(key) == str(part)), None)
            if found is None:
                break
            content = content[found]
        elif isinstance(content, list) and isinstance(part, int):
            content = content[part]
        else:
            break
        path.append(part)
    return tuple(path)


def _names(model: Any, path: tuple[str | int, ...]) -> list[str]:
    """Return the names that are known at a path, as the file spells them."""
    for part in path:
        model = _plain(model)
        if get_origin(model) in (list, dict):
            model = get_args(model)[-1]
        elif isinstance(model, type) and issubclass(model, BaseModel):
            model = next(field.annotation for name, field in model.model_fields.items() if part in (name, field.alias))
    model = _plain(model)
    return (
        [field.alias or name for name, field in model.model_fields.items()]
        if isinstance(model, type) and issubclass(model, BaseModel)
        else []
    )


def _plain(model: Any) -> Any:
    """Return what an annotated or optional one is about."""
    while get_origin(model) in (Annotated, Union, UnionType):
        model = get_args(model)[0]
    return model


def _shown(given: Any) -> str:
    text = repr(given)
    return text if len(text) <= 60 else text[:57] + "..."
