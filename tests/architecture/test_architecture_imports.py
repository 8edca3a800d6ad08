"""Who may import whom: the layers, the heavy libraries, the package's own front door."""

import subprocess
import sys
from pathlib import Path

import pytest
from source_code import PACKAGE, importers, modules

PROJECT = Path(__file__).parents[2]
NETWORK_PLACES = (
    "modeling/",
    "methods/pretrained/",
    "methods/linear_probe/",
    "methods/finetune/",
    "runtimes/torch_runtime.py",
    "exporting/graph.py",
)
# One place that only looks whether they are there.
ALLOWED_ELSEWHERE = {"torch": ("cli/doctor.py",)}


def test_imports_run_downward_as_the_contracts_in_pyproject_say():
    pytest.importorskip("importlinter")
    command = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    arguments = [sys.executable, "-c", command, "--no-cache", "--no-logo"]
    checked = subprocess.run(arguments, check=False, cwd=PROJECT, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout
    assert "3 kept, 0 broken" in checked.stdout


@pytest.mark.parametrize("library", ["torch", "transformers", "accelerate"])
def test_the_heavy_libraries_meet_in_few_places_only(library):
    allowed = NETWORK_PLACES + ALLOWED_ELSEWHERE.get(library, ())
    found = importers(library)
    assert found
    assert [place for place in found if not place.startswith(allowed)] == []


@pytest.mark.parametrize(
    "library", ["datasets", "pandas", "polars", "requests", "httpx", "joblib", "pickle", "evaluate"]
)
def test_some_libraries_are_imported_nowhere(library):
    assert importers(library) == []


def test_nobody_inside_goes_through_the_front_door():
    names = {f"heptune.{path.stem}" for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
    through = [
        f"{module.place}:{line} {name}"
        for module in modules()
        for name, line in module.imports().items()
        if name == "heptune" or (name.startswith("heptune.") and ".".join(name.split(".")[:2]) not in names)
    ]
    assert through == []


def test_empty_packages_stay_empty():
    for module in modules():
        if module.place.endswith("/__init__.py"):
            assert len(module.tree.body) == 1, f"{module.place} holds more than a sentence"


def test_unstable_names_of_transformers_live_in_one_file():
    private = [
        place
        for place in importers("transformers")
        if any(part.startswith("_") for part in place.split(" ")[1].split(".")) and "modeling/compat.py" not in place
    ]
    assert private == []
