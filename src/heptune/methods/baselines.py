"""What any model has to beat: the commonest class, TF-IDF with logistic regression, the model before it was tuned."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from heptune.methods.linear_probe.settings import ProbeSettings
from heptune.methods.method import Watch
from heptune.methods.tfidf import fit_tfidf, rows_to_fit
from heptune.runtimes.tfidf_runtime import TfidfRuntime
from heptune.schemas.evaluation import BaselineName
from heptune.schemas.sources import MethodName

PROBE: BaselineName = "linear-probe"
_MAJORITY_FILE = "majority.json"

PredictProba = Callable[[Sequence[str]], npt.NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Encoder:
    """The pretrained model of a run, for the baseline that is made of it.

    Attributes:
        model: Its folder.
        label_names: The classes in class order.
        encoded: What the method's `encode` wrote for this model.
        seed: Of its new weights.
        settings: How it computes; but for the precision nothing that it answers depends on them.
    """

    model: Path
    label_names: tuple[str, ...]
    encoded: Path
    seed: int
    settings: ProbeSettings


def baselines_of(method: MethodName) -> tuple[BaselineName, ...]:
    """Return the baselines of a method: a linear probe of the same model is one where all weights are tuned."""
    return ("majority", "tfidf", PROBE) if method == "full" else ("majority", "tfidf")


def fit_baselines(
    names: Sequence[BaselineName],
    splits: Mapping[str, pa.Table],
    folder: Path,
    *,
    class_count: int,
    encoder: Encoder | None,
    watch: Watch,
) -> tuple[BaselineName, ...]:
    """Fit the baselines and write them to `folder`; of a linear probe the last layer alone.

    Args:
        names: Which ones.
        splits: Rows with `text` and `label` (inner class id); all learn from train, a probe chooses by validation.
        folder: Where to write.
        class_count: C.
        encoder: The network of a linear probe.
        watch: Polled between the baselines, and by a probe at work.

    Returns:
        Those that were fitted: a network whose head is not linear has no probe.
    """
    train = splits["train"]
    if "majority" in names:
        _fit_majority(train, folder, class_count)
    watch.check()
    if "tfidf" in names:
        sample = rows_to_fit(train, seed=0, notice=watch.notice)
        model = fit_tfidf(sample["text"].to_pylist(), sample["label"].to_numpy(), class_count=class_count)
        (folder / "tfidf").mkdir()
        model.save(folder / "tfidf")
    if PROBE in names and encoder is not None:
        from heptune.methods.linear_probe.baseline import fit_probe

        (folder / PROBE).mkdir()
        if not fit_probe(encoder, splits, folder / PROBE, watch):
            (folder / PROBE).rmdir()
            return tuple(name for name in names if name != PROBE)
    return tuple(names)


def open_baseline(name: str, folder: Path, encoder: Encoder | None = None, sample: Sequence[str] = ()) -> PredictProba:
    """Open one of the baselines in `folder`; what is returned gives texts their probabilities `[n, C]`.

    Args:
        name: Which one.
        folder: What `fit_baselines` wrote.
        encoder: The network of a linear probe.
        sample: Texts on which a probe compares bf16 with fp32; without any it computes in fp32.
    """
    if name == "tfidf":
        runtime = TfidfRuntime.open(folder / name)
        return lambda texts: runtime.score(texts).probabilities
    if name == PROBE and encoder is not None:
        from heptune.methods.linear_probe.baseline import open_probe

        return open_probe(encoder, folder / name, sample)
    shares = np.array(json.loads((folder / _MAJORITY_FILE).read_text(encoding="utf-8"))["probabilities"])
    return lambda texts: np.tile(shares, (len(texts), 1))


def _fit_majority(train: pa.Table, folder: Path, class_count: int) -> None:
    classes = train["label"].to_numpy()
    shares = np.bincount(classes, minlength=class_count) / len(classes)
    (folder / _MAJORITY_FILE).write_text(json.dumps({"probabilities": shares.tolist()}), encoding="utf-8")
