"""Fine-tune a pretrained language model on your own labelled text in seven steps.

`run` trains, `load` opens what was trained, `TextClassifier` does both in the style of scikit-learn; `predict` puts
answers beside the rows of files, `verify` says whether a classifier is still what was written, `export` makes one that
needs no torch; `check` looks for what may be wrong with the data, `review` lists labels in doubt, `fix` writes a
cleaned copy, `curve` tells what more labels are worth.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from heptune.api import FinishedRun, load, run, verify
    from heptune.bundle.predictor import Prediction, Predictor
    from heptune.bundle_exchange import pull, push
    from heptune.bundle_export import export
    from heptune.data_check import check
    from heptune.data_curve import curve
    from heptune.data_fix import fix
    from heptune.data_predict import predict
    from heptune.data_review import review
    from heptune.errors import HeptuneError
    from heptune.estimator import TextClassifier
    from heptune.reproduction import reproduce

__all__ = [
    "FinishedRun",
    "HeptuneError",
    "Prediction",
    "Predictor",
    "TextClassifier",
    "check",
    "curve",
    "export",
    "fix",
    "load",
    "predict",
    "pull",
    "push",
    "reproduce",
    "review",
    "run",
    "verify",
]
__version__ = version("heptune")

_HOMES = {
    "FinishedRun": "heptune.api",
    "HeptuneError": "heptune.errors",
    "Prediction": "heptune.bundle.predictor",
    "Predictor": "heptune.bundle.predictor",
    "TextClassifier": "heptune.estimator",
    "check": "heptune.data_check",
    "curve": "heptune.data_curve",
    "export": "heptune.bundle_export",
    "fix": "heptune.data_fix",
    "load": "heptune.api",
    "predict": "heptune.data_predict",
    "pull": "heptune.bundle_exchange",
    "push": "heptune.bundle_exchange",
    "reproduce": "heptune.reproduction",
    "review": "heptune.data_review",
    "run": "heptune.api",
    "verify": "heptune.api",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the names above
    """Import a name when it is asked for, so that `import heptune` stays cheap."""
    if name not in _HOMES:
        raise AttributeError(f"module 'heptune' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
