"""A tiny pretrained model through the command line: trained, shipped, opened by transformers, the same everywhere."""

import json
from pathlib import Path

import pytest
from command_line import STEP_NAMES, changes, events, reused
from made_up_data import messages, write_csv

TEXTS = ["a great phone", "sad", "the parcel is " * 60, "一 😀", "great <|endoftext|> awful [SEP] broken"]
TRAINING = ["--epochs", "3", "--batch-size", "8", "--learning-rate", "3e-3", "--precision", "fp32"]


@pytest.fixture(params=["gpt2", "bert"])
def model(request):
    """A tiny decoder and a tiny encoder."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def run(heptune, workplace):
    """Fine-tune on 120 messages, and return the object that is printed."""
    data = write_csv(workplace / "d.csv", messages(120))

    def call(model, *options):
        outcome = heptune("run", data, "--model", model, *TRAINING, "--format", "json", *options)
        assert outcome.code == 0, outcome.out
        assert outcome.err == ""
        return outcome.json

    return call


def answers(heptune, bundle):
    options = [option for text in TEXTS for option in ("--text", text)]
    return [json.loads(line) for line in heptune("predict", bundle, *options).out.splitlines()]


@pytest.mark.filterwarnings("default:.*:FutureWarning")
def test_a_bundle_opens_in_a_plain_pipeline_and_gives_the_same(heptune, run, model):
    from transformers import pipeline

    content = run(model)
    assert content["run"] == f"runs/d-{model.name}"
    classify = pipeline("text-classification", content["bundle"], truncation=True, top_k=None)
    for ours, theirs in zip(answers(heptune, content["bundle"]), classify(TEXTS), strict=True):
        assert ours["label"] == theirs[0]["label"]
        assert ours["scores"] == pytest.approx({entry["label"]: entry["score"] for entry in theirs}, abs=1e-5)
        assert ours["truncated"] == (ours["text"] == TEXTS[2])


def test_the_same_command_reuses_all_and_a_changed_training_setting_only_trains(run, bert):
    first = run(bert)
    assert first["test_scorings"] == run(bert)["test_scorings"] == 1
    assert reused(Path(first["run"])) == dict.fromkeys(STEP_NAMES, True)
    run(bert, "--epochs", "1")
    assert reused(Path(first["run"])) == {name: name != "training" for name in STEP_NAMES}
    assert changes(Path(first["run"]))["training"] == ["the setting training.epochs (3 → 1)"]


def test_the_same_effective_batch_is_not_trained_again_and_another_is_named(run, bert):
    """C15: batch 1 accumulated over 4, then batch 4 at once, then batch 8."""
    first = run(bert, "--batch-size", "4", "--set", "training.micro_batch_size=1")
    run(bert, "--batch-size", "4", "--set", "training.micro_batch_size=4")
    assert reused(Path(first["run"])) == dict.fromkeys(STEP_NAMES, True)
    run(bert, "--batch-size", "8", "--set", "training.micro_batch_size=4")
    assert changes(Path(first["run"]))["training"] == ["the setting training.batch_size (4 → 8)"]
    fit = json.loads((Path(first["run"]) / "7_training.json").read_text())["result"]["fit"]
    assert fit["settings"]["micro_batch_size"] == 4


def test_rows_that_give_the_model_no_token_are_left_out_and_listed(heptune, bert, workplace):
    rows = messages(120)
    rows[10:13] = [("\ufffd", label) for _text, label in rows[10:13]]
    data = write_csv(workplace / "d.csv", rows)
    outcome = heptune("run", data, "--model", bert, "--stop-after", "4", "--set", "dataset.test_share=0.02")
    assert outcome.code == 0
    result = json.loads(Path("runs/d-bert/4_tokens.json").read_text())["result"]
    left_out = sum(result["without_tokens"].values())
    assert left_out == len(result["without_tokens_examples"]) > 0
    (warning,) = [line for line in outcome.out.splitlines() if "no token" in line]
    assert f"{left_out} texts to learn from give the model no token and are left out: d.csv:1" in warning


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(run, bert):
    weights = {}
    for folder, seed in (("one", 5), ("two", 5), ("three", 6)):
        run(bert, "--seed", seed, "--out", folder)
        weights[folder] = (Path(folder) / "bundle/model.safetensors").read_bytes()
    assert weights["one"] == weights["two"] != weights["three"]
    stored = json.loads(Path("three/5_model.json").read_text())
    assert stored["result"]["seed"] == 6


def test_the_resolved_recipe_trains_the_same_weights(heptune, run, bert):
    first = run(bert, "--out", "one")
    again = heptune("run", "one/recipe.yaml", "--out", "two", "--format", "json").json
    assert first["test"] == again["test"]
    one, two = (Path(folder) / "bundle/model.safetensors" for folder in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_a_changed_model_is_named(run, gpt2, workplace):
    copy = workplace / "model"
    copy.mkdir()
    for path in gpt2.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    run(copy, "--stop-after", "5")
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | {"resid_pdrop": 0.2}))
    run(copy, "--stop-after", "5")
    (file,) = changes(Path("runs/d-model"))["sources"]
    assert file.endswith("model/config.json")


def test_progress_and_epochs_stand_in_the_events(run, bert):
    content = run(bert)
    folder = Path(content["run"])
    assert [event["epoch"] for event in events(folder, "epoch")] == [1, 2, 3]
    *_others, of_baseline = [event for event in events(folder, "progress") if "epoch" not in event]
    assert of_baseline["step"] == of_baseline["steps"]
    told = [event for event in events(folder, "progress") if "epoch" in event]
    steps = [event["step"] for event in told]
    assert steps == sorted(steps)
    assert steps[-1] == told[0]["steps"]
    assert {"rows_per_second", "eta_seconds", "loss"} <= set(told[0])


def test_a_bundle_holds_no_text_of_the_customers(run, bert):
    content = run(bert)
    texts = [text for text, _label in messages(120)]
    for path in Path(content["bundle"]).rglob("*"):
        held = path.read_bytes()
        assert not [text for text in texts if text.encode() in held], path.name


def test_texts_that_give_the_model_nothing_get_a_named_answer(heptune, run, model):
    content = run(model, "--epochs", "1")
    given = "\n   \n\u200b\nok\n😀\n".encode()
    outcome = heptune("predict", content["bundle"], "-", standard_input=given)
    rows = [json.loads(line) for line in outcome.out.splitlines()]
    assert [row["error"] for row in rows] == ["empty_text", "empty_text", "empty_text", None, None]
    assert [row["label"] is None for row in rows] == [True, True, True, False, False]


def test_a_linear_probe_is_a_baseline_of_the_model_that_it_is_made_of(heptune, run, bert):
    content = run(bert)
    folder = Path(content["run"])
    assert list(content["baselines"]) == list(content["comparisons"]) == ["majority", "tfidf", "linear-probe"]
    kept = [path.name for path in (folder / "baselines/linear-probe").iterdir()]
    assert kept == ["head.safetensors"]
    shown = heptune("show", folder).out
    assert "against majority, tfidf, linear-probe" in shown
    assert "from linear-probe" in shown or "than linear-probe" in shown
    assert "| linear-probe |" in (folder / "bundle/README.md").read_text()
    before = (folder / "baselines/linear-probe/head.safetensors").read_bytes()
    run(bert, "--epochs", "1", "--require", "macro_f1 >= 0.1")
    run(bert, "--epochs", "1", "--require", "macro_f1 >= 0.2")
    assert reused(folder) == dict.fromkeys(STEP_NAMES, True) | {"goal": False}
    assert (folder / "baselines/linear-probe/head.safetensors").read_bytes() == before


def test_baselines_can_be_left_out(run, bert):
    content = run(bert, "--epochs", "1", "--set", "evaluation.baselines=[tfidf, majority, tfidf]")
    assert list(content["baselines"]) == ["majority", "tfidf"]
    content = run(bert, "--epochs", "1", "--set", "evaluation.baselines=[]")
    assert content["baselines"] == content["comparisons"] == {}
    assert "evaluation.baselines" in changes(Path(content["run"]))["evaluation"][0]


def test_the_baseline_scores_as_the_method_of_its_name(run, heptune, bert):
    baseline = run(bert, "--epochs", "1")["baselines"]["linear-probe"]
    outcome = heptune("run", "d.csv", "--model", bert, "--method", "linear-probe", "--format", "json")
    assert outcome.json["run"] == "runs/d-bert-linear-probe"
    assert list(outcome.json["baselines"]) == ["majority", "tfidf"]
    assert outcome.json["test"]["accuracy"]["value"] == pytest.approx(baseline["accuracy"]["value"], abs=0.05)
    again = heptune("run", "d.csv", "--model", bert, "--method", "linear-probe", "--format", "json")
    assert reused(Path("runs/d-bert-linear-probe")) == dict.fromkeys(STEP_NAMES, True)
    assert again.json["test"] == outcome.json["test"]


def test_what_a_linear_probe_would_take_is_told_before(heptune, bert, workplace):
    data = write_csv(workplace / "d.csv", messages(120))
    options = ["--model", bert, "--method", "linear-probe", "--stop-after", "5", "--estimate"]
    outcome = heptune("run", data, *options)
    assert outcome.code == 0
    assert "training will take about" in outcome.out
    assert "66 trained" in outcome.out


def test_rows_that_give_the_model_no_token_are_mistakes_of_the_probe_too(heptune, bert, workplace):
    rows = messages(60)
    write_csv(workplace / "test.csv", [*messages(20, seed=1), ("\ufffd", "good"), ("\ufffd\ufffd", "bad")])
    outcome = heptune(
        "run",
        write_csv(workplace / "d.csv", rows),
        "--test",
        "test.csv",
        "--model",
        bert,
        *TRAINING,
        "--format",
        "json",
    )
    assert outcome.code == 0
    for scores in (outcome.json["test"], outcome.json["baselines"]["linear-probe"]):
        assert scores["n"] == 22
        assert scores["accuracy"]["value"] <= 20 / 22
