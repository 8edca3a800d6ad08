"""How much work there is: enough for a steady figure on two cores, and little enough to be done in about an hour."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Rows and rounds of one form of the benchmark.

    Attributes:
        name: Of the file, beside the class of CPU; empty for the whole form.
        rounds: Of every contest; a median wants three, the quick form shows one.
        training_rows: By model.
        article_rows: Of the article's recipe, four a step.
        setfit_rows: SetFit is for few.
        job_rows: Of the whole job from a cold start.
        job_test_rows: Those it is evaluated on; None takes all.
        job_batches: Batch sizes of the expert.
        scoring_rows: By contestant: ours and ONNX Runtime, `pipeline` in batches, `pipeline` by itself.
        gpt2_scoring_rows: The same for GPT-2.
        growth_rows: Rows of training data.
        growth_minutes: The bound of a training on them.
        growth_lengths: Tokens a text, by model.
        growth_tokens: Those of one training, by model.
        growth_labels: How many there are.
        growth_label_rows: Rows of one training.
    """

    name: str
    rounds: int
    training_rows: dict[str, int]
    article_rows: int
    setfit_rows: int
    job_rows: int
    job_test_rows: int | None
    job_batches: tuple[int, ...]
    scoring_rows: tuple[int, int, int]
    gpt2_scoring_rows: tuple[int, int, int]
    growth_rows: tuple[int, ...]
    growth_minutes: float
    growth_lengths: dict[str, tuple[int, ...]]
    growth_tokens: dict[str, int]
    growth_labels: tuple[int, ...]
    growth_label_rows: int


WHOLE = Sizes(
    name="",
    rounds=3,
    training_rows={"GPT-2": 320, "MiniLM": 1_280},
    article_rows=12,
    setfit_rows=24,
    job_rows=1_000,
    job_test_rows=None,
    job_batches=(16, 32),
    scoring_rows=(20_000, 4_000, 2_000),
    gpt2_scoring_rows=(1_000, 500, 300),
    growth_rows=(1_000, 10_000, 100_000, 1_000_000),
    growth_minutes=0.3,
    growth_lengths={"MiniLM": (16, 64, 128, 256, 512), "GPT-2": (128, 1_024)},
    growth_tokens={"MiniLM": 16_384, "GPT-2": 6_144},
    growth_labels=(2, 10, 100, 1_000),
    growth_label_rows=1_024,
)
QUICK = Sizes(
    name="quick",
    rounds=1,
    training_rows={"GPT-2": 96, "MiniLM": 320},
    article_rows=4,
    setfit_rows=12,
    job_rows=200,
    job_test_rows=500,
    job_batches=(16,),
    scoring_rows=(2_000, 400, 200),
    gpt2_scoring_rows=(200, 100, 60),
    growth_rows=(1_000,),
    growth_minutes=0.2,
    growth_lengths={"MiniLM": (16, 512)},
    growth_tokens={"MiniLM": 4_096},
    growth_labels=(2, 100),
    growth_label_rows=256,
)
# For trying the benchmark itself; its figures mean nothing.
TINY = Sizes(
    name="tiny",
    rounds=1,
    training_rows={"GPT-2": 8, "MiniLM": 64},
    article_rows=1,
    setfit_rows=8,
    job_rows=40,
    job_test_rows=40,
    job_batches=(16,),
    scoring_rows=(40, 20, 10),
    gpt2_scoring_rows=(12, 8, 4),
    growth_rows=(100,),
    growth_minutes=0.05,
    growth_lengths={"MiniLM": (16, 64)},
    growth_tokens={"MiniLM": 4_096},
    growth_labels=(2, 20),
    growth_label_rows=40,
)
