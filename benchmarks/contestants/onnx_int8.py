"""ONNX Runtime with int8 weights, texts by length, without torch; `onnx_export` makes the file it opens."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from benchmarks.contestants.scoring_at_work import time_scoring
from benchmarks.contestants.work import decline, read_work

INPUTS = ("input_ids", "attention_mask")
BATCH_SIZE = 64

Tensor = npt.NDArray[Any]
Logits = Callable[[dict[str, Tensor]], Tensor]


def main() -> None:
    """Score the texts and print rows a second, the peak of memory, and how often both agree."""
    work = read_work(__doc__)
    exported = work.model.with_name(f"{work.model.name}-int8.onnx")
    if not exported.exists():
        _export(sys.argv[1:])
    report = json.loads(exported.with_suffix(".json").read_text(encoding="utf-8"))
    tokenizer = Tokenizer.from_file(str(work.model / "tokenizer.json"))
    logits = open_session(exported)
    time_scoring(work, lambda texts: score(texts, tokenizer, logits), **report)


def open_session(path: Path) -> Logits:
    """Return what a file answers to a batch."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return lambda batch: session.run(["logits"], batch)[0]


def score(texts: list[str], tokenizer: Tokenizer, logits: Logits) -> Tensor:
    """Return the logits `[n, C]` in the order of the texts."""
    tokenizer.no_padding()
    tokenizer.enable_truncation(512)
    ids = [text.ids for text in tokenizer.encode_batch_fast(texts)]
    order = np.argsort([len(tokens) for tokens in ids])
    batches = [order[start : start + BATCH_SIZE] for start in range(0, len(order), BATCH_SIZE)]
    scores = [logits(_pad([ids[row] for row in rows])) for rows in batches]
    return np.concatenate(scores)[np.argsort(order)]


def _pad(ids: list[list[int]]) -> dict[str, Tensor]:
    lengths = np.array([len(tokens) for tokens in ids])
    mask = (np.arange(lengths.max()) < lengths[:, None]).astype(np.int64)
    tokens = np.zeros_like(mask)
    tokens[mask > 0] = np.concatenate(ids)
    return dict(zip(INPUTS, (tokens, mask), strict=True))


def _export(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "benchmarks.contestants.onnx_export", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        decline(f"cannot be exported: {done.stderr.strip().splitlines()[-1]}")


if __name__ == "__main__":
    main()
