"""How cost grows with the length of the texts: the same number of tokens, in ever fewer and longer texts."""

from benchmarks.speed.contest import Contestant, Standing, Standings, at_work
from benchmarks.speed.figures import NONE, compare, middle, spread, write
from benchmarks.speed.group import Setting
from benchmarks.speed.tables import GROWTH_LENGTH, Report

# Of one optimizer step, whatever the length.
STEP_TOKENS = 2_048


class GrowthWithLength:
    """Ours and Trainer, at each length of each model."""

    name = "growth with length"

    def contestants(self, setting: Setting) -> list[Contestant]:
        """Return both for each length."""
        return [one for model, length in _points(setting) for one in self._pair(setting, model, length)]

    def report(self, setting: Setting, contestants: list[Contestant], standings: Standings) -> Report:
        """Return a row for each length."""
        return {GROWTH_LENGTH: [_row(model, length, standings) for model, length in _points(setting)]}

    @staticmethod
    def _pair(setting: Setting, model: str, length: int) -> list[Contestant]:
        count = max(1, setting.sizes.growth_tokens[model] // length)
        texts = setting.material.long_texts(model, length, count)
        batch = max(1, STEP_TOKENS // length)
        return [
            at_work(name, module, setting.material.model(model), texts, count, batch_size=batch)
            for name, module in ((_trainer(model, length), "trainer"), (_ours(model, length), "heptune_full"))
        ]


def _points(setting: Setting) -> list[tuple[str, int]]:
    return [(model, length) for model, lengths in setting.sizes.growth_lengths.items() for length in lengths]


def _ours(model: str, length: int) -> str:
    return f"{model}, {length:,} tokens: Heptune"


def _trainer(model: str, length: int) -> str:
    return f"{model}, {length:,} tokens: Trainer"


def _row(model: str, length: int, standings: Standings) -> list[str]:
    ours, theirs = standings[_ours(model, length)], standings[_trainer(model, length)]
    name = f"{model}, {length:,} tokens"
    ratio = compare(ours.values("rows_per_second"), theirs.values("warm_rows_per_second"))
    return [
        name,
        _tokens_per_second(ours, "rows_per_second", length),
        _tokens_per_second(theirs, "warm_rows_per_second", length),
        write(ratio.value) if ratio else NONE,
        middle(ours.values("peak_mib")),
        middle(theirs.values("peak_mib")),
        str(len(ours.figures)),
    ]


def _tokens_per_second(standing: Standing, key: str, length: int) -> str:
    """Return the pace, or why there is none."""
    if standing.reason:
        return standing.reason.replace("|", "/")
    return spread([length * pace for pace in standing.values(key)])
