"""Training of one model on tweets: the article's recipe, an expert's Trainer, others, ours, and the limit."""

from dataclasses import dataclass
from statistics import median

from benchmarks.speed.contest import Contestant, Standing, Standings, at_work
from benchmarks.speed.figures import NONE, compare, middle, spread, write, write_percent
from benchmarks.speed.group import Setting
from benchmarks.speed.ratios import estimate_row, ratio_row, told
from benchmarks.speed.tables import CONTESTANTS, ESTIMATES, RATIOS, Report, contestant_rows
from benchmarks.speed.targets import ARTICLE, EXPERT_GPT2, EXPERT_MINILM, MATRIX_SHARE, MEMORY

OURS = "Heptune"
TRAINER = "Trainer as an expert sets it"
RECIPE = "Trainer by the article's recipe"
LIMIT = "limit by the best matrix rate"


@dataclass(frozen=True)
class Training:
    """One model.

    Attributes:
        model: `GPT-2` or `MiniLM`.
    """

    model: str

    @property
    def name(self) -> str:
        """By which it is chosen."""
        return f"training {self.model}"

    def contestants(self, setting: Setting) -> list[Contestant]:
        """Return who takes part."""
        sizes, model = setting.sizes, setting.material.model(self.model)
        texts = setting.material.tweets / "train.jsonl"
        rows = sizes.training_rows[self.model]
        ours = at_work(OURS, "heptune_full", model, texts, rows)
        expert = at_work(TRAINER, "trainer", model, texts, rows)
        limit = at_work(LIMIT, "matrix_rate", model, texts, 1)
        if self.model == "GPT-2":
            recipe = at_work(RECIPE, "trainer_article", model, texts, sizes.article_rows)
            return [recipe, expert, ours, limit]
        others = [
            at_work("CrossEncoder", "cross_encoder", model, texts, rows),
            at_work("SetFit", "set_fit", model, texts, sizes.setfit_rows),
        ]
        return [expert, *others, ours, limit]

    def report(self, setting: Setting, contestants: list[Contestant], standings: Standings) -> Report:
        """Return ratios, a row for each contestant, and how good the estimate was."""
        gpt2 = self.model == "GPT-2"
        pairs = [(TRAINER, EXPERT_GPT2 if gpt2 else EXPERT_MINILM)]
        pairs = [(RECIPE, ARTICLE), *pairs] if gpt2 else pairs
        ratios = [
            ratio_row(
                f"{self.model}, training, rows/s × {theirs}",
                standings[OURS].values("rows_per_second"),
                standings[theirs].values("rows_per_second"),
                setting.kind,
                key,
            )
            for theirs, key in pairs
        ]
        ratios.append(
            ratio_row(
                f"{self.model}, training, rows/s × {TRAINER}, its first step not counted",
                standings[OURS].values("rows_per_second"),
                standings[TRAINER].values("warm_rows_per_second"),
                setting.kind,
                "",
            )
        )
        ratios += self._share_rows(setting.kind, standings)
        ratios.append(
            ratio_row(
                f"{self.model}, training, peak memory ÷ {TRAINER}, MiB",
                standings[OURS].values("peak_mib"),
                standings[TRAINER].values("peak_mib"),
                setting.kind,
                MEMORY,
            )
        )
        rows = contestant_rows(self.name, [one for one in contestants if one.name != LIMIT], standings)
        return {
            RATIOS: ratios,
            CONTESTANTS: [*rows, self._limit_row(standings)],
            ESTIMATES: estimate_row(self.name, standings[OURS]),
        }

    def _share_rows(self, kind: str, standings: Standings) -> list[list[str]]:
        """Return the share of the best rate; for MiniLM there is no target."""
        ours = _achieved(standings)
        limit = _limit_rates(standings)
        share = compare(ours, limit)
        name = f"{self.model}, training, TFLOP/s of the model ÷ best matrix rate"
        reported = standings[OURS].values("matrix_rate_share")
        own = [
            f"{name}, as Heptune reports it",
            NONE,
            NONE,
            write_percent(median(reported)) if reported else NONE,
            NONE,
            NONE,
            NONE,
        ]
        key = MATRIX_SHARE if self.model == "GPT-2" else ""
        bounds = told(kind, key)
        if share is None:
            return [[name, NONE, NONE, NONE, NONE, *bounds], own]
        rates = [middle([rate / 1e12 for rate in values]) for values in (ours, limit)]
        rounds = f"{write_percent(share.low)} – {write_percent(share.high)}"
        return [[name, *rates, write_percent(share.value), rounds, *bounds], own]

    def _limit_row(self, standings: Standings) -> list[str]:
        standing = standings[LIMIT]
        name = f"{self.name}: {LIMIT}"
        rates, tokens = _limit_rates(standings), _tokens_per_row(standings[OURS])
        if not rates or not tokens:
            return [name, NONE, NONE, NONE, NONE, str(len(standing.figures)), standing.reason.replace("|", "/")]
        of_row = tokens * float(standing.last["flops_per_token"])
        remarks = ", ".join(
            f"{write(rate / 1e12)} TFLOP/s in {precision}"
            for precision in ("fp32", "bf16")
            if (rate := standing.last.get(f"{precision}_rate"))
        )
        return [name, NONE, spread([rate / of_row for rate in rates]), NONE, NONE, str(len(rates)), remarks]


def _achieved(standings: Standings) -> list[float]:
    """Return the model's FLOPs a second in each of our rounds."""
    of_token = standings[LIMIT].last.get("flops_per_token")
    return [float(of_token) * pace for pace in standings[OURS].values("tokens_per_second")] if of_token else []


def _limit_rates(standings: Standings) -> list[float]:
    """Return the best rate of each round in the precision that we trained in then."""
    rounds = zip(standings[OURS].figures, standings[LIMIT].figures, strict=False)
    return [float(limit[f"{ours['precision']}_rate"]) for ours, limit in rounds]


def _tokens_per_row(standing: Standing) -> float | None:
    if not standing.last:
        return None
    return float(standing.last["tokens_per_second"]) / float(standing.last["rows_per_second"])
