"""The last layer of a network's head, which makes class scores of features."""

from typing import Any

from torch import nn

from heptune.errors import InvalidInputError
from heptune.i18n import _

NO_LINEAR_HEAD = "no_linear_head"


def last_layer(network: Any) -> nn.Linear:  # noqa: ANN401 - untyped library
    """Return the layer with weights `[C, d]` that gives the class scores.

    Args:
        network: A `PreTrainedModel` for sequence classification.

    Raises:
        InvalidInputError: there is none outside the network's body (`code="no_linear_head"`).
    """
    body = set() if network.base_model is network else set(network.base_model.modules())
    linear = (module for module in network.modules() if isinstance(module, nn.Linear) and module not in body)
    found = [module for module in linear if module.out_features == network.config.num_labels]
    if not found:
        raise no_linear_head(network)
    return found[-1]


def names_in(network: Any, layer: nn.Linear) -> tuple[str, ...]:  # noqa: ANN401
    """Return the names of the layer's weights in the network."""
    own = {id(weight) for weight in layer.parameters()}
    return tuple(name for name, weight in network.named_parameters() if id(weight) in own)


def no_linear_head(network: Any) -> InvalidInputError:  # noqa: ANN401
    """Return the error for a network whose class scores are not what a linear layer gives."""
    return InvalidInputError(
        _("This network has no head that a linear probe could learn."),
        code=NO_LINEAR_HEAD,
        expected=_("class scores that come from a linear layer outside the network's body, as they are"),
        found=type(network).__name__,
        remedy=_("Choose another model, or --method full."),
    )
