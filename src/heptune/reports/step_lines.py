"""One line for each step's result: the figures that matter."""

from collections.abc import Callable, Mapping
from typing import Any

from heptune.i18n import _
from heptune.reports.tables import unit_of
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.estimate import TrainingEstimate
from heptune.schemas.evaluation import EvaluationPlan
from heptune.schemas.goal import Goal
from heptune.schemas.model import ModelInfo
from heptune.schemas.sources import DataSource, ModelSource, Sources
from heptune.schemas.tokens import TokenizedDataset
from heptune.schemas.training import RunResult

LABELS_SHOWN = 8
# Share of the letters above which a script is named.
SCRIPT_SHARE = 0.05


def step_line(result: object) -> str:
    """Return the line of one of the seven results."""
    lines: Mapping[type, Callable[[Any], str]] = {
        Goal: _goal,
        Sources: _sources,
        DatasetSplits: _dataset,
        TokenizedDataset: _tokens,
        ModelInfo: _model,
        EvaluationPlan: _evaluation,
        RunResult: _training,
    }
    return lines[type(result)](result)


def estimate_line(estimate: TrainingEstimate) -> str:
    """Return what training will take, in one line."""
    parts = [
        _(
            "training will take about {time} ({low} to {high})",
            time=format_seconds(estimate.seconds),
            low=format_seconds(estimate.seconds_low),
            high=format_seconds(estimate.seconds_high),
        )
    ]
    if estimate.peak_memory_mib is not None:
        parts.append(_("{mib:,.0f} MiB of memory", mib=estimate.peak_memory_mib))
    if estimate.energy_wh is not None:
        parts.append(_("{energy:.1f} Wh", energy=estimate.energy_wh))
    if estimate.cost is not None:
        parts.append(_("cost {cost:.2f}", cost=estimate.cost))
    return " · ".join(parts)


def format_seconds(seconds: float) -> str:
    """Return a time in the unit that suits it."""
    if seconds < 100:
        return _("{seconds:.0f} s", seconds=seconds)
    return _("{minutes:.0f} min", minutes=seconds / 60) if seconds < 6_000 else _("{hours:.1f} h", hours=seconds / 3600)


def format_bytes(size: int) -> str:
    """Return a size in the unit that suits it."""
    if size < 2**10:
        return _("{size} bytes", size=size)
    return f"{size / 2**20:,.1f} MiB" if size >= 2**20 else f"{size / 2**10:,.0f} KiB"


def _goal(goal: Goal) -> str:
    labels = ", ".join(label.name for label in goal.labels[:LABELS_SHOWN]) if goal.labels else _("labels from the data")
    requirement = (
        _("required: {requirement}", requirement=goal.requirement) if goal.requirement else _("no requirement")
    )
    return " · ".join([_("one label a text"), labels, requirement])


def _sources(sources: Sources) -> str:
    model = _describe_model(sources.model) if sources.model else sources.method
    return f"{_describe_data(sources.data)} · {model} ({sources.reason})"


def _describe_data(data: DataSource) -> str:
    size = sum(file.size for file in data.files)
    parts = [data.name, format_bytes(size)]
    return ", ".join(parts + ([data.licence] if data.licence else []))


def _describe_model(model: ModelSource) -> str:
    parts = [model.name, format_bytes(model.size)] + ([model.licence] if model.licence else [])
    return ", ".join(parts + ([model.commit[:8]] if model.commit else []))


def _dataset(dataset: DatasetSplits) -> str:
    columns = f"{dataset.text_column} → {dataset.label_column}"
    if dataset.label_name_column:
        columns += f" ({dataset.label_name_column})"
    classes = _("{count} classes", count=len(dataset.labels))
    splits = ", ".join(f"{name} {split.rows:,}" for name, split in dataset.titled_splits.items())
    scripts = ", ".join(f"{name} {share:.0%}" for name, share in dataset.scripts.items() if share > SCRIPT_SHARE)
    return " · ".join([columns, classes, splits] + ([_("script: {scripts}", scripts=scripts)] if scripts else []))


def _tokens(tokens: TokenizedDataset) -> str:
    lengths = _(
        "mean {mean:.1f}, longest {longest:,} {unit}",
        mean=tokens.mean_length,
        longest=tokens.longest,
        unit=unit_of(tokens),
    )
    if tokens.length_limit is None:
        return f"{lengths} · {tokens.limit_reason}"
    cut = sum(row.truncated for row in tokens.truncated_by_label)
    share = (
        _("{count:,} texts are cut ({share:.1%})", count=cut, share=tokens.truncated_share)
        if cut
        else _("nothing is cut")
    )
    return f"{lengths} · {_('limit')} {tokens.length_limit} ({tokens.limit_reason}) · {share}"


def _model(model: ModelInfo) -> str:
    if model.parameters is None:
        return f"{model.architecture} · {model.head}"
    if model.trainable_parameters == model.parameters:
        parameters = _("{count:.1f}M weights, all trained", count=model.parameters / 1e6)
    else:
        trained = model.trainable_parameters or 0
        parameters = _("{count:.1f}M weights, {trained:,} trained", count=model.parameters / 1e6, trained=trained)
    parts = [f"{model.architecture}, {parameters}", model.head]
    if model.memory_estimate_mib is not None:
        parts.append(_("about {mib:,.0f} MiB to train", mib=model.memory_estimate_mib))
    return " · ".join(parts)


def _evaluation(plan: EvaluationPlan) -> str:
    primary = _("primary metric {metric}", metric=plan.primary_metric)
    against = [_("against {baselines}", baselines=", ".join(plan.baselines))] if plan.baselines else []
    rows = (
        _("{rows:,} rows, cross-validated", rows=plan.test_rows)
        if plan.cross_validated
        else _("{rows:,} test rows", rows=plan.test_rows)
    )
    return " · ".join([primary, *against, rows])


def _training(result: RunResult) -> str:
    fit = result.fit
    if not fit.history:
        fitted: str = _("fitted in {seconds:.1f} s", seconds=fit.seconds)
        return f"{fitted} ({fit.chosen_by})"
    kept = _("epoch {best} of {epochs} kept", best=fit.best_epoch, epochs=len(fit.history))
    speed: str = _("{rate:.0f} rows/s in {precision}", rate=fit.train_rows_per_second or 0, precision=fit.precision)
    if fit.fp32_from_epoch:
        speed = f"{speed} " + _("(in fp32 from epoch {epoch} on, as bf16 broke)", epoch=fit.fp32_from_epoch)
    took: str = _("{seconds:.0f} s", seconds=fit.seconds)
    if fit.estimate:
        took = f"{took} " + _("({seconds:.0f} foretold)", seconds=fit.estimate.seconds)
    return f"{kept} ({fit.chosen_by}) · {speed} · {took}"
