"""The bundle's README: front matter that the Hub reads, scores with intervals, nothing that breaks out of Markdown."""

from dataclasses import replace

import pytest
import yaml
from methods_at_work import easy_rows

from heptune.api import run
from heptune.reports.model_card import ModelCardFacts, model_card
from heptune.schemas.dataset import LabelInfo
from heptune.schemas.sources import ModelSource

HOSTILE = [
    "a|b", "`code`", "<script>alert(1)</script>", "*bold* _it_", "[link](http://x)", "line\nbreak", "# head", "&copy;",
    "---", "back\\slash", "~~gone~~",
]  # fmt: skip


@pytest.fixture(scope="module")
def facts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("card")
    rows = easy_rows(60)
    lines = [f"{text},{label}" for text, label in zip(rows["text"].to_pylist(), rows["label"].to_pylist(), strict=True)]
    (folder / "messages.csv").write_text("\n".join(["text,label", *lines]) + "\n")
    goal = {"labels": {"0": "complains", "1": "asks", "2": "praises"}, "languages": ["en"]}
    done = run(folder / "messages.csv", out=folder / "run", sources={"method": "tfidf"}, goal=goal)
    goal, sources, dataset, tokens, _model, plan, result = done.results
    return ModelCardFacts(goal, sources, dataset, tokens, result.fit, result.test, result.baselines, plan)


def test_the_baselines_stand_beside_the_model_and_what_equals_it_is_left_out(facts):
    card = model_card(facts)
    majority = facts.baselines["majority"]
    scores = [majority.score(name) for name in ("accuracy", "macro_f1", "log_loss")]
    values = " | ".join(f"{score.value:.4f} ({score.low:.4f} – {score.high:.4f})" for score in scores)
    assert f"| majority | {values} | {majority.ece.value:.4f} |" in card
    assert "| tfidf |" not in card
    alone = model_card(replace(facts, baselines={}))
    assert "baseline" not in alone


def with_label(facts, name):
    dataset = facts.dataset
    first = LabelInfo(name=name, identifier="0", meaning=f"means {name}")
    labels = (first, *dataset.labels[1:])
    per_class = (facts.test.per_class[0].model_copy(update={"label": name}), *facts.test.per_class[1:])
    return replace(
        facts,
        dataset=dataset.model_copy(update={"labels": labels}),
        test=facts.test.model_copy(update={"per_class": per_class}),
        baselines={"majority": facts.baselines["majority"]},
    )


def with_model(facts, **changes):
    model = {
        "uri": "/home/somebody/models/tiny", "kind": "local", "path": "/home/somebody/models/tiny", "repository": None,
        "commit": None, "licence": None, "architecture": "bert", "size": 1, "max_tokens": 64, "files": {},
    }  # fmt: skip
    source = ModelSource.model_validate(model | changes)
    return replace(facts, sources=facts.sources.model_copy(update={"model": source, "method": "full"}))


def parts(card):
    _nothing, front, body = card.split("---\n", 2)
    return yaml.safe_load(front), body


def test_the_front_matter_is_what_the_hub_reads(facts):
    front, _body = parts(model_card(facts))
    assert front["pipeline_tag"] == "text-classification"
    assert front["language"] == ["en"]
    result = front["model-index"][0]["results"][0]
    assert result["task"] == {"type": "text-classification"}
    assert result["dataset"]["name"] == "messages.csv"
    values = {metric["type"]: metric["value"] for metric in result["metrics"]}
    assert values["accuracy"] == round(facts.test.score("accuracy").value, 4)
    assert set(values) == {"accuracy", "macro_f1", "log_loss"}
    assert "library_name" not in front  # no transformer


def test_a_model_of_the_hub_is_named_with_its_licence(facts):
    hub = with_model(facts, uri="gpt2", kind="hub", path=None, repository="openai-community/gpt2", licence="mit")
    front, _body = parts(model_card(hub))
    assert (front["base_model"], front["license"]) == ("openai-community/gpt2", "mit")
    assert front["library_name"] == "transformers"


def test_a_local_model_is_named_without_its_path(facts):
    card = model_card(with_model(facts))
    assert "tiny" in card
    assert "somebody" not in card


def test_scores_stand_with_their_intervals_and_labels_with_their_meaning(facts):
    card = model_card(facts)
    accuracy = facts.test.score("accuracy")
    assert f"| accuracy | {accuracy.value:.4f} | {accuracy.low:.4f} – {accuracy.high:.4f} |" in card
    assert "- 0: complains" in card
    for scores in facts.test.per_class:
        few = " \\*" if scores.too_few else ""
        precision = scores.precision
        told = f"{precision.value:.3f} ({precision.low:.3f} – {precision.high:.3f})"
        assert f"| {scores.label} | {scores.support}{few} | {told} |" in card
    assert any(scores.too_few for scores in facts.test.per_class)
    assert "\\* too few rows to judge this class" in card


def test_it_tells_nothing_of_the_rows_or_the_machine(facts):
    card = model_card(facts)
    assert not any(row.text in card for row in facts.dataset.preview if len(row.text) > 20)
    assert "/tmp" not in card
    assert "/home" not in card


@pytest.mark.parametrize("name", HOSTILE)
def test_no_label_breaks_out_of_its_line_or_cell(facts, name):
    card = model_card(with_label(facts, name))
    plain = model_card(facts)
    assert len(card.splitlines()) == len(plain.splitlines())
    rows = [line for line in card.splitlines() if line.startswith("|")]
    unescaped = [row.replace("\\\\", "").replace("\\|", "").count("|") for row in rows]
    assert unescaped == [row.count("|") for row in plain.splitlines() if row.startswith("|")]
    body = card.split("---\n", 2)[2].replace("\\\\", "")
    for character in "<`*&~":
        assert body.count(character) == body.count(f"\\{character}")


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_of_data_breaks_the_front_matter(facts, name):
    data = facts.sources.data.model_copy(update={"uri": f"data/{name.replace('/', '')}.csv"})
    hostile = replace(facts, sources=facts.sources.model_copy(update={"data": data}))
    card = model_card(hostile)
    assert card.startswith("---\n")
    end = card.index("\n---\n", 4)
    front = yaml.safe_load(card[4:end])
    assert front["model-index"][0]["results"][0]["dataset"]["name"] == f"{name.replace('/', '')}.csv"


def test_it_speaks_several_languages_one_after_the_other(facts):
    goal = facts.goal.model_copy(update={"card_languages": ("en", "zh")})
    english, chinese = (
        model_card(replace(facts, goal=facts.goal.model_copy(update={"card_languages": (code,)})))
        for code in ("en", "zh")
    )
    both = model_card(replace(facts, goal=goal))
    assert both.count("\n# ") == 1
    assert "## How good it is" in english
    assert "## How good it is" not in chinese
    for part in (english, chinese):
        assert part.split("\n\n", 2)[2].strip() in both


def test_what_the_evaluation_comes_to_stands_in_the_card_of_a_run(tmp_path):
    rows = easy_rows(60)
    lines = [f"{text},{label}" for text, label in zip(rows["text"].to_pylist(), rows["label"].to_pylist(), strict=True)]
    (tmp_path / "m.csv").write_text("\n".join(["text,label", *lines]) + "\n")
    answers = [f"{text},0" for text in rows["text"].to_pylist()]
    (tmp_path / "Secret rules.csv").write_text("\n".join(["text,answer", *answers]) + "\n")
    done = run(
        tmp_path / "m.csv",
        out=tmp_path / "run",
        sources={"method": "tfidf"},
        goal={"card_languages": ["en", "zh"]},
        evaluation={"against": [str(tmp_path / "Secret rules.csv")]},
    )
    card = (done.bundle / "README.md").read_text(encoding="utf-8")
    assert "majority by" in card or "from majority" in card
    assert "Probabilities are as they were learnt: there are 2 rows to calibrate by; it takes 30" in card
    assert "概率未经校准：为此留出 2 行" in card or "概率未经校准" in card
    assert "rows to calibrate by" not in card[card.index("概率未经校准") :]
    assert "Secret" not in card
