"""From a model folder to a network with a classification head, in fp32, with nothing of the model's author run."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from heptune.errors import InvalidInputError, ResourceError
from heptune.i18n import _
from heptune.modeling.compat import quiet_transformers
from heptune.modeling.model_folder import ModelFolder


@dataclass(frozen=True, slots=True)
class LoadedNetwork:
    """A network and which of its weights are new.

    Attributes:
        network: A `PreTrainedModel` for sequence classification, fp32, in evaluation mode.
        new_weights: Names of the weights that the checkpoint did not hold.
    """

    network: Any
    new_weights: tuple[str, ...]


def network_config(model: ModelFolder) -> Any:  # noqa: ANN401 - untyped library
    """Return transformers' config for the model.

    Raises:
        InvalidInputError: transformers does not know the architecture by itself, or the config does not fit it.
    """
    from transformers import AutoConfig
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    if model.architecture not in CONFIG_MAPPING:
        raise _unknown_architecture(model)
    settings = {key: value for key, value in model.config.items() if key not in ("model_type", "architectures")}
    try:
        with quiet_transformers():
            return AutoConfig.for_model(model.architecture, **settings)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise InvalidInputError(
            _("The model's config does not fit its architecture."),
            code="bad_config",
            where=str(model.path / "config.json"),
            found=str(error).splitlines()[0],
        ) from error


def load_network(model: ModelFolder, label_names: Sequence[str], *, pad_id: int, seed: int) -> LoadedNetwork:
    """Load a pretrained network with a new classification head.

    Args:
        model: The folder.
        label_names: Names of the classes in class order.
        pad_id: Id of the tokenizer's pad token; the config gets the same.
        seed: Of the new weights.

    Raises:
        InvalidInputError: the architecture has no classifier, or the weights do not fit the config.
        ResourceError: there is not enough memory.
    """
    import torch
    from transformers import AutoModelForSequenceClassification

    config = network_config(model)
    config.get_text_config().pad_token_id = pad_id
    config.pad_token_id = pad_id
    config.id2label = dict(enumerate(label_names))
    config.label2id = {name: index for index, name in enumerate(label_names)}
    config.problem_type = "single_label_classification"
    config.use_cache = False
    torch.manual_seed(seed)
    try:
        with quiet_transformers():
            network, report = AutoModelForSequenceClassification.from_pretrained(
                model.path,
                config=config,
                dtype=torch.float32,
                use_safetensors=True,
                local_files_only=True,
                trust_remote_code=False,
                ignore_mismatched_sizes=True,
                output_loading_info=True,
            )
    except (ValueError, OSError, RuntimeError, KeyError, ImportError) as error:
        raise _cannot_load(model, error) from error
    new_weights = tuple(sorted(set(report["missing_keys"]) | {key for key, *_shapes in report["mismatched_keys"]}))
    _refuse_foreign_weights(model, network, new_weights)
    return LoadedNetwork(network.eval(), new_weights)


def open_saved_network(folder: Path) -> Any:  # noqa: ANN401 - untyped library
    """Open the network of a bundle, fp32, in evaluation mode.

    Raises:
        InvalidInputError: its files cannot be read.
    """
    import torch
    from transformers import AutoModelForSequenceClassification

    try:
        with quiet_transformers():
            return AutoModelForSequenceClassification.from_pretrained(
                folder, dtype=torch.float32, use_safetensors=True, local_files_only=True, trust_remote_code=False
            ).eval()
    except (ValueError, OSError, RuntimeError, KeyError, ImportError) as error:
        raise InvalidInputError(
            _("The bundle's network cannot be opened."),
            code="bad_bundle",
            where=str(folder),
            found=str(error).splitlines()[0],
        ) from error


def _refuse_foreign_weights(model: ModelFolder, network: Any, new_weights: Sequence[str]) -> None:  # noqa: ANN401
    """A head (and a BERT's pooler) may be new; a body that is new means that the weights are another model's."""
    body = f"{network.base_model_prefix}."
    lost = [name for name in new_weights if name.startswith(body) and "pooler" not in name]
    if lost:
        raise InvalidInputError(
            _("The weights do not fit the model's config: {count} of them are missing.", count=len(lost)),
            code="weights_do_not_fit",
            where=str(model.path),
            expected=", ".join(lost[:3]),
            remedy=_("Check that config.json and the weights belong together."),
        )


def _cannot_load(model: ModelFolder, error: Exception) -> InvalidInputError | ResourceError:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    if "can't allocate memory" in str(error) or "out of memory" in str(error):
        return ResourceError(_("There is not enough memory for this model."), code="out_of_memory", found=reason)
    return InvalidInputError(
        _("This model cannot be opened as a text classifier."),
        code="cannot_load_model",
        where=str(model.path),
        expected=_("an architecture with a sequence classification head in transformers, and weights that fit it"),
        found=reason,
    )


def _unknown_architecture(model: ModelFolder) -> InvalidInputError:
    return InvalidInputError(
        _("transformers does not know this architecture by itself; code that comes with a model is never run."),
        code="unknown_architecture",
        where=str(model.path / "config.json"),
        found=model.architecture,
        remedy=_("Choose a model whose architecture is part of transformers, or upgrade transformers."),
    )
