"""SetFit at its defaults: one epoch over pairs of texts, then a logistic regression; meant for few rows.

Rows a second are labelled rows over the whole of `train()`; as pairs are learnt from, they fall as rows grow.
"""

import tempfile
import time

from benchmarks.contestants.work import Work, decline, give, peak_mib, read_work


def main() -> None:
    """Train on the texts and print rows a second and the peak of memory."""
    work = read_work(__doc__)
    try:
        import setfit  # noqa: F401 - it has not followed each version of transformers
    except ImportError as error:
        import transformers

        decline(f"does not import with transformers {transformers.__version__}: {error}")
    give(rows_per_second=len(work.texts) / _train(work), peak_mib=peak_mib())


def _train(work: Work) -> float:
    """Return the seconds that training took."""
    from datasets import Dataset
    from setfit import SetFitModel, Trainer, TrainingArguments

    model = SetFitModel.from_pretrained(str(work.model))
    rows = Dataset.from_dict({"text": work.texts, "label": work.labels})
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(output_dir=folder, report_to="none", save_strategy="no", logging_strategy="no")
        trainer = Trainer(model, arguments, train_dataset=rows)
        started = time.perf_counter()
        trainer.train()
        return time.perf_counter() - started


if __name__ == "__main__":
    main()
