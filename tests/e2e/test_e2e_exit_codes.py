"""Exit codes: 2 usage, 3 input, 5 missing, 6 resources, 7 in use; each with one message and nothing half-written."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import events, leftovers, snapshot, step_files
from made_up_data import messages, write_csv
from unprivileged import closed

import heptune.storage.artifacts

HOLD = """
import sys
from pathlib import Path
from heptune.storage.locks import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--sample", "0"], "dataset.sample"),
        (["--seed", "-1"], "dataset.seed"),
        (["--sample", "many"], "--sample"),
        (["--method", "magic"], "--method"),
        (["--stop-after", "8"], "--stop-after"),
        (["--require", "f1>=0.7"], "Did you mean macro_f1?"),
        (["--require", "accuracy"], "This is not a requirement"),
        (["--set", "dataset"], "--set dataset"),
        (["--set", "dataset.sampel=1"], "dataset.sampel: unknown setting; did you mean sample?"),
        (["--set", "dataset.empty_rows=keep"], "dataset.empty_rows"),
        (["--set", "goal.task=multi_label"], "goal.task"),
        (["--set", "evaluation.primary_metric=f2"], "accuracy, macro_f1, log_loss, ece"),
        (["--method", "tfidf", "--epochs", "3"], "training.epochs: has no effect with the method tfidf"),
        (["--method", "linear-probe", "--epochs", "3"], "training.epochs: has no effect with the method linear-probe"),
        (["--set", "evaluation.baselines=[linear-probe]"], "evaluation.baselines: has no effect with the method tfidf"),
        (["--set", "evaluation.baselines=[best]"], "evaluation.baselines.0"),
        (["--method", "tfidf", "--model", "gpt2"], "The method tfidf uses no pretrained model"),
        (["--no-such-option"], "--no-such-option"),
    ],
)
def test_what_does_not_exist_or_fit_together_is_a_usage_error(heptune, data, options, says):
    method = [] if "--method" in options else ["--method", "tfidf"]
    outcome = heptune("run", data, *method, *options, "--out", "run")
    assert outcome.code == 2
    assert says in outcome.err
    assert "Traceback" not in outcome.err
    assert not (Path("run") / "7_training.json").exists()


def test_all_faults_of_a_recipe_come_at_once_with_their_paths_and_the_file(heptune, workplace, data):
    (workplace / "bad.yaml").write_text("sources: {data: d.csv, modle: x}\ntraning: {}\ndataset: {sample: none}\n")
    outcome = heptune("run", "bad.yaml", "--format", "json")
    assert outcome.code == 2
    assert outcome.error["where"] == "bad.yaml"
    assert {fault["where"] for fault in outcome.error["faults"]} == {"sources.modle", "traning", "dataset.sample"}
    assert not (workplace / "runs").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("sources: [", "This is not valid YAML"),
        ("just text", "This is not a recipe"),
        ("sources: {data: a, data: b}", 'the key "data" stands twice'),
        ("sources: {data: a\tb}\n\tx: 1", "This is not valid YAML"),
    ],
)
def test_a_recipe_that_cannot_be_read_is_a_usage_error(heptune, workplace, content, says):
    (workplace / "bad.yaml").write_text(content)
    outcome = heptune("run", "bad.yaml")
    assert outcome.code == 2
    assert says in outcome.err


def test_a_recipe_that_is_not_there_names_the_ready_ones(heptune):
    outcome = heptune("run", "nowhere.yaml")
    assert outcome.code == 2
    assert "article, quickstart, tweets" in outcome.err


def test_a_file_that_is_not_there_names_its_neighbour(heptune, data):
    outcome = heptune("run", "dd.csv", "--method", "tfidf", "--format", "json")
    assert outcome.code == 3
    assert outcome.error["where"] == "dd.csv"
    assert "d.csv" in outcome.error["remedy"]


def test_a_model_that_cannot_be_had_is_missing(heptune, data, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    outcome = heptune("run", data, "--model", "no-such/model", "--format", "json")
    assert outcome.code == 5
    assert outcome.error["code"]
    assert outcome.error["remedy"]


def test_a_bundle_or_a_run_that_is_not_there_is_missing(heptune):
    assert heptune("predict", "nowhere", "--text", "a").code == 5
    assert heptune("show", "nowhere").code == 5


@pytest.mark.parametrize("place", ["d.csv/run", "/sys/heptune", "/proc/heptune"])
def test_a_place_that_cannot_be_written_is_a_lack_of_resources(heptune, data, place):
    if place.startswith("/") and not Path(place).parent.is_dir():
        pytest.skip("a Linux folder in which nobody may write")
    outcome = heptune("run", data, "--method", "tfidf", "--out", place, "--format", "json")
    assert outcome.code == 6
    assert outcome.error["code"] == "not_writable"
    assert "--out" in outcome.error["remedy"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full, on Linux")
def test_a_full_disk_is_a_lack_of_resources(heptune, data, workplace):
    run = workplace / "run"
    run.mkdir()
    (run / "events.jsonl").symlink_to("/dev/full")
    outcome = heptune("run", data, "--method", "tfidf", "--out", run, "--format", "json")
    assert outcome.code == 6
    assert outcome.error["code"] == "disk_full"


@pytest.fixture
def fill_disk_at(monkeypatch):
    """Let the n-th flush to the disk fail as on a full one; 0 for none. Returns how many there have been."""
    sync = heptune.storage.artifacts._sync
    count = 0
    last = 0

    def counting(path):
        nonlocal count
        count += 1
        if count == last:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        sync(path)

    def prepare(number):
        nonlocal count, last
        seen, count, last = count, 0, number
        return seen

    monkeypatch.setattr(heptune.storage.artifacts, "_sync", counting)
    return prepare


def test_a_disk_that_fills_at_any_artifact_leaves_the_old_run_whole(heptune, data, fill_disk_at):
    command = ["run", data, "--method", "tfidf", "--out", "run", "--format", "json"]
    assert heptune(*command).code == 0
    fill_disk_at(0)
    assert heptune(*command, "--fresh").code == 0
    sites = fill_disk_at(0)
    assert sites > 20
    old = snapshot(Path("run"))
    for site in range(1, sites + 1, max(1, sites // 6)):
        fill_disk_at(site)
        outcome = heptune(*command, "--fresh")
        assert outcome.code == 6, site
        assert outcome.error["code"] == "disk_full"
        assert {name for name in snapshot(Path("run")) if not name.startswith(".")} == set(old)
        assert heptune("show", "run").code == 0
    fill_disk_at(0)
    assert heptune(*command).code == 0
    assert leftovers(Path("run")) == []
    assert heptune("predict", "run/bundle", "--text", "a great phone").code == 0


@pytest.mark.parametrize("target", ["d.csv", "."])
def test_a_folder_with_other_things_in_it_is_left_alone(heptune, data, workplace, target):
    before = {path.name: path.read_bytes() for path in workplace.iterdir()}
    outcome = heptune("run", data, "--method", "tfidf", "--out", target, "--format", "json")
    assert outcome.code == 2
    assert outcome.error["code"] == "not_a_run_folder"
    assert {path.name: path.read_bytes() for path in workplace.iterdir()} == before


def test_a_run_folder_in_which_another_process_works_is_in_use(heptune, data, workplace):
    run = workplace / "run"
    run.mkdir()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(run)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout.readline() == "held\n"
        outcome = heptune("run", data, "--method", "tfidf", "--out", run, "--format", "json")
        assert outcome.code == 7
        assert outcome.error["code"] == "run_folder_in_use"
        assert f"process {holder.pid}" in outcome.error["found"]
        assert step_files(run) == []
        assert events(run, "step_started") == []
    finally:
        holder.communicate(timeout=30)
    assert heptune("run", data, "--method", "tfidf", "--out", run, "--stop-after", "1").code == 0


def test_a_process_that_was_killed_frees_its_run_folder(heptune, data, workplace):
    run = workplace / "run"
    run.mkdir()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(run)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout.readline() == "held\n"
        holder.kill()
    assert heptune("run", data, "--method", "tfidf", "--out", run, "--stop-after", "1").code == 0


LONG = "a" * 300


@pytest.mark.parametrize(
    "command",
    [
        ["run", LONG],
        ["run", f"{LONG}/b"],
        ["run", "d.csv", "--test", LONG],
        ["run", "d.csv", "--model", f"./{LONG}", "--out", "run"],
        ["predict", LONG, "--text", "a"],
    ],
    ids=lambda command: " ".join(command).replace(LONG, "LONG"),
)
def test_a_name_that_the_system_refuses_is_an_error_of_the_input(heptune, data, command):
    if command[0] == "run" and "--model" not in command:
        command = [*command, "--method", "tfidf"]
    outcome = heptune(*command, "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (3, "not_readable")
    assert LONG in outcome.error["where"]


@pytest.mark.parametrize(
    "command",
    [
        ["run", "closed"],
        ["run", "closed/d.csv"],
        ["run", "closed/folder"],
        ["run", "d.csv", "--test", "closed/d.csv"],
        ["run", "d.csv", "--model", "./closed"],
        ["run", "d.csv", "--model", "./closed/model"],
        ["predict", "closed", "--text", "a"],
        ["predict", "closed/bundle", "--text", "a"],
    ],
    ids=" ".join,
)
def test_a_folder_that_nobody_may_look_into_is_an_error_of_the_input(heptune, data, workplace, command):
    (workplace / "closed").mkdir()
    write_csv(workplace / "closed" / "d.csv", messages(20))
    if command[0] == "run" and "--model" not in command:
        command = [*command, "--method", "tfidf"]
    with closed(workplace / "closed"):
        outcome = heptune(*command, "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (3, "not_readable")
    assert outcome.error["where"].startswith("closed")


@pytest.mark.parametrize("out", ["closed/recipe.yaml", LONG], ids=["closed", "long"])
def test_a_recipe_that_cannot_be_written_is_a_lack_of_resources(heptune, data, workplace, out):
    (workplace / "closed").mkdir()
    with closed(workplace / "closed"):
        outcome = heptune("init", data, "--out", out)
    assert outcome.code == 6
    assert "Traceback" not in outcome.err


@pytest.mark.skipif(os.name == "nt", reason="file names are text there")
def test_bytes_that_are_no_text_are_refused_at_the_door(heptune, workplace):
    name = os.fsdecode(b"d\xff.csv")
    outcome = heptune("run", name, "--format", "json")
    assert outcome.code == 2
    assert outcome.error["code"] == "undecodable_argument"
    assert outcome.error["where"] == "d\\udcff.csv"


@pytest.mark.skipif(os.name == "nt", reason="file names are text there")
def test_a_folder_with_a_name_that_is_no_text_says_which(heptune, workplace):
    (workplace / "data").mkdir()
    write_csv(workplace / "data" / os.fsdecode(b"\xff.csv"), messages(20))
    outcome = heptune("run", "data", "--method", "tfidf", "--format", "json")
    assert outcome.code == 3
    assert (outcome.error["code"], outcome.error["where"]) == ("undecodable_name", "data/\\udcff.csv")


def test_data_that_are_not_there_leave_no_run_folder(heptune, workplace):
    outcome = heptune("run", "misspelt.csv", "--method", "tfidf", "--format", "json")
    assert (outcome.code, outcome.error["code"]) == (3, "missing_path")
    assert not (workplace / "runs").exists()


def test_a_broken_file_beside_a_good_run_changes_nothing_of_it(heptune, data, workplace):
    command = ["run", data, "--method", "tfidf", "--out", "run", "--format", "json"]
    assert heptune(*command).code == 0
    old = snapshot(workplace / "run")
    write_csv(workplace / "d.csv", [*messages(120), ("one cell",)])
    outcome = heptune(*command)
    assert outcome.code == 3
    assert outcome.error["code"] == "broken_rows"
    new = snapshot(workplace / "run")
    changed = {name for name in old if old[name] != new[name]}
    assert changed == {"2_sources.json"}  # step 2 was done with the new file; all later results stand as they were
    assert set(new) == set(old)
    assert leftovers(workplace) == []
