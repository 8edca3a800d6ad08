"""Makes of a folder what `onnx_int8` opens: `torch.onnx.export`, then dynamic quantization of the weights.

Two files come to lie beside the folder: the graph, and the share of the texts for which it names the same class as the
network that it was made from.
"""

import json
from pathlib import Path
from typing import Any

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from transformers import AutoModelForSequenceClassification

from benchmarks.contestants.onnx_int8 import INPUTS, Tensor, open_session, score
from benchmarks.contestants.work import read_work

COMPARED_TEXTS = 512


class _LogitsOnly(torch.nn.Module):
    """The network as it is exported: two tensors in, one out."""

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> Any:  # noqa: ANN401 - untyped library
        return self.network(input_ids=input_ids, attention_mask=attention_mask).logits


def main() -> None:
    """Export, quantize, compare."""
    work = read_work(__doc__)
    tokenizer = Tokenizer.from_file(str(work.model / "tokenizer.json"))
    network = _LogitsOnly(AutoModelForSequenceClassification.from_pretrained(work.model, dtype=torch.float32)).eval()
    plain, exported = (work.model.with_name(f"{work.model.name}-{kind}.onnx") for kind in ("fp32", "int8"))
    _export(network, plain)
    quantize_dynamic(plain, exported, weight_type=QuantType.QInt8)

    @torch.inference_mode()
    def logits(batch: dict[str, Tensor]) -> Tensor:
        answer: Tensor = network(**{key: torch.from_numpy(values) for key, values in batch.items()}).numpy()
        return answer

    texts = work.texts[:COMPARED_TEXTS]
    found, expected = (score(texts, tokenizer, either).argmax(axis=-1) for either in (open_session(exported), logits))
    report = {"agreement": float((found == expected).mean()), "compared_texts": len(texts)}
    exported.with_suffix(".json").write_text(json.dumps(report), encoding="utf-8")


def _export(network: torch.nn.Module, path: Path) -> None:
    example = torch.ones(2, 8, dtype=torch.int64)
    any_size = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    torch.onnx.export(
        network,
        kwargs=dict.fromkeys(INPUTS, example),
        f=path,
        input_names=list(INPUTS),
        output_names=["logits"],
        dynamic_shapes=dict.fromkeys(INPUTS, any_size),
        dynamo=True,
        verbose=False,
    )


if __name__ == "__main__":
    main()
