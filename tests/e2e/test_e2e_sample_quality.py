"""What the package promises of its sample: hard for word counts, easier for a pretrained model, whatever the seed."""

import math
from statistics import NormalDist

import pyarrow as pa
import pytest

from heptune.api import run_recipe
from heptune.recipe import make_recipe, read_recipe

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("seed", [42, 43, 44])
def test_the_starter_beats_tfidf_on_the_sample_beyond_chance(tmp_path, seed):
    seeds = {"dataset": {"seed": seed}, "model": {"seed": seed}, "training": {"seed": seed}}
    result = run_recipe(make_recipe(read_recipe("quickstart"), seeds), out=tmp_path / "run").result
    (against,) = (row.accuracy for row in result.comparisons if row.baseline == "tfidf")
    assert result.test.n == 300
    assert result.baselines["tfidf"].score("accuracy").value < 0.8
    assert against.difference.low > 0


def test_the_quickstart_ends_in_a_report_whose_verdict_others_can_recompute(tmp_path):
    """By other code than ours, from the saved predictions alone."""
    done = run_recipe(make_recipe(read_recipe("quickstart")), out=tmp_path / "run")
    with pa.memory_map(str(tmp_path / "run" / "7_predictions.arrow")) as source:
        rows = [row for row in pa.ipc.open_file(source).read_all().to_pylist() if row["split"] == "test"]
    right = [max(range(3), key=row["model"].__getitem__) == row["label"] for row in rows]
    share, count, z = sum(right) / len(right), len(right), NormalDist().inv_cdf(0.975)
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    low, high = middle - reach, middle + reach
    verdict = "met" if low >= 0.6 else "not_met" if high < 0.6 else "inconclusive"
    assert done.verdict == verdict
    page = done.report.read_text(encoding="utf-8")
    assert f'class="verdict {verdict}"' in page
    assert f"it answered {share:.1%} rightly. On texts like these expect between {low:.1%} and {high:.1%}." in page
