"""Fill the settings tables of docs/steps from the settings themselves: python docs/make_settings_tables.py."""

import json
import re
from pathlib import Path
from typing import Any

from heptune.recipe import Recipe

STEPS = Path(__file__).parent / "steps"
KINDS = {
    "boolean": "`true` or `false`",
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "array": "list",
    "object": "object",
}
TABLE = re.compile(r"(<!-- settings of (?P<section>\w+) -->\n).*?(<!-- end of settings -->)", re.DOTALL)


def with_tables(page: str) -> str:
    """Return a page in which every settings table is as the settings are."""
    return TABLE.sub(lambda match: f"{match[1]}{settings_table(match['section'])}{match[3]}", page)


def settings_table(section: str) -> str:
    """Return the Markdown table of one section of the recipe."""
    schema = Recipe.model_json_schema()
    config = schema["properties"][section]["$ref"].rpartition("/")[2]
    rows = [_row(f"{section}.{name}", value) for name, value in schema["$defs"][config]["properties"].items()]
    return "\n".join(["| setting | value | default | what it does |", "|---|---|---|---|", *rows]) + "\n"


def _row(name: str, schema: dict[str, Any]) -> str:
    default = f"`{json.dumps(schema['default'])}`" if "default" in schema else "none: it must be given"
    cells = (f"`{name}`", _kind(schema), default, schema["description"])
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _kind(schema: dict[str, Any]) -> str:
    """Return what a value may be, with its bounds."""
    if "anyOf" in schema:
        return " or ".join(_kind(kind) for kind in schema["anyOf"] if kind["type"] != "null")
    choices = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    if choices:
        return ", ".join(f"`{choice}`" for choice in choices)
    bounds = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to", "exclusiveMaximum": "below"}
    words = [f"{word} {_number(schema[key])}" for key, word in bounds.items() if key in schema]
    return " ".join([KINDS[schema["type"]], ", ".join(words)]).strip()


def _number(value: int | float) -> str:
    power = value.bit_length() - 1 if isinstance(value, int) and value > 2**20 else 0
    return f"2^{power}" if power and value == 2**power else f"{value:g}"


if __name__ == "__main__":
    for path in STEPS.glob("*.md"):
        path.write_text(with_tables(path.read_text(encoding="utf-8")), encoding="utf-8")
