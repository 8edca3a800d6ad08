"""The description of the interface, laid out for a page."""

import json
from dataclasses import dataclass
from typing import Any

from heptune.i18n import say


@dataclass(frozen=True, slots=True)
class Operation:
    """A method of a path.

    Attributes:
        method: In capitals.
        path: With the names of its parameters in braces.
        summary: What it gives.
        needs_token: Whether it asks for the token.
        request: Name of the schema of its body; None without one.
        answer: Name of the schema of its answer, as `describe_type` writes it.
        refusals: Status and reason.
    """

    method: str
    path: str
    summary: str
    needs_token: bool
    request: str | None
    answer: str
    refusals: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a schema: its name, type, whether it must be there, what is said of it."""

    name: str
    type: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema with its fields."""

    name: str
    fields: tuple[Field, ...]


def operations_of(openapi: dict[str, Any]) -> list[Operation]:
    """Return the operations of a description, in its order."""
    return [
        _operation(path, method, operation)
        for path, operations in openapi["paths"].items()
        for method, operation in operations.items()
    ]


def schemas_of(openapi: dict[str, Any]) -> list[Schema]:
    """Return the schemas that our operations use; those of FastAPI's own faults are never sent."""
    schemas = openapi["components"]["schemas"]
    return [_schema(name, schemas[name]) for name in sorted(schemas) if "Validation" not in name]


def describe_type(schema: dict[str, Any]) -> str:
    """Return a type in a few words: `list[LabelScore]`, `string | null`, `"live" | "ready"`."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " | ".join(map(describe_type, schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(map(json.dumps, schema["enum"]))
    if schema.get("type") == "array":
        return f"list[{describe_type(schema.get('items', {}))}]"
    if "additionalProperties" in schema and isinstance(schema["additionalProperties"], dict):
        return f"map[{describe_type(schema['additionalProperties'])}]"
    bound = f" ≥ {schema['minimum']}" if "minimum" in schema else ""
    return str(schema.get("type", "")) + bound


def _operation(path: str, method: str, operation: dict[str, Any]) -> Operation:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    responses = operation["responses"]
    (answer,) = (content["schema"] for content in responses["200"]["content"].values())
    return Operation(
        method=method.upper(),
        path=path,
        summary=_said(operation.get("summary", "")),
        needs_token="security" in operation,
        request=describe_type(body) if body else None,
        answer=describe_type(answer),
        refusals=tuple((status, _said(one["description"])) for status, one in responses.items() if status != "200"),
    )


def _schema(name: str, schema: dict[str, Any]) -> Schema:
    required = schema.get("required", ())
    fields = tuple(
        Field(key, describe_type(one), key in required, _said(one.get("description", "")))
        for key, one in schema.get("properties", {}).items()
    )
    return Schema(name, fields)


def _said(english: str) -> str:
    """Say a sentence of the description in the reader's language."""
    return say(english, {})
