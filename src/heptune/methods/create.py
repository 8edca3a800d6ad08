"""Methods by name."""

from collections.abc import Sequence
from pathlib import Path

from heptune.methods.method import Method
from heptune.methods.tfidf import TfidfMethod
from heptune.schemas.sources import MethodName


def create_method(name: MethodName, model: Path | None, label_names: Sequence[str]) -> Method:
    """Return a method that has learnt nothing yet.

    Args:
        name: Which one.
        model: Folder of the pretrained model; None for a method without one.
        label_names: The classes in class order.

    Raises:
        MissingError: the model's folder is incomplete.
    """
    if name == "full" and model is not None:
        from heptune.methods.finetune.full import FullFineTuning

        return FullFineTuning(model, label_names)
    if name == "linear-probe" and model is not None:
        from heptune.methods.linear_probe.probe import LinearProbe

        return LinearProbe(model, label_names)
    return TfidfMethod(label_names)
