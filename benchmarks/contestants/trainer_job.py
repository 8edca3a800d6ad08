"""A whole job as an expert writes it: Trainer for 5 epochs, one evaluation on the test rows, the model saved."""

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
import torch
from transformers import DataCollatorWithPadding, EvalPrediction, Trainer, TrainingArguments, set_seed

from benchmarks.contestants.trainer_at_work import encode, has_bf16_unit, load
from benchmarks.contestants.work import give


def main() -> None:
    """Train, evaluate, save, and print the accuracy; whoever calls takes the time, imports included."""
    options = _options()
    texts, labels = _read(options.texts)
    sample = np.random.default_rng(options.seed).permutation(len(texts))[: options.sample]
    set_seed(options.seed)
    tokenizer, network = load(options.model, max(labels) + 1)
    limit = network.config.max_position_embeddings
    train = encode(tokenizer, [texts[row] for row in sample], [labels[row] for row in sample], limit=limit)
    test = encode(tokenizer, *_read(options.test, options.test_rows), limit=limit)
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(
            network,
            _arguments(folder, options),
            train_dataset=train,
            eval_dataset=test,
            data_collator=DataCollatorWithPadding(tokenizer),
            processing_class=tokenizer,
            compute_metrics=_accuracy,
        )
        trainer.train()
        scores = trainer.evaluate()
        trainer.save_model(folder)
    give(accuracy=scores["eval_accuracy"], precision="bf16" if has_bf16_unit() else "fp32")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--test-rows", type=int)
    parser.add_argument("--sample", type=int, default=1_000)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--seed", type=int, default=42)
    return parser.parse_args()


def _arguments(folder: str, options: argparse.Namespace) -> TrainingArguments:
    return TrainingArguments(
        folder,
        num_train_epochs=5,
        per_device_train_batch_size=options.batch_size,
        per_device_eval_batch_size=64,
        learning_rate=1e-4,
        warmup_steps=0.1,
        weight_decay=0.01,
        bf16=has_bf16_unit(),
        use_cpu=not torch.cuda.is_available(),
        train_sampling_strategy="group_by_length",
        seed=options.seed,
        report_to="none",
        save_strategy="no",
        logging_strategy="no",
        disable_tqdm=True,
    )


def _read(path: Path, rows: int | None = None) -> tuple[list[str], list[int]]:
    with path.open(encoding="utf-8") as lines:
        read = [row for row in map(json.loads, lines) if row["text"].strip()][:rows]
    return [row["text"] for row in read], [int(row["label"]) for row in read]


def _accuracy(predicted: EvalPrediction) -> dict[str, float]:
    return {"accuracy": float((predicted.predictions.argmax(axis=-1) == predicted.label_ids).mean())}


if __name__ == "__main__":
    main()
