"""The image: small, without torch, run by nobody in particular, on a file system that may be read-only.

There is no container engine in the tests: the file is read and linted, and its steps are run in an environment.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCKERFILE = ROOT / "docker" / "Dockerfile"
TOKEN = "a-token-of-the-tests-0123456789"


def stages():
    """Return the instructions of each stage as (name, arguments)."""
    lines = re.sub(r"\\\n", " ", DOCKERFILE.read_text(encoding="utf-8")).splitlines()
    found = []
    for line in lines:
        if line.strip() and not line.startswith("#"):
            name, _space, rest = line.strip().partition(" ")
            if name == "FROM":
                found.append([])
            found[-1].append((name, " ".join(rest.split())))
    return found


def of(stage, name):
    return [rest for instruction, rest in stage if instruction == name]


def test_it_is_built_in_one_stage_and_run_in_another():
    build, final = stages()
    assert of(build, "FROM") == ["python:3.12-slim AS build"]
    assert of(final, "FROM") == ["python:3.12-slim"]
    assert of(final, "COPY") == ["--from=build /opt/heptune /opt/heptune"]
    assert not of(final, "RUN")


def test_it_is_run_by_a_user_without_rights():
    (user,) = of(stages()[-1], "USER")
    assert all(int(number) >= 10_000 for number in user.split(":"))


def test_it_says_whether_it_is_well_and_ends_in_peace():
    final = stages()[-1]
    (check,) = of(final, "HEALTHCHECK")
    assert "/health/ready" in check
    assert of(final, "STOPSIGNAL") == ["SIGTERM"]
    assert json.loads(of(final, "ENTRYPOINT")[0]) == ["heptune", "serve"]


def test_it_holds_no_token_and_serves_none_without():
    text = DOCKERFILE.read_text(encoding="utf-8")
    assert "HEPTUNE_TOKEN" not in text
    assert "--no-token" not in text
    assert "/run/secrets/heptune_token" in json.loads(of(stages()[-1], "CMD")[0])


def test_what_is_copied_is_there_and_not_ignored():
    ignored = (DOCKERFILE.parent / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    for line in of(stages()[0], "COPY"):
        for name in line.split()[:-1]:
            assert (ROOT / name).exists()
            assert f"!{name}" in ignored


def test_the_linter_finds_nothing():
    program = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")
    if program is None:
        pytest.skip("hadolint is not installed")
    linted = subprocess.run([program, str(DOCKERFILE)], check=False, capture_output=True, text=True, timeout=60)
    assert (linted.returncode, linted.stdout) == (0, "")


@pytest.mark.slow
def test_its_steps_give_a_server_without_torch(tmp_path):
    place, port = tmp_path / "heptune", "18473"
    for line in of(stages()[0], "RUN"):
        steps = line.replace("/opt/heptune", str(place)).replace("python -m venv", f"{sys.executable} -m venv")
        done = subprocess.run(steps, check=False, shell=True, cwd=ROOT, capture_output=True, text=True, timeout=900)
        if "No matching distribution" in done.stderr:
            pytest.skip("pip cannot fetch what is installed")
        assert done.returncode == 0, done.stderr
    python = str(place / "bin" / "python")
    listed = subprocess.run([python, "-m", "pip", "list"], check=True, capture_output=True, text=True).stdout.lower()
    assert "fastapi" in listed
    assert not re.search(r"^(torch|transformers|accelerate|datasets) ", listed, re.MULTILINE)
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment = {**variables, "PATH": f"{place / 'bin'}:{os.environ['PATH']}", "HEPTUNE_TOKEN": TOKEN}
    run = ["heptune", "run", "sample:english", "--method", "tfidf", "--out", "run", "--format", "quiet"]
    subprocess.run(run, check=True, env=environment, cwd=tmp_path, capture_output=True, timeout=300)
    command = ["heptune", "serve", "model=run/bundle", "--port", port]
    pipes = {"stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=environment, cwd=tmp_path, **pipes) as process:
        try:
            assert "Serving model" in process.stderr.readline()
            check = json.loads(of(stages()[-1], "HEALTHCHECK")[0].partition("CMD ")[2].replace("8000", port))
            assert subprocess.run(check, check=False, env=environment, timeout=30).returncode == 0
            process.terminate()
            assert process.wait(30) == 143
            assert subprocess.run(check, check=False, env=environment, capture_output=True, timeout=30).returncode != 0
        finally:
            process.kill()
