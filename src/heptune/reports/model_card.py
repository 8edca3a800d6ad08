"""The bundle's README.md: a model card with front matter that the Hub reads. It holds no text of the customer's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from heptune.i18n import _, in_language
from heptune.schemas.dataset import DatasetSplits
from heptune.schemas.evaluation import EvaluationPlan
from heptune.schemas.goal import Goal
from heptune.schemas.score import Score
from heptune.schemas.scores import TestScores
from heptune.schemas.sources import Sources
from heptune.schemas.tokens import TokenizedDataset
from heptune.schemas.training import FitReport

METRICS_SHOWN = ("accuracy", "macro_f1", "log_loss", "ece")


@dataclass(frozen=True, slots=True)
class ModelCardFacts:
    """What the card tells about.

    Attributes:
        sentences: What the evaluation comes to, in the language of the moment when it is called.
    """

    goal: Goal
    sources: Sources
    dataset: DatasetSplits
    tokens: TokenizedDataset
    fit: FitReport
    test: TestScores
    baselines: Mapping[str, TestScores]
    plan: EvaluationPlan
    sentences: Callable[[], Sequence[str]] = tuple


def model_card(facts: ModelCardFacts) -> str:
    """Return the card as Markdown with YAML front matter, in each of the languages that the goal names."""
    front = yaml.safe_dump(_front_matter(facts), sort_keys=False, allow_unicode=True)
    sections: list[str] = []
    for code in facts.goal.card_languages or (None,):
        with in_language(code):
            sections += [_intended_use(facts), _training(facts), _evaluation(facts)]
    return f"---\n{front}---\n\n# {_markdown(_title(facts))}\n\n" + "\n".join(sections)


def _front_matter(facts: ModelCardFacts) -> dict[str, Any]:
    model = facts.sources.model
    front: dict[str, Any] = {"pipeline_tag": "text-classification", "tags": ["heptune"]}
    if model:
        front["library_name"] = "transformers"
        if model.repository:
            front["base_model"] = model.repository
        if model.licence:
            front["license"] = model.licence
    if facts.goal.languages:
        front["language"] = list(facts.goal.languages)
    if facts.sources.data.kind == "hub":
        front["datasets"] = [facts.sources.data.uri]
    front["model-index"] = [{"name": _title(facts), "results": [_result(facts)]}]
    return front


def _result(facts: ModelCardFacts) -> dict[str, Any]:
    names = {"accuracy": "Accuracy", "macro_f1": "Macro F1", "log_loss": "Log loss"}
    return {
        "task": {"type": "text-classification"},
        "dataset": {
            "name": facts.sources.data.name,
            "type": facts.sources.data.name,
            "split": "cross-validation" if facts.dataset.cross_validation else "test",
        },
        "metrics": [
            {"type": kind, "name": name, "value": round(facts.test.score(kind).value, 4)}
            for kind, name in names.items()
        ],
    }


def _intended_use(facts: ModelCardFacts) -> str:
    lines = [_("Puts each text into one of {count} classes:", count=len(facts.dataset.labels)), ""]
    for label in facts.dataset.labels:
        lines.append(f"- {_markdown(label.name)}" + (f": {_markdown(label.meaning)}" if label.meaning else ""))
    if facts.tokens.length_limit:
        lines += ["", _("Texts are read up to {limit} tokens; the rest is cut off.", limit=facts.tokens.length_limit)]
    return "\n".join(lines) + "\n"


def _training(facts: ModelCardFacts) -> str:
    source = {
        "full": _("{model}, all weights fine-tuned", model=_model_name(facts)),
        "linear-probe": _("{model} as it is, with a logistic regression on its features", model=_model_name(facts)),
    }.get(facts.sources.method, facts.sources.method)
    lines = [
        f"## {_('How it was made')}",
        "",
        f"- {_('Model')}: {_markdown(source)}",
        f"- {_('Data')}: {_markdown(facts.sources.data.name)}",
        f"- {_('Rows')}: " + ", ".join(f"{name} {split.rows}" for name, split in facts.dataset.titled_splits.items()),
        f"- {_('Settings')}: " + ", ".join(f"{name}={value}" for name, value in facts.fit.settings.items()),
    ]
    return "\n".join(lines) + "\n"


def _evaluation(facts: ModelCardFacts) -> str:
    rows = facts.test.n
    lines = [
        f"## {_('How good it is')}",
        "",
        _("On {n} rows, each judged by models that did not learn from it (cross-validation); 95 % intervals.", n=rows)
        if facts.dataset.cross_validation
        else _("On {n} test rows that were used for no choice; 95 % intervals.", n=rows),
        "",
        f"| {_('metric')} | {_('value')} | {_('interval')} |",
        "|---|---|---|",
    ]
    lines += [_row(name, facts.test.score(name)) for name in METRICS_SHOWN]
    lines += _baselines(facts)
    if said := facts.sentences():
        lines += ["", *(f"- {_markdown(sentence)}" for sentence in said)]
    lines += ["", f"| {_('class')} | {_('rows')} | {_('precision')} | {_('recall')} | F1 |", "|---|---|---|---|---|"]
    for scores in facts.test.per_class:
        figures = " | ".join(_cell(score, digits=3) for score in (scores.precision, scores.recall, scores.f1))
        few = " \\*" if scores.too_few else ""
        lines.append(f"| {_markdown(scores.label)} | {scores.support}{few} | {figures} |")
    if any(scores.too_few for scores in facts.test.per_class):
        lines += ["", _markdown(_("* too few rows to judge this class"))]
    lines += ["", _("No text of the data stands in this card.")]
    return "\n".join(lines) + "\n"


def _baselines(facts: ModelCardFacts) -> list[str]:
    """Return a table of the baselines' scores; what equals the model, being the same, is left out."""
    others = {name: scores for name, scores in facts.baselines.items() if not (facts.sources.method == name == "tfidf")}
    if not others:
        return []
    lines = ["", f"| {_('baseline on the same rows')} | " + " | ".join(METRICS_SHOWN) + " |", "|---" * 5 + "|"]
    for name, scores in others.items():
        values = " | ".join(_cell(scores.score(metric)) for metric in METRICS_SHOWN)
        lines.append(f"| {name} | {values} |")
    return lines


def _row(name: str, score: Score) -> str:
    interval = "–" if score.low is None or score.high is None else f"{score.low:.4f} – {score.high:.4f}"
    return f"| {name} | {score.value:.4f} | {interval} |"


def _cell(score: Score, *, digits: int = 4) -> str:
    """Return a score with its interval, where it has one."""
    value = f"{score.value:.{digits}f}"
    if score.low is None or score.high is None:
        return value
    return f"{value} ({score.low:.{digits}f} – {score.high:.{digits}f})"


def _title(facts: ModelCardFacts) -> str:
    return f"{Path(facts.sources.data.name).stem}-{_model_name(facts).rsplit('/', 1)[-1]}"


def _model_name(facts: ModelCardFacts) -> str:
    model = facts.sources.model
    return model.name if model else facts.sources.method


def _markdown(text: str) -> str:
    """Neutralise what Markdown or HTML would read as markup."""
    escaped = "".join(f"\\{character}" if character in r"\`*_{}[]<>#|&~" else character for character in text)
    return " ".join(escaped.split())
