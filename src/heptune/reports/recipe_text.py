"""A recipe with comments: what was inferred from the data, and what else can be set."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel

from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.record import StepResult
from heptune.schemas.sources import Sources

# JSON lets these stand in a text; to YAML they are line breaks or not printable.
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def recipe_text(sections: BaseModel, results: Sequence[StepResult]) -> str:
    """Return YAML in which inferred settings are written out and all others stand as comments.

    Args:
        sections: The recipe; its fields are the sections.
        results: Of steps 1 to 3.
    """
    inferred = _inferred(results)
    lines = ["# A recipe for heptune run. What is commented out has the value shown, or is found out by itself."]
    for name, field in type(sections).model_fields.items():
        section: BaseModel = getattr(sections, name)
        written = section.model_dump(mode="json", exclude_unset=True)
        values = {key: value for key, value in (inferred.get(name, {}) | written).items() if value is not None}
        lines += ["", f"# {field.description}", f"{name}:" if values else f"{name}: {{}}"]
        lines += _section_lines(section, values)
    return "\n".join(lines) + "\n"


def _section_lines(section: BaseModel, values: dict[str, Any]) -> Iterable[str]:
    for key, field in type(section).model_fields.items():
        yield f"  # {field.description}"
        if key in values:
            yield f"  {key}: {_yaml(values[key])}"
        else:
            yield f"  # {key}: {_yaml(field.get_default())}"


def _inferred(results: Sequence[StepResult]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for result in results:
        if isinstance(result, Sources):
            found["sources"] = {"method": result.method, "model": result.model.uri if result.model else None}
        elif isinstance(result, DatasetSplits):
            found["dataset"] = {"text_column": result.text_column, "label_column": _label_column(result)}
            found["goal"] = {"labels": [label.name for label in result.labels]}
    return found


def _label_column(dataset: DatasetSplits) -> str | None:
    """Where names stand in a column of their own the two are found together; a given column stands for itself alone."""
    return None if dataset.label_name_column else dataset.label_column


def _yaml(value: Any) -> str:  # noqa: ANN401 - any setting
    """Write a value as JSON, which is YAML; texts stay quoted, so that none turns into something else."""
    return _NOT_IN_YAML.sub(
        lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False, default=list)
    )
