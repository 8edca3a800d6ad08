"""What checks say, for programs; sentences are in the language of the moment."""

from collections.abc import Iterable, Sequence
from typing import Any

from heptune.schemas.finding import CheckedResult, DataReport, Finding
from heptune.schemas.record import StepResult


def report_json(report: DataReport) -> dict[str, Any]:
    """Return what `heptune check --format json` prints."""
    return {"rows": report.rows, "findings": [finding_json(finding) for finding in report.findings]}


def finding_json(finding: Finding) -> dict[str, Any]:
    """Return a finding with its sentences said."""
    content = finding.model_dump(mode="json")
    examples = [
        example.model_dump(mode="json") | {"detail": example.detail and str(example.detail)}
        for example in finding.examples
    ]
    said = {"summary": finding.summary and str(finding.summary), "remedy": finding.remedy and str(finding.remedy)}
    return {name: said.get(name, value) for name, value in content.items()} | {"examples": examples}


def found_by(results: Iterable[StepResult]) -> tuple[Finding, ...]:
    """Return what the checks of all steps found, in the order of the steps."""
    checked = (result for result in results if isinstance(result, CheckedResult))
    return tuple(one for result in checked for one in result.findings if one.outcome == "found")


def in_short(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return findings without examples."""
    names = ("code", "name", "severity", "count", "share", "summary", "remedy")
    return [{name: content[name] for name in names} for content in map(finding_json, findings)]
