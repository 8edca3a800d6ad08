"""What the plan says is what is computed."""

import json

import numpy as np
import pyarrow as pa
import pytest
from made_up_data import messages, write_csv

from heptune.api import run
from heptune.evaluation.metrics import METRICS
from heptune.evaluation.scoring import score_predictions
from heptune.reports.conclusion import conclude, conclusion_json, conclusion_lines
from heptune.steps import step6_evaluation

FEW = 40


def go(folder, **sections):
    path = write_csv(folder / "d.csv", messages(240, wrong=0.2))
    return run(path, out=folder / "run", sources={"method": "tfidf"}, **sections)


def test_the_plan_names_the_metrics_and_their_intervals_as_they_are_computed(tmp_path):
    finished = go(tmp_path)
    plan, result = finished.results[5:]
    assert {metric.name: (metric.direction, metric.interval) for metric in plan.metrics} == {
        name: (metric.direction, metric.interval) for name, metric in METRICS.items()
    }
    assert [result.test.score(metric.name).method for metric in plan.metrics] == [m.interval for m in plan.metrics]


def test_the_draws_of_the_plan_are_those_of_the_scores(tmp_path, monkeypatch):
    monkeypatch.setattr(step6_evaluation, "DRAWS", FEW)
    finished = go(tmp_path)
    plan, result = finished.results[5:]
    assert plan.bootstrap_draws == FEW
    rows = pa.ipc.open_file(tmp_path / "run" / "7_predictions.arrow").read_all().to_pylist()
    test = [row for row in rows if row["split"] == "test"]
    labels, probabilities = np.array([row["label"] for row in test]), np.array([row["model"] for row in test])
    assert result.test == score_predictions(labels, probabilities, ["bad", "good"], draws=FEW, seed=plan.seed)


@pytest.mark.parametrize("metric", ["macro_f1", "accuracy"])
def test_baselines_are_compared_in_the_primary_metric_too(tmp_path, metric):
    finished = go(tmp_path, goal={"require": f"{metric} >= 0.1"})
    conclusion = conclude(finished.folder, finished.results)
    majority = json.loads(json.dumps(conclusion_json(conclusion, {})))["comparisons"]["majority"]
    lines = conclusion_lines(conclusion)
    assert any(line.startswith("Better than majority") and "points of accuracy" in line for line in lines)
    in_macro_f1 = [line for line in lines if "points of macro-F1" in line]
    if metric == "accuracy":
        assert majority["macro_f1"] is None
        assert in_macro_f1 == []
    else:
        result = finished.result
        gain = result.test.macro_f1.value - result.baselines["majority"].macro_f1.value
        assert majority["macro_f1"]["difference"]["value"] == pytest.approx(gain)
        assert majority["macro_f1"]["difference"]["low"] > 0
        assert majority["macro_f1"]["p_value"] < 0.05
        assert len(in_macro_f1) == 1  # tfidf is the method itself
