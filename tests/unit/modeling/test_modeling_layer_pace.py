"""One layer of any shape of the catalogue can be timed; how fast this machine is, no test asks."""

import pytest
import torch

from heptune.estimation.catalogue import catalogue
from heptune.modeling import layer_pace
from heptune.modeling.layer_pace import PlainLayer, measure_pace
from heptune.schemas.catalogue import LayerShape

CPU = torch.device("cpu")
SMALL = LayerShape(16, 32, heads=4, key_value_heads=4, head_width=4, gated=False)
SHARED = LayerShape(16, 32, heads=4, key_value_heads=2, head_width=8, gated=True)


@pytest.mark.parametrize("shape", [SMALL, SHARED])
def test_a_layer_keeps_the_form_of_its_states_and_has_the_weights_that_its_shape_counts(shape):
    layer = PlainLayer(shape)
    assert layer(torch.zeros(2, 3, 16)).shape == (2, 3, 16)
    assert sum(weight.numel() for weight in layer.parameters() if weight.ndim == 2) == shape.matrix_parameters


def test_every_shape_has_its_pace():
    pace = measure_pace([SMALL, SHARED, SMALL], rows=4, tokens=8, device=CPU)
    assert set(pace.layers) == {SMALL, SHARED}
    assert all(seconds > 0 for seconds in (*pace.layers.values(), pace.optimizer))
    assert (pace.device, pace.precision in ("fp32", "bf16")) == ("cpu", True)


def test_what_time_does_not_suffice_for_follows_from_the_number_of_weights(monkeypatch):
    monkeypatch.setattr(layer_pace, "MOST_SECONDS", 0)
    shapes = {model.layer_shape for model in catalogue().models} | {SMALL}
    pace = measure_pace(shapes, rows=4, tokens=8, device=CPU)
    of_weight = [seconds / shape.matrix_parameters for shape, seconds in pace.layers.items()]
    assert of_weight == pytest.approx([of_weight[0]] * len(shapes))
