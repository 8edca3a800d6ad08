"""The limit: the best rate of one large matrix product here, and how much of it a token of training asks for."""

import statistics
import time

import torch
from transformers import AutoConfig, AutoModelForSequenceClassification

from benchmarks.contestants.trainer_at_work import has_bf16_unit
from benchmarks.contestants.work import give, read_work
from heptune.modeling.matrix_rate import matrix_parameters, training_flops

SIZE = 4_096
ROUNDS = 5


def main() -> None:
    """Print the rates in FLOPs a second, and the FLOPs of a token."""
    work = read_work(__doc__)
    with torch.device("meta"):
        network = AutoModelForSequenceClassification.from_config(AutoConfig.from_pretrained(work.model))
    give(
        fp32_rate=_rate(torch.float32),
        bf16_rate=_rate(torch.bfloat16) if has_bf16_unit() else None,
        flops_per_token=training_flops(matrix_parameters(network), 1),
    )


@torch.inference_mode()
def _rate(dtype: torch.dtype) -> float:
    one = torch.ones(SIZE, SIZE, dtype=dtype, device="cuda" if torch.cuda.is_available() else "cpu")

    def seconds() -> float:
        started = time.perf_counter()
        float((one @ one)[0, 0])  # waits for a GPU
        return time.perf_counter() - started

    seconds()
    return 2 * SIZE**3 / statistics.median(seconds() for _round in range(ROUNDS))


if __name__ == "__main__":
    main()
