"""Fine-tune a pretrained language model on your own labelled text in seven steps.

`run` trains, `load` opens what was trained, `TextClassifier` does both in the style of scikit-learn; `check` looks for
what may be wrong with the data, `review` lists labels in doubt, `fix` writes a cleaned copy,
`curve` tells what more labels are worth; `export` makes a bundle that needs no torch.
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from heptune.api import FinishedRun, load, run
    from heptune.bundle.predictor import Prediction, Predictor
    from heptune.bundle_export import export
    from heptune.data_check import check
    from heptune.data_curve import curve
    from heptune.data_fix import fix
    from heptune.data_review import review
    from heptune.errors import HeptuneError
    from heptune.estimator import TextClassifier

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
    "review",
    "run",
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
    "review": "heptune.data_review",
    "run": "heptune.api",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the names above
    """Import a name when it is asked for, so that `import heptune` stays cheap."""
    if name not in _HOMES:
        raise AttributeError(f"module 'heptune' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
