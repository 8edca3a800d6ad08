"""Scoring tweets with one bundle: ours, `pipeline` as it comes and in batches, ONNX Runtime."""

from dataclasses import dataclass

from benchmarks.speed.contest import Contestant, Standings, at_work
from benchmarks.speed.group import Setting
from benchmarks.speed.ratios import ratio_row
from benchmarks.speed.tables import CONTESTANTS, RATIOS, Report, contestant_rows
from benchmarks.speed.targets import PIPELINE_GPT2, PIPELINE_MINILM

OURS = "Heptune, load(bundle).predict_proba"
DEFAULT = "pipeline at its defaults"
BATCHED = "pipeline, batch_size=32"
ONNX = "ONNX Runtime, int8, texts by length"


@dataclass(frozen=True)
class Scoring:
    """One model; each of them opens the same bundle.

    Attributes:
        model: `GPT-2` or `MiniLM`.
    """

    model: str

    @property
    def name(self) -> str:
        """By which it is chosen."""
        return f"scoring {self.model}"

    def contestants(self, setting: Setting) -> list[Contestant]:
        """Return who takes part."""
        gpt2 = self.model == "GPT-2"
        sizes, bundle = setting.sizes, setting.material.bundle(self.model)
        texts = setting.material.tweets / "train.jsonl"
        many, some, few = sizes.gpt2_scoring_rows if gpt2 else sizes.scoring_rows
        contestants = [
            at_work(DEFAULT, "pipeline_default", bundle, texts, few),
            at_work(BATCHED, "pipeline_batched", bundle, texts, some),
            at_work(OURS, "heptune_score", bundle, texts, many),
        ]
        return contestants if gpt2 else [*contestants, at_work(ONNX, "onnx_int8", bundle, texts, many)]

    def report(self, setting: Setting, contestants: list[Contestant], standings: Standings) -> Report:
        """Return the ratio to each of the others and a row for each contestant."""
        keys = {DEFAULT: PIPELINE_GPT2 if self.model == "GPT-2" else PIPELINE_MINILM}
        return {
            RATIOS: [
                ratio_row(
                    f"{self.model}, scoring, rows/s × {contestant.name}",
                    standings[OURS].values("rows_per_second"),
                    standings[contestant.name].values("rows_per_second"),
                    setting.kind,
                    keys.get(contestant.name, ""),
                )
                for contestant in contestants
                if contestant.name != OURS
            ],
            CONTESTANTS: contestant_rows(self.name, contestants, standings),
        }
