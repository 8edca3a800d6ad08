"""What the package promises of its sample: hard for word counts, easier for a pretrained model, whatever the seed."""

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
