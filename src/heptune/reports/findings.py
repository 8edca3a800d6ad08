"""What checks say, for the terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from heptune.i18n import Sentence, _
from heptune.reports.lines import LINE_WIDTH, print_line
from heptune.reports.tables import plain
from heptune.schemas.finding import DataReport, Example, Finding, RowPlace, Severity

STYLES: dict[Severity, str] = {"serious": "bold red", "warning": "yellow", "note": "cyan"}


def finding_line(finding: Finding) -> Text:
    """Return what was found in one line."""
    code = Text(finding.code, style=STYLES[finding.severity])
    remedy = f". {finding.remedy}" if finding.severity == "serious" else ""
    return Text.assemble(code, "  ", plain(f"{finding.summary}{remedy}", LINE_WIDTH))


def show_findings(console: Console, findings: Sequence[Finding], *, indent: int) -> None:
    """Print a line for each thing that was found, and for each that was left out."""
    for finding in findings:
        if finding.outcome == "found":
            print_line(console, finding_line(finding), indent=indent)
        elif finding.outcome == "skipped":
            line = plain(_("left out: {check}: {reason}", check=_check(finding), reason=finding.summary), LINE_WIDTH)
            line.stylize("dim")
            print_line(console, line, indent=indent)


def show_report(console: Console, report: DataReport) -> None:
    """Print what was found with examples and remedies, then what was not, in few lines."""
    findings = report.findings
    print_line(console, Text(_("{rows:,} rows", rows=report.rows)))
    console.print()
    for finding in findings:
        if finding.outcome == "found":
            _show_in_full(console, finding)
    for outcome, word in outcome_words().items():
        those = [finding for finding in findings if finding.outcome == outcome]
        if those and outcome == "passed":
            names = ", ".join(map(_check, those))
            print_line(console, Text.assemble((f"{word}: ", "green"), plain(names, LINE_WIDTH)))
        elif those:
            for finding in those:
                reason = f": {finding.summary}" if finding.summary else ""
                line = plain(f"{word}: {_check(finding)}{reason}", LINE_WIDTH)
                line.stylize("dim")
                print_line(console, line)


def outcome_words() -> dict[str, Sentence]:
    """Return the words for what a check says that found nothing, in the order in which they are told."""
    return {
        "passed": _("passed"),
        "not_applicable": _("not applicable"),
        "skipped": _("left out"),
        "muted": _("muted"),
    }


def name_of(finding: Finding) -> Sentence:
    """Return the name of a check in the language of the moment."""
    return {
        "H301": _("duplicates"),
        "H302": _("rows shared by train and test"),
        "H303": _("one text, two labels"),
        "H304": _("near-duplicates"),
        "H305": _("one label written in two ways"),
        "H306": _("small classes"),
        "H307": _("empty texts"),
        "H308": _("a word gives the label away"),
        "H309": _("length gives the label away"),
        "H310": _("order gives the label away"),
        "H311": _("personal data"),
        "H401": _("texts that are cut"),
        "H402": _("script or language that the model does not know"),
        "H601": _("labels that are probably wrong"),
    }[finding.code]


def _check(finding: Finding) -> str:
    return f"{finding.code} {name_of(finding)}"


def _show_in_full(console: Console, finding: Finding) -> None:
    title = Text(f"{finding.code}  ", style=STYLES[finding.severity])
    print_line(console, Text.assemble(title, (f"{name_of(finding)}", "bold")))
    print_line(console, plain(f"{finding.summary}", LINE_WIDTH), indent=6)
    for example in finding.examples:
        print_line(console, _example_line(example), indent=8)
    print_line(console, Text.assemble((_("do") + ": ", "bold"), plain(f"{finding.remedy}", LINE_WIDTH)), indent=6)
    console.print()


def _example_line(example: Example) -> Text:
    places = ", ".join(_place(place) for place in example.rows)
    parts = [Text(places, style="dim")] if places else []
    parts.append(plain(example.text, LINE_WIDTH))
    if example.detail:
        parts.append(plain(example.detail, LINE_WIDTH))
    return Text(" · ").join(parts)


def _place(place: RowPlace) -> str:
    return f"{place.file}:{place.position}"
