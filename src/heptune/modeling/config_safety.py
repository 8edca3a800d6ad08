"""A model's config.json, read as data and freed of everything that could make a library run code."""

import json
from pathlib import Path
from typing import Any

from heptune.errors import InvalidInputError
from heptune.i18n import _

# Through these a config chose code to load although remote code was off (CVE-2026-4372).
FORBIDDEN_KEYS = ("_attn_implementation_internal", "_experts_implementation_internal")
# These name Python files, kernels and weight files (pickled ones among them) of the author's choice; transformers would
# follow them, we never do.
REMOTE_CODE_KEYS = (
    "auto_map", "custom_pipelines", "attn_implementation", "experts_implementation", "transformers_weights",
)  # fmt: skip
# Its keys are label names, which may look like anything.
LABELS_KEY = "label2id"
LARGEST_CONFIG_BYTES = 10 * 2**20
MOST_NESTING = 50
# Families that number positions from `pad_token_id + 1` on.
OFFSET_POSITIONS = (
    "camembert", "data2vec-text", "esm", "ibert", "layoutlmv3", "lilt", "longformer", "luke", "markuplm", "mpnet",
    "xmod",
)  # fmt: skip


def read_config(folder: Path) -> dict[str, Any]:
    """Read a model folder's config.json without the keys that Heptune does not honour.

    Raises:
        InvalidInputError: there is none, it is not an object, names no architecture, or holds a forbidden key.
    """
    path = folder / "config.json"
    config = _without_unsafe_keys(_read_object(path), path)
    if not isinstance(config.get("model_type"), str):
        raise InvalidInputError(
            _("The model's config does not say which architecture it is."),
            code="unknown_architecture",
            where=str(path),
            expected='"model_type"',
            found=", ".join(sorted(config)[:10]),
        )
    return config


def longest_input(config: dict[str, Any]) -> int | None:
    """Return how many tokens the network takes, None where its config sets no bound."""
    bound = next((config[key] for key in ("max_position_embeddings", "n_positions") if key in config), None)
    if not isinstance(bound, int) or bound <= 0:
        return None
    if "roberta" in config["model_type"] or config["model_type"] in OFFSET_POSITIONS:
        pad = config.get("pad_token_id")
        return bound - (pad if isinstance(pad, int) else 1) - 1
    return bound


def _without_unsafe_keys(value: Any, path: Path) -> Any:  # noqa: ANN401 - JSON
    """Drop the keys that are not honoured, in configs inside the config too.

    Raises:
        InvalidInputError: it holds a forbidden key.
    """
    if isinstance(value, list):
        return [_without_unsafe_keys(item, path) for item in value]
    if not isinstance(value, dict):
        return value
    for key in FORBIDDEN_KEYS:
        if key in value:
            raise _forbidden_key(key, value[key], path)
    return {
        key: item if key == LABELS_KEY else _without_unsafe_keys(item, path)
        for key, item in value.items()
        if not key.startswith("_") and key not in REMOTE_CODE_KEYS
    }


def _forbidden_key(key: str, value: object, path: Path) -> InvalidInputError:
    return InvalidInputError(
        _('The model\'s config sets "{key}", which could load foreign code.', key=key),
        code="forbidden_config_key",
        where=str(path),
        expected=_("a config without this key"),
        found=f"{key} = {value!r}"[:200],
        remedy=_("Do not use this model, or ask its author why the key is there."),
    )


def _nesting(value: object) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_nesting, inner), default=0)


def _read_object(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise InvalidInputError(
            _("This is not a model folder: it has no config.json."),
            code="missing_file",
            where=str(path.parent),
            expected="config.json",
            remedy=_("Give a folder that save_pretrained wrote, a name on the Hub, or starter."),
        )
    try:
        if path.stat().st_size > LARGEST_CONFIG_BYTES:
            raise ValueError(_("more than {count} bytes", count=LARGEST_CONFIG_BYTES))
        config = json.loads(path.read_bytes())
        if not isinstance(config, dict):
            raise TypeError(type(config).__name__)
        if _nesting(config) > MOST_NESTING:
            raise ValueError(_("objects inside objects, more than {count} deep", count=MOST_NESTING))
    except (ValueError, TypeError, RecursionError) as error:
        raise InvalidInputError(
            _("The model's config.json cannot be read."),
            code="bad_config",
            where=str(path),
            expected=_("one JSON object"),
            found=str(error),
            remedy=_("Copy the model's files again as a whole, or download it again."),
        ) from error
    return config
