"""heptune verify, as it is called."""

import json
import shutil

import pytest
from made_up_data import messages, write_csv

import heptune as library


@pytest.fixture
def bundle(workplace, heptune):
    heptune("run", write_csv(workplace / "data.csv", messages(90)), "--method", "tfidf", "--out", "run")
    return workplace / "run" / "bundle"


def test_people_programs_and_scripts_are_told(bundle, heptune):
    told = heptune("verify", bundle, "--format", "json").json
    assert (told["golden"], told["precision"], told["warnings"]) == (9, None, [])
    shown = heptune("verify", bundle).out
    assert f"{told['files']} files are as they were written" in shown
    assert "9 recorded answers are given again" in shown
    assert heptune("verify", bundle, "--format", "quiet").out == told["sha256"] + "\n"
    assert library.verify(bundle).sha256 == told["sha256"]


def test_a_changed_file_is_named_with_exit_code_3(bundle, heptune):
    path = bundle / "tfidf.json"
    path.write_bytes(path.read_bytes().replace(b'"', b'" ', 1))
    outcome = heptune("verify", bundle)
    assert outcome.code == 3
    assert "tfidf.json" in outcome.err


def test_another_model_card_is_told_and_well(bundle, heptune, workplace):
    folder = shutil.copytree(bundle, workplace / "copy")
    (folder / "README.md").write_text("# Ours\n")
    outcome = heptune("verify", folder)
    assert outcome.code == 0
    assert "mind: README.md is not as it was written" in outcome.out


def test_where_there_is_no_bundle(workplace, heptune):
    outcome = heptune("verify", workplace, "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (5, "no_bundle")
    assert json.dumps(outcome.error)
