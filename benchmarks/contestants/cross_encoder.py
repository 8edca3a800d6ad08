"""sentence-transformers' CrossEncoder, trained as its documentation shows; it takes pairs, so the second text is empty.

Its loss for classes refuses a data set of single texts (6.2). The empty second text costs one token more.
"""

import tempfile

import torch
from datasets import Dataset
from sentence_transformers import CrossEncoder
from sentence_transformers.cross_encoder import CrossEncoderTrainer, CrossEncoderTrainingArguments
from sentence_transformers.cross_encoder.losses import CrossEntropyLoss

from benchmarks.contestants.trainer_at_work import Clock, has_bf16_unit
from benchmarks.contestants.work import give, peak_mib, read_work


def main() -> None:
    """Train one epoch and print rows a second and the peak of memory."""
    work = read_work(__doc__)
    network = CrossEncoder(str(work.model), num_labels=work.classes)
    pairs = Dataset.from_dict({"text": work.texts, "nothing": [""] * len(work.texts), "label": work.labels})
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        arguments = CrossEncoderTrainingArguments(
            folder,
            num_train_epochs=1,
            per_device_train_batch_size=work.batch_size,
            learning_rate=5e-5,
            bf16=has_bf16_unit(),
            use_cpu=not torch.cuda.is_available(),
            report_to="none",
            save_strategy="no",
            logging_strategy="no",
            disable_tqdm=True,
        )
        CrossEncoderTrainer(
            network, arguments, train_dataset=pairs, loss=CrossEntropyLoss(network), callbacks=[clock]
        ).train()
    give(
        rows_per_second=len(work.texts) / (clock.ended - clock.started),
        precision="bf16" if has_bf16_unit() else "fp32",
        peak_mib=peak_mib(),
    )


if __name__ == "__main__":
    main()
