"""The catalogue of models on a terminal, as it stands or ranked for some data."""

from collections.abc import Sequence
from datetime import date

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from heptune.hub.starter import REPOSITORY as STARTER_REPOSITORY
from heptune.i18n import _
from heptune.reports.step_lines import format_seconds
from heptune.reports.tables import plain
from heptune.schemas.catalogue import MULTILINGUAL, CatalogueModel
from heptune.schemas.model_choice import ModelChoice, RankedModel, TrainingCost
from heptune.schemas.sources import STARTER

SCRIPT_SHARE = 0.05
LONGEST_NAME = 200
# Columns from which on a name of the Hub stands on one line beside its facts.
WIDE = 110
STYLES = {"made_for": "green", "multilingual": "green", "in_doubt": "yellow", "unfit": "red"}


def show_catalogue(console: Console, as_of: date, models: Sequence[CatalogueModel]) -> None:
    """Print the facts that help to choose; all of them are in the JSON."""
    table = _table(_("model"), _("weights"), _("download"), _("tokens"), _("languages"), _("licence"), right=(1, 2, 3))
    for model in models:
        name = _name(model) + _mark(model)
        table.add_row(
            Text(name if console.width >= WIDE else name.replace("/", "/\n")),
            _millions(model),
            _mib(model.download_mib),
            f"{model.max_tokens:,}",
            _languages(model),
            _("unknown") if model.licence == "unknown" else model.licence,
        )
    console.print(table)
    if any(model.safetensors is False for model in models):
        console.print(_("* weights only as pickles on its main branch, which Heptune does not open"))
    if any(model.safetensors is None for model in models):
        console.print(_("? not known whether its weights are safetensors"))
    console.print(_("Catalogue of {date}. Published scores and their sources: --format json.", date=as_of))
    console.print(_("Which of them suits your data and this machine: heptune models DATA"))


def show_choice(console: Console, choice: ModelChoice) -> None:
    """Print the ranked models with what each would take, and why it stands where it stands."""
    console.print(_facts_line(choice), soft_wrap=not console.is_terminal)
    table = _table("", _("time here"), _("memory"), _("download"), _("model, and why"), right=(0, 1, 2, 3))
    for ranked in choice.models:
        table.add_row(
            str(ranked.rank),
            _time(ranked),
            _memory(ranked.cost),
            Text(_("here"), style="bold") if ranked.at_hand else _mib(ranked.model.download_mib),
            Text.assemble((_name(ranked.model), "bold"), "\n", (ranked.why, STYLES[ranked.fit])),
        )
    console.print(table)
    for line in _closing_lines(choice):
        console.print(line, markup=False, soft_wrap=not console.is_terminal)


def _facts_line(choice: ModelChoice) -> Text:
    texts = choice.texts
    scripts = ", ".join(f"{script} {share:.0%}" for script, share in texts.scripts.items() if share > SCRIPT_SHARE)
    parts = [
        plain(choice.data, LONGEST_NAME).plain,
        _("{rows:,} rows to learn from", rows=texts.rows),
        _("{count} classes", count=texts.labels),
        _("script: {scripts}", scripts=scripts or _("none")),
        _(
            "mean {mean:.0f}, longest {longest:,} characters",
            mean=texts.mean_characters,
            longest=texts.longest_characters,
        ),
    ]
    if choice.device:
        parts.append(f"{choice.device}, {choice.precision}")
    return Text(" · ".join(parts))


def _closing_lines(choice: ModelChoice) -> list[str]:
    lines: list[str] = []
    if choice.device is None:
        lines.append(
            _('Time and memory are unknown without torch and transformers: pip install "heptune[train]"'),
        )
    else:
        command = "heptune run DATA --model MODEL --stop-after 5 --estimate"
        lines.append(
            _("Time and memory are rough, from one timed layer of each shape. Nearer: {command}", command=command)
        )
    if any(ranked.fit == "unfit" for ranked in choice.models):
        lines.append(_("--method tfidf reads any script and needs no model."))
    lines.append(
        _("Catalogue of {date}. Published scores and their sources: --format json.", date=choice.catalogue_date)
    )
    return lines


def _time(ranked: RankedModel) -> str:
    if ranked.cost is None:
        return _("unknown")
    return f"{format_seconds(ranked.cost.seconds_low)}–{format_seconds(ranked.cost.seconds_high)}"


def _memory(cost: TrainingCost | None) -> Text:
    if cost is None:
        return Text(_("unknown"))
    return Text(_mib(cost.memory_mib), style="red" if cost.fits is False else "")


def _millions(model: CatalogueModel) -> str:
    return f"{model.parameters / 1e6:.0f}M"


def _mib(size: float) -> str:
    return f"{size:,.0f} MiB" if size < 1_000 else f"{size / 2**10:.1f} GiB"


def _name(model: CatalogueModel) -> str:
    """Return the name on the Hub, and the short one that the starter has besides."""
    return f"{model.id} ({STARTER})" if model.id == STARTER_REPOSITORY else model.id


def _mark(model: CatalogueModel) -> str:
    return {True: "", False: " *", None: " ?"}[model.safetensors]


def _languages(model: CatalogueModel) -> str:
    if MULTILINGUAL in model.languages:
        return _("about 100")
    return model.languages[0] if len(model.languages) == 1 else str(len(model.languages))


def _table(*columns: str, right: tuple[int, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for index, column in enumerate(columns):
        is_text = index not in right
        table.add_column(column, justify="left" if is_text else "right", no_wrap=not is_text, overflow="fold")
    return table
