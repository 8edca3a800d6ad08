"""Transformers' Trainer, timed step by step."""

import tempfile
import time
from dataclasses import dataclass

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


class _Clock(TrainerCallback):  # type: ignore[misc] # untyped library
    """Times the steps from the first to the last."""

    def on_train_begin(self, *_args: object, **_kwargs: object) -> None:
        self.started = time.perf_counter()

    def on_step_end(self, *_args: object, **_kwargs: object) -> None:
        self.ended = time.perf_counter()

    def on_train_end(self, *_args: object, **_kwargs: object) -> None:
        if torch.cuda.is_available():
            torch.cuda.synchronize()
            self.ended = time.perf_counter()


def train(work: Work, setting: Setting) -> None:
    """Train one epoch and print rows a second and the peak of memory."""
    tokenizer = AutoTokenizer.from_pretrained(work.model)
    tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
    network = AutoModelForSequenceClassification.from_pretrained(
        work.model, num_labels=work.classes, dtype=torch.float32, ignore_mismatched_sizes=True
    )
    network.config.pad_token_id = tokenizer.pad_token_id
    padding = {"padding": "max_length"} if setting.pad_to else {}
    encoded = tokenizer(work.texts, truncation=True, max_length=setting.pad_to or 512, **padding)
    rows = [
        {"labels": label} | {key: values[row] for key, values in encoded.items()}
        for row, label in enumerate(work.labels)
    ]
    clock = _Clock()
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
    give(rows_per_second=len(rows) / (clock.ended - clock.started), peak_mib=peak_mib())


def has_bf16_unit() -> bool:
    """Return whether an expert would choose bf16 here."""
    units = torch.cpu.get_capabilities()
    return torch.cuda.is_available() or bool(units.get("amx_bf16") or units.get("avx512_bf16"))
