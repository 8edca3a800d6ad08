"""The command line starts light: help costs no heavy library, and a library is loaded when it is used."""

import json
import os
import subprocess
import sys

import pytest

from heptune.cli.main import COMMANDS

HEAVY = (
    "torch", "transformers", "accelerate", "tokenizers", "sklearn", "scipy", "pyarrow", "numpy", "pandas", "datasets",
    "huggingface_hub", "openpyxl", "rich", "pydantic", "yaml",
)  # fmt: skip
CPU_SECONDS = 0.3

# Calls the command line in one process for each list of arguments, and tells what is loaded after each.
PROGRAM = """
import contextlib, io, json, sys
from heptune.cli.main import _call
heavy, calls = json.loads(sys.argv[1]), json.loads(sys.argv[2])
loaded = {}
for arguments in calls:
    with contextlib.redirect_stdout(io.StringIO()):
        code = _call(arguments)
    loaded[" ".join(arguments)] = [code, [name for name in heavy if name in sys.modules]]
print(json.dumps(loaded))
"""


def test_no_help_imports_a_heavy_library():
    calls = [["--help"], ["--version"], *([command, "--help"] for command in COMMANDS)]
    command = [sys.executable, "-c", PROGRAM, json.dumps(HEAVY), json.dumps(calls)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(ended.stdout) == {" ".join(arguments): [0, []] for arguments in calls}


def test_import_heptune_imports_no_heavy_library():
    program = f"import sys, heptune, json; print(json.dumps([name for name in {HEAVY} if name in sys.modules]))"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(ended.stdout) == []


def test_a_tfidf_run_and_its_bundle_import_no_network_library(tmp_path):
    (tmp_path / "d.csv").write_text("text,label\n" + "".join(f"word{n} {n % 2},{'ab'[n % 2]}\n" for n in range(40)))
    calls = [
        ["run", "d.csv", "--method", "tfidf", "--out", "run", "--format", "quiet"],
        ["predict", "run/bundle", "--text", "word3"],
        ["show", "run"],
        ["schema"],
        ["models"],
    ]
    network = ("torch", "transformers", "accelerate", "tokenizers")
    command = [sys.executable, "-c", PROGRAM, json.dumps(network), json.dumps(calls)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert json.loads(ended.stdout) == {" ".join(arguments): [0, []] for arguments in calls}


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="the system does not tell the CPU time of another process")
def test_help_costs_little_cpu():
    seconds = []
    for _ in range(3):  # the best of three: other tests keep the cores busy
        process = subprocess.Popen([sys.executable, "-m", "heptune", "--help"], stdout=subprocess.DEVNULL)
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        seconds.append(usage.ru_utime + usage.ru_stime)
    assert min(seconds) < CPU_SECONDS, seconds
