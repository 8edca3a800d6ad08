"""YAML whose scalars stay text: a setting's own type decides what it means, not YAML.

So the label NO is no false, 00123 keeps its zeros and 1e-4 is a number. Only a bare `null`, `~` or nothing is None.
"""

from collections.abc import Mapping
from typing import Any

import yaml

from heptune.errors import UsageError
from heptune.i18n import _


class _TextLoader(yaml.SafeLoader):
    """Reads every scalar as text, and refuses a key that stands twice."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - as PyYAML declares it

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:  # noqa: ANN401 - PyYAML's own signature
        seen = set()
        for key_node, _value in node.value:
            key = str(key_node.value)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, _('the key "{key}" stands twice', key=key), key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=True)


def _construct_text(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> str | None:
    value = str(loader.construct_scalar(node))
    return None if node.style is None and value in ("", "~", "null") else value


_TextLoader.add_constructor("tag:yaml.org,2002:str", _construct_text)


def parse_yaml(text: str, *, where: str, top_level: bool = True) -> Any:  # noqa: ANN401 - whatever the user wrote
    """Parse a document into dicts, lists, texts and None.

    Args:
        text: The document.
        where: File or option, for messages.
        top_level: It has to be a mapping.

    Raises:
        UsageError: it is not valid YAML, or no mapping where one is needed.
    """
    try:
        value = yaml.load(text, Loader=_TextLoader)  # noqa: S506 - derived from SafeLoader
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise UsageError(
            _("This is not valid YAML."),
            code="bad_yaml",
            where=where,
            found=" ".join(str(error).split()),
            remedy=_("Mend it there, or begin with the recipe that heptune init DATA writes."),
        ) from error
    if top_level and not isinstance(value, dict):
        raise UsageError(
            _("This is not a recipe."),
            code="bad_recipe",
            where=where,
            expected=_("sections such as goal, sources, dataset"),
            found=type(value).__name__,
            remedy=_("Begin with the recipe that heptune init DATA writes."),
        )
    return value


def dump_yaml(sections: Mapping[str, Any]) -> str:
    """Return sections and their settings as YAML that `parse_yaml` reads."""
    return yaml.safe_dump(dict(sections), sort_keys=False, allow_unicode=True)
