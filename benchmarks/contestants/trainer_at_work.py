"""Transformers' Trainer, timed step by step."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    DataCollatorWithPadding,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)

from benchmarks.contestants.work import Work, give, peak_mib


@dataclass(frozen=True)
class Setting:
    """How it is set.

    Attributes:
        pad_to: Tokens that every text is filled up to; None fills up to the batch's longest.
        accumulation: Batches of one row that a step adds up; None takes the work's batch size at once.
        by_length: Whether texts of like length come together.
        bf16: Whether to use it where the hardware has a unit for it.
    """

    pad_to: int | None = None
    accumulation: int | None = None
    by_length: bool = True
    bf16: bool = True


class Clock(TrainerCallback):  # type: ignore[misc] # untyped library
    """Times the steps from the first to the last."""

    def on_train_begin(self, *_args: object, **_kwargs: object) -> None:
        """Begin."""
        self.started = time.perf_counter()
        self.first_ended = 0.0

    def on_step_end(self, *_args: object, **_kwargs: object) -> None:
        """Note the time of the first step and of the last one so far."""
        self.ended = time.perf_counter()
        self.first_ended = self.first_ended or self.ended

    def on_train_end(self, *_args: object, **_kwargs: object) -> None:
        """Wait for a GPU."""
        if torch.cuda.is_available():
            torch.cuda.synchronize()
            self.ended = time.perf_counter()

    def warm_rate(self, rows: int, first_rows: int) -> float | None:
        """Return rows a second of all steps but the first, in which libraries settle; None without others."""
        left = rows - first_rows
        return left / (self.ended - self.first_ended) if left > 0 else None


def train(work: Work, setting: Setting) -> None:
    """Train one epoch and print rows a second and the peak of memory."""
    tokenizer, network = load(work.model, work.classes)
    limit = setting.pad_to or network.config.max_position_embeddings
    rows = encode(tokenizer, work.texts, work.labels, limit=limit, fill_up=setting.pad_to is not None)
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            folder,
            num_train_epochs=1,
            per_device_train_batch_size=1 if setting.accumulation else work.batch_size,
            gradient_accumulation_steps=setting.accumulation or 1,
            learning_rate=5e-5,
            bf16=setting.bf16 and has_bf16_unit(),
            use_cpu=not torch.cuda.is_available(),
            train_sampling_strategy="group_by_length" if setting.by_length else "random",
            report_to="none",
            save_strategy="no",
            logging_strategy="no",
            disable_tqdm=True,
        )
        Trainer(
            network,
            arguments,
            train_dataset=rows,
            data_collator=DataCollatorWithPadding(tokenizer),
            callbacks=[clock],
        ).train()
    give(
        rows_per_second=len(rows) / (clock.ended - clock.started),
        warm_rows_per_second=clock.warm_rate(len(rows), setting.accumulation or work.batch_size),
        precision="bf16" if setting.bf16 and has_bf16_unit() else "fp32",
        peak_mib=peak_mib(),
    )


def load(model: Path, classes: int) -> tuple[Any, Any]:
    """Return the tokenizer, which can pad, and the network in fp32 with a new head."""
    tokenizer = AutoTokenizer.from_pretrained(model)
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    network = AutoModelForSequenceClassification.from_pretrained(
        model, num_labels=classes, dtype=torch.float32, ignore_mismatched_sizes=True
    )
    network.config.pad_token_id = tokenizer.pad_token_id
    return tokenizer, network


def encode(
    tokenizer: Any,  # noqa: ANN401 - untyped library
    texts: list[str],
    labels: list[int],
    *,
    limit: int,
    fill_up: bool = False,
) -> list[dict[str, Any]]:
    """Return rows as Trainer takes them, cut at `limit` tokens, and filled up to it where that is asked for."""
    padding = {"padding": "max_length"} if fill_up else {}
    encoded = tokenizer(texts, truncation=True, max_length=limit, **padding)
    return [
        {"labels": label} | {key: values[row] for key, values in encoded.items()} for row, label in enumerate(labels)
    ]


def has_bf16_unit() -> bool:
    """Return whether an expert would choose bf16 here."""
    units = torch.cpu.get_capabilities()
    return torch.cuda.is_available() or bool(units.get("amx_bf16") or units.get("avx512_bf16"))
