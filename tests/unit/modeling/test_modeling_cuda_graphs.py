"""What is filled up for replayed launches changes neither loss nor gradient; the launches themselves need a GPU."""

import numpy as np
import pytest
import torch
from methods_at_work import LABELS, easy_rows
from networks_at_work import CLASSES, CPU, Ready

from heptune.methods.create import create_method
from heptune.methods.finetune.replay import Replay, weighted_loss, why_not
from heptune.methods.pretrained.token_rows import TokenRows
from heptune.modeling.speedups.cuda_graphs import MOST_OPERATIONS, ReplayedSteps, StaticBatch, filled_length

GPU = torch.device("cuda")


def steps(most_rows=32, matrix_parameters=10_000_000):
    return ReplayedSteps(
        lambda *_inputs: torch.zeros(()),
        pad_id=0,
        most_rows=most_rows,
        matrix_parameters=matrix_parameters,
        device=CPU,
    )


@pytest.mark.parametrize("architecture", ["bert", "roberta", "gpt2", "modernbert", "qwen3"])
def test_filled_up_texts_and_rows_change_no_gradient(tiny_model, tmp_path, architecture):
    ready = Ready(tiny_model(architecture), tmp_path)
    loss, gradients = ready.gradients(ready.padding)
    batch = StaticBatch((16, 64), ready.pad_id, CPU)
    batch.fill(ready.ids, CLASSES.numpy())
    ready.classifier.zero_grad()
    summed = weighted_loss(ready.padding.logits(batch.texts), batch.classes, batch.weights)
    (summed / len(CLASSES)).backward()
    assert summed.item() / len(CLASSES) == pytest.approx(loss, rel=1e-6)
    found = {name: weight.grad for name, weight in ready.classifier.named_parameters() if weight.grad is not None}
    assert found.keys() == gradients.keys()
    norm = torch.cat([gradient.flatten() for gradient in gradients.values()]).norm()
    difference = torch.cat([(found[name] - gradients[name]).flatten() for name in gradients]).norm()
    assert difference <= 2e-6 * norm


def test_the_places_of_a_batch_stay_where_they_are():
    batch = StaticBatch((4, 16), 9, CPU)
    places = [tensor.data_ptr() for tensor in (*batch.texts, batch.classes)]
    batch.fill([np.array([1, 2, 3], np.int32), np.array([4], np.int32)], np.array([2, 1]))
    batch.fill([np.array([5, 6], np.int32)], np.array([1]))
    ids, mask = batch.texts
    assert [tensor.data_ptr() for tensor in (ids, mask, batch.classes)] == places
    assert ids.tolist() == [[5, 6, *[9] * 14]] * 4
    assert mask.tolist() == [[1, 1, *[0] * 14]] * 4
    assert batch.weights.tolist() == [1, 0, 0, 0]
    assert batch.classes[0] == 1


def test_lengths_and_numbers_of_rows_are_few():
    lengths = {filled_length(length) for length in range(1, 513)}
    assert len(lengths) <= 16
    assert all(filled_length(length) >= length for length in range(1, 513))
    assert filled_length(513) is None
    rows = {steps().shape_of([10] * count)[0] for count in range(1, 33)}
    assert rows == {1, 2, 4, 8, 16, 32}
    assert {steps(most_rows=20).shape_of([10] * count)[0] for count in range(17, 21)} == {20}


def test_what_keeps_a_gpu_busy_anyway_is_not_replayed():
    of_a_cell = 6 * 85_000_000
    cells = MOST_OPERATIONS / of_a_cell
    large = steps(matrix_parameters=85_000_000)
    assert large.shape_of([int(cells // 32 // 16 * 16)] * 32) is not None
    assert large.shape_of([512] * 32) is None
    assert large.shape_of([600]) is None


def test_a_shape_that_is_met_for_the_first_time_is_computed_as_usual():
    assert steps().learn([np.array([1, 2], np.int32)], np.array([0])) is None


def test_it_is_said_why_nothing_is_replayed(tiny_model, tmp_path):
    method = create_method("full", tiny_model("bert"), LABELS)
    method.encode({"train": easy_rows(12)}, tmp_path, max_length=None)
    method.initialize(tmp_path, seed=1)
    classifier, train = method.pretrained.classifier, TokenRows(tmp_path / "train.arrow")
    replay = Replay(None, 0, 1)
    assert why_not(classifier, replay, train, CPU, ()) == "only an NVIDIA GPU waits for launches"
    assert why_not(classifier, replay, train, GPU, ("cuda_graphs",)) == "as given"


def test_only_shapes_that_are_met_again_are_recorded():
    lengths = [[10] * 32, [12] * 32, [40] * 32, [600] * 4, [41] * 32, [90] * 32]
    assert steps().recordings(lengths) == 2
