"""What the documents say holds: links lead somewhere, commands parse, tables equal the settings, examples run."""

import ast
import json
import re
import runpy
import shlex
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import click
import pytest

import heptune
from heptune.cli.main import heptune as command_line
from heptune.recipe import make_recipe, parse_assignments
from heptune.reports.conclusion import conclude, conclusion_json

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<content>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)[^)]*\)")
SPAN = re.compile(r"`(heptune [^`\n]+)`")
HEADING = re.compile(r"^#+ ", re.MULTILINE)
FAULT_ROW = re.compile(r"^\| (`[a-z_`, ]+`) \|", re.MULTILINE)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[str]:
    return [match["content"] for match in BLOCK.finditer(read(page)) if match["language"] == language]


def without_blocks(page: Path) -> str:
    return BLOCK.sub("", read(page))


def command_lines(page: Path) -> Iterator[str]:
    """Yield the lines of a page's shell blocks and its code spans; one that only names a command asks for its help."""
    yield from chain.from_iterable(block.splitlines() for block in blocks(page, "bash"))
    for span in SPAN.findall(without_blocks(page)):
        yield span if len(span.split()) > 2 else f"{span} --help"


def heptune_commands() -> Iterator[str]:
    """Yield each `heptune …` of all pages, as a shell would hand it over."""
    for page in PAGES:
        for line in command_lines(page):
            words = shlex.split(line, comments=True)
            ends = [index for index, word in enumerate(words) if word in ("|", ">", "&&")] + [len(words)]
            for start, end in zip([-1, *ends], ends, strict=False):
                part = words[start + 1 : end]
                while part and re.fullmatch(r"[A-Z_]+=.*", part[0]):
                    part = part[1:]
                if part[:1] == ["heptune"] and part[1:] and not part[1].startswith("-"):
                    yield shlex.join(part)


def parsed(command: str) -> click.Context:
    """Parse a command's options without running it."""
    group = click.Context(command_line, info_name="heptune")
    name, *rest = shlex.split(command)[1:]
    subcommand = command_line.get_command(group, name)
    assert subcommand is not None, f"there is no command {name}"
    return subcommand.make_context(name, rest, parent=group)


def test_there_are_pages_and_commands() -> None:
    assert len(PAGES) > 20
    assert len(set(heptune_commands())) > 20


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_relative_links_lead_to_something(page: Path) -> None:
    lost = [target for target in LINK.findall(without_blocks(page)) if not (page.parent / target).exists()]
    assert lost == []


@pytest.mark.parametrize("command", sorted(set(heptune_commands())))
def test_every_command_parses(command: str) -> None:
    try:
        options = parsed(command).params
    except click.exceptions.Exit:  # after --help
        return
    assignments = [text for text in options.get("assignments", ()) if text != "step.key=value"]
    make_recipe({"sources": {"data": "tickets.csv"}}, parse_assignments(assignments))


@pytest.mark.parametrize("page", sorted(DOCS.glob("steps/*.md")), ids=name_of)
def test_settings_tables_equal_the_settings(page: Path) -> None:
    with_tables: Callable[[str], str] = runpy.run_path(str(DOCS / "make_settings_tables.py"))["with_tables"]
    assert "<!-- end of settings -->" in read(page)
    assert with_tables(read(page)) == read(page), "run: python docs/make_settings_tables.py"


@pytest.mark.parametrize("page", sorted(DOCS.glob("steps/*.md")), ids=name_of)
def test_fault_tables_name_codes_that_exist(page: Path) -> None:
    source = "".join(map(read, Path(heptune.__file__).parent.rglob("*.py")))
    known = set(re.findall(r'code="([a-z_]+)"', source)) | {"not_met", "inconclusive"}
    table = read(page).partition("## Faults")[2]
    codes = {code for row in FAULT_ROW.findall(table) for code in re.findall(r"[a-z_]+", row)}
    assert codes
    assert codes - known == set()


def test_the_chinese_readme_has_the_parts_of_the_english_one() -> None:
    english, chinese = ROOT / "README.md", ROOT / "README.zh.md"
    assert len(HEADING.findall(without_blocks(english))) == len(HEADING.findall(without_blocks(chinese)))
    for language in ("bash", "python", "json", ""):
        assert len(blocks(english, language)) == len(blocks(chinese, language))
    assert [strip_comments(block) for block in blocks(english, "bash")] == [
        strip_comments(block) for block in blocks(chinese, "bash")
    ]
    assert blocks(english, "python") == blocks(chinese, "python")


def strip_comments(block: str) -> list[list[str]]:
    return [shlex.split(line, comments=True) for line in block.splitlines()]


def test_make_targets_exist() -> None:
    makefile = read(ROOT / "Makefile")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    told = {
        word
        for page in PAGES
        for line in [*re.findall(r"^make (.*)$", read(page), re.MULTILINE), *re.findall(r"`make ([^`]+)`", read(page))]
        for word in shlex.split(line)[:1]
    }
    assert told
    assert told - targets == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_python_blocks_are_python_and_json_blocks_json(page: Path) -> None:
    for block in blocks(page, "python"):
        ast.parse(block)
    for block in blocks(page, "json"):
        json.loads(block)


def test_the_examples_of_the_python_guide_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in blocks(DOCS / "guides" / "python-api.md", "python"):
        exec(block, names)
    assert (tmp_path / "runs" / "billing" / "heptune.json").is_file()


def test_the_json_of_a_finished_run_has_the_documented_keys(tmp_path: Path) -> None:
    documented, *_others = map(json.loads, blocks(DOCS / "guides" / "exit-codes-and-json.md", "json"))
    run = heptune.run(
        "sample:english",
        out=tmp_path / "run",
        goal={"require": "accuracy >= 0.1"},  # of accuracy, as the quickstart's
        sources={"method": "tfidf"},
        dataset={"sample": 60},
    )
    conclusion = conclude(run.folder, run.results)
    assert conclusion is not None
    printed = conclusion_json(conclusion, run.seconds)
    assert keys_of(documented) == keys_of(json.loads(json.dumps(printed)))


def keys_of(value: object) -> object:
    """Return the nested keys of a JSON value."""
    return {key: keys_of(inner) for key, inner in value.items()} if isinstance(value, dict) else None
