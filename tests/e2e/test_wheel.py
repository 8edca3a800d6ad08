"""The wheel: everything that a run needs, and nothing else; it works where nothing but its dependencies is."""

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import numpy as np
import pytest
from without_packages import environment_without

pytestmark = pytest.mark.slow
PROJECT = Path(__file__).parents[2]
SOURCE = PROJECT / "src" / "heptune"
RESOURCES = (
    "py.typed",
    "resources/golden_texts.json",
    "resources/locales/zh.json",
    "resources/recipes/article.yaml",
    "resources/recipes/quickstart.yaml",
    "resources/recipes/tweets.yaml",
    "resources/sample_data/README.md",
    "resources/sample_data/english/train.csv",
    "resources/sample_data/english/test.csv",
    "resources/sample_data/chinese/messages.csv",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, as pip builds it from the working tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(PROJECT)]
    built = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    if "hatchling" in built.stderr and "No matching distribution" in built.stderr:
        pytest.skip("pip cannot fetch what builds the wheel")
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def names(wheel):
    """What lies in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_is_for_every_system(wheel):
    assert wheel.name.startswith("heptune-")
    assert wheel.name.endswith("-py3-none-any.whl")


@pytest.mark.parametrize("name", RESOURCES)
def test_the_wheel_holds_what_a_run_reads(names, name):
    assert f"heptune/{name}" in names


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(names):
    source = {f"heptune/{path.relative_to(SOURCE).as_posix()}" for path in SOURCE.rglob("*") if path.is_file()}
    source = {name for name in source if "__pycache__" not in name}
    inside = {name for name in names if name.startswith("heptune/")}
    assert inside == source
    assert all(name.split("/")[0].endswith(".dist-info") for name in names - inside)
    assert not [name for name in inside if "/tests/" in name or "conftest" in name]


def test_the_wheel_says_what_it_needs_and_under_which_licence(wheel, names):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in names if name.endswith(".dist-info/METADATA")]
        metadata = archive.read(name).decode()
        scripts = archive.read(name.replace("METADATA", "entry_points.txt")).decode()
    assert "License-Expression: Apache-2.0" in metadata
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert "Requires-Python: >=3.11" in metadata
    required = [line.split(": ")[1] for line in metadata.splitlines() if line.startswith("Requires-Dist")]
    core = [line for line in required if "extra ==" not in line]
    assert not [line for line in core if line.startswith(("torch", "transformers", "accelerate"))]
    extras = {line.split(": ")[1] for line in metadata.splitlines() if line.startswith("Provides-Extra")}
    assert {"train", "starter", "excel", "onnx", "export", "all"} <= extras
    assert "heptune = heptune.cli.main:main" in scripts


@pytest.mark.skipif(os.name == "nt", reason="needs links")
def test_the_installed_wheel_does_the_whole_quickstart_without_the_working_tree(wheel, tmp_path):
    place = tmp_path / "environment"
    venv.create(place, with_pip=False)
    packages = tmp_path / "packages"
    environment_without(packages, "heptune", "_editable_impl_heptune")
    python = place / "bin" / "python"
    site = next((place / "lib").glob("python*/site-packages"))
    (site / "dependencies.pth").write_text(f"{packages}\n")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(wheel)], check=True, timeout=120)

    def heptune(*arguments):
        variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        command = [str(place / "bin" / "heptune"), *arguments]
        ended = subprocess.run(
            command, check=False, capture_output=True, text=True, env=variables, cwd=tmp_path, timeout=3_600
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    program = "import heptune; print(heptune.__file__)"
    where = subprocess.run([str(python), "-c", program], check=True, capture_output=True, text=True, cwd=tmp_path)
    assert Path(where.stdout.strip()) == site / "heptune" / "__init__.py"
    assert not list(packages.glob("*heptune*"))
    finished = json.loads(heptune("quickstart", "--format", "json"))
    assert (finished["run"], finished["verdict"], finished["test"]["n"]) == ("runs/quickstart", "met", 300)
    assert finished["comparisons"]["tfidf"]["difference"]["low"] > 0
    answer = json.loads(heptune("predict", finished["bundle"], "--text", "The parcel never came."))
    assert (answer["label"], list(answer["scores"])) == ("negative", ["negative", "neutral", "positive"])


@pytest.mark.skipif(os.name == "nt", reason="needs links")
def test_an_export_predicts_where_only_the_wheel_and_its_extra_for_onnx_are(wheel, tiny_model, tmp_path):
    from methods_at_work import easy_rows, learn, write_bundle

    from heptune.bundle_export import export

    learnt = learn(tmp_path / "encoded", {"train": easy_rows(60)}, model=tiny_model("bert"))
    expected = write_bundle(learnt, tmp_path / "bundle").predict_proba(["good", "bad parcel"])
    export(tmp_path / "bundle", out=tmp_path / "exported")
    place, packages = tmp_path / "environment", tmp_path / "packages"
    venv.create(place, with_pip=False)
    absent = ("torch", "transformers", "accelerate", "onnxscript", "onnx_ir", "onnx", "sentence", "setfit")
    environment_without(packages, "heptune", "_editable_impl_heptune", *absent)
    python = place / "bin" / "python"
    site = next((place / "lib").glob("python*/site-packages"))
    (site / "dependencies.pth").write_text(f"{packages}\n")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, str(wheel)], check=True, timeout=120)
    program = (
        "import sys, json, heptune; answers = heptune.load(sys.argv[1]).predict_proba(['good', 'bad parcel']);"
        "print(json.dumps([answers.tolist(), sorted({'torch', 'transformers', 'onnx'} & sys.modules.keys())]))"
    )
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [str(python), "-c", program, str(tmp_path / "exported")]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, env=variables, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    answers, loaded = json.loads(ended.stdout)
    assert loaded == []
    assert np.array(answers) == pytest.approx(expected, abs=1e-4)
    absent_there = subprocess.run([str(python), "-c", "import torch"], check=False, capture_output=True, env=variables)
    assert absent_there.returncode != 0
