"""From a model folder to a network with a classification head, in fp32, with nothing of the model's author run."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from heptune.errors import InvalidInputError
from heptune.i18n import _
from heptune.modeling.compat import foreign_faults, in_one_line, network_at_work, quiet_transformers
from heptune.modeling.model_folder import ModelFolder, read_model_folder


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
    except foreign_faults() as error:
        raise InvalidInputError(
            _("The model's config does not fit its architecture."),
            code="bad_config",
            where=str(model.path / "config.json"),
            found=in_one_line(error),
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

    config = network_config(model)
    torch.manual_seed(seed)
    try:
        _describe_classes(config, label_names, pad_id)
        _refuse_unknown_pad_token(model, config, pad_id)
        loaded = _load(model, config)
    except foreign_faults() as error:
        raise _cannot_load(model, in_one_line(error)) from error
    _refuse_foreign_weights(model, loaded)
    return loaded


def open_saved_network(folder: Path) -> Any:  # noqa: ANN401 - untyped library
    """Open the network of a bundle, fp32, in evaluation mode; it is trusted no more than any model folder.

    Raises:
        InvalidInputError: its files cannot be read, or weights are missing.
        ResourceError: there is not enough memory.
    """
    model = read_model_folder(folder)
    config = network_config(model)
    try:
        loaded = _load(model, config)
    except foreign_faults() as error:
        raise _bad_bundle(folder, in_one_line(error)) from error
    if loaded.new_weights:
        raise _bad_bundle(folder, _("no weights for {names}", names=", ".join(loaded.new_weights[:3])))
    return loaded.network


def _describe_classes(config: Any, label_names: Sequence[str], pad_id: int) -> None:  # noqa: ANN401
    config.get_text_config().pad_token_id = pad_id
    config.pad_token_id = pad_id
    config.id2label = dict(enumerate(label_names))
    config.label2id = {name: index for index, name in enumerate(label_names)}
    config.problem_type = "single_label_classification"
    config.use_cache = False


def _load(model: ModelFolder, config: Any) -> LoadedNetwork:  # noqa: ANN401 - untyped library
    import torch
    from transformers import AutoModelForSequenceClassification

    with quiet_transformers(), network_at_work(_("Use a smaller model.")):
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
    new_weights = set(report["missing_keys"]) | {key for key, *_shapes in report["mismatched_keys"]}
    return LoadedNetwork(network.eval(), tuple(sorted(new_weights)))


def _refuse_unknown_pad_token(model: ModelFolder, config: Any, pad_id: int) -> None:  # noqa: ANN401
    known = config.get_text_config().vocab_size
    if pad_id >= known:
        raise InvalidInputError(
            _("The network does not know the token that its tokenizer pads with."),
            code="tokenizer_does_not_fit",
            where=str(model.path),
            expected=_("an id below {count}", count=known),
            found=str(pad_id),
            remedy=_("Set pad_token in tokenizer_config.json to a token that the network was trained with."),
        )


def _refuse_foreign_weights(model: ModelFolder, loaded: LoadedNetwork) -> None:
    """A head (and a BERT's pooler) may be new; a body that is new means that the weights are another model's."""
    body = f"{loaded.network.base_model_prefix}."
    lost = [name for name in loaded.new_weights if name.startswith(body) and "pooler" not in name]
    if lost:
        raise InvalidInputError(
            _("The weights do not fit the model's config: {count} of them are missing.", count=len(lost)),
            code="weights_do_not_fit",
            where=str(model.path),
            expected=", ".join(lost[:3]),
            remedy=_("Check that config.json and the weights belong together."),
        )


def _cannot_load(model: ModelFolder, found: str) -> InvalidInputError:
    return InvalidInputError(
        _("This model cannot be opened as a text classifier."),
        code="cannot_load_model",
        where=str(model.path),
        expected=_("an architecture with a sequence classification head in transformers, and weights that fit it"),
        found=found,
        remedy=_("Copy the model's files again as a whole, or choose another model."),
    )


def _bad_bundle(folder: Path, found: str) -> InvalidInputError:
    return InvalidInputError(
        _("The bundle's network cannot be opened."),
        code="bad_bundle",
        where=str(folder),
        found=found,
        remedy=_("Copy the bundle again as a whole, or make it again."),
    )


def _unknown_architecture(model: ModelFolder) -> InvalidInputError:
    return InvalidInputError(
        _("transformers does not know this architecture by itself; code that comes with a model is never run."),
        code="unknown_architecture",
        where=str(model.path / "config.json"),
        found=model.architecture,
        remedy=_("Choose a model whose architecture is part of transformers, or upgrade transformers."),
    )
