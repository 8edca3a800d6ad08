"""Packed texts score and teach as padded ones do."""

import numpy as np
import pytest
import torch
from networks_at_work import CPU, Ready
from tiny_models import ARCHITECTURES
from torch.nn import functional

from heptune.modeling.layout import Padding, choose_layout
from heptune.modeling.packing import packed_texts
from heptune.modeling.packing.packed_texts import pack
from heptune.modeling.packing.packing import Packing, why_not_packed


@pytest.fixture(params=ARCHITECTURES)
def ready(request, tiny_model, tmp_path):
    return Ready(tiny_model(request.param), tmp_path)


@pytest.mark.parametrize("cells", [2_048, 100, 1])
def test_loss_and_every_gradient_are_those_of_padded_texts(ready, monkeypatch, cells):
    monkeypatch.setattr(packed_texts, "GRID_CELLS", cells)
    loss, wanted = ready.gradients(ready.padding)
    packed_loss, got = ready.gradients(ready.packing)
    assert packed_loss == pytest.approx(loss, rel=1e-6)
    assert got.keys() == wanted.keys()
    size = sum(float(gradient.square().sum()) for gradient in wanted.values()) ** 0.5
    assert size > 0.01
    for name, gradient in wanted.items():
        assert float((got[name] - gradient).norm()) <= 1e-6 * size, name


@torch.inference_mode()
def test_scores_depend_neither_on_neighbours_nor_on_order(ready):
    ready.classifier.eval()
    together = ready.packing.logits(ready.packing.lay(ready.ids))
    assert together.dtype == torch.float32
    assert together.std(dim=0).max() > 5e-4  # they do differ
    backwards = ready.packing.logits(ready.packing.lay(ready.ids[::-1])).flip(0)
    assert torch.allclose(backwards, together, atol=1e-5)
    for ids, row in zip(ready.ids, together, strict=True):
        assert torch.allclose(ready.packing.logits(ready.packing.lay([ids]))[0], row, atol=1e-5)


@torch.inference_mode()
def test_the_network_is_as_before_even_after_a_fault(ready):
    usual = ready.classifier.network.config._attn_implementation
    before = ready.padding.logits(ready.padding.lay(ready.ids))
    too_many = np.full(4, 10**6, dtype=np.int32)
    with pytest.raises(IndexError):
        ready.packing.logits(ready.packing.lay([too_many]))
    assert ready.classifier.network.config._attn_implementation == usual
    assert torch.equal(ready.padding.logits(ready.padding.lay(ready.ids)), before)


def test_norms_are_those_of_single_texts(ready):
    states = torch.randn(len(ready.ids), 64, 8)
    for text, ids in enumerate(ready.ids):
        states[text, len(ids) :] = 0.0
    texts = ready.packing.lay(ready.ids)
    packed = torch.cat([states[text, : len(ids)] for text, ids in enumerate(ready.ids)])[None]
    packed = functional.pad(packed, (0, 0, 0, texts.filling))
    got = ready.packing.norms(texts, packed)
    wanted = ready.padding.norms(ready.padding.lay(ready.ids), states).flatten()
    assert got.shape == (1, packed.shape[1], 1)
    got = got.flatten()[: len(texts.owner)]
    assert torch.allclose(got, wanted.repeat_interleave(torch.tensor([len(ids) for ids in ready.ids])))


def test_what_is_computed_is_counted(ready):
    lengths = np.array([4, 2, 1], dtype=np.int32)
    assert ready.padding.computed_tokens(lengths) == 12
    assert ready.packing.computed_tokens(lengths) == 8
    for texts, computed in (([60, 4], 64), ([60, 5], 72), ([200, 56], 256), ([200, 57], 320), ([200, 500], 704)):
        assert ready.packing.computed_tokens(np.array(texts, dtype=np.int32)) == computed


def choose(ready, **options):
    settings = {"packing": True, "pad_id": ready.pad_id, "device": CPU} | options
    return choose_layout(ready.classifier, ready.ids, **settings)


def test_texts_are_packed_unless_the_user_says_no(ready):
    assert isinstance(choose(ready).layout, Packing)
    refused = choose(ready, packing=False)
    assert (type(refused.layout), refused.why_not_packed) == (Padding, "as given")


def test_an_unknown_architecture_is_padded_and_says_so(ready):
    ready.classifier.network.config.model_type = "fnet"
    assert "architecture" in str(why_not_packed(ready.classifier))
    chosen = choose(ready)
    assert (type(chosen.layout), chosen.why_not_packed) == (Padding, why_not_packed(ready.classifier))


def test_a_network_that_scores_packed_texts_otherwise_is_padded_and_says_so(ready, monkeypatch):
    """As if every token saw the texts beside it."""
    monkeypatch.setattr(
        packed_texts.TextGrid, "mask", lambda grid, **_options: torch.zeros_like(grid.empty)[:, None, None]
    )
    chosen = choose(ready)
    assert (type(chosen.layout), chosen.why_not_packed) == (Padding, "packed texts would score differently")


def test_a_network_that_pools_many_tokens_is_padded_and_says_so(tiny_model, tmp_path):
    ready = Ready(tiny_model("modernbert"), tmp_path)
    ready.classifier.network.config.classifier_pooling = "mean"
    assert isinstance(choose(ready).layout, Padding)


@pytest.mark.parametrize("lengths", [[3], [5, 3, 2], [1, 1, 1, 1], [2, 7, 1, 4]])
@pytest.mark.parametrize("cells", [2_048, 8, 1])
def test_grids_hold_every_token_once_in_its_own_text(monkeypatch, lengths, cells):
    monkeypatch.setattr(packed_texts, "GRID_CELLS", cells)
    ids = [np.arange(length, dtype=np.int32) + 10 * text for text, length in enumerate(lengths)]
    packed, computed = pack(ids, CPU), 8 * -(-sum(lengths) // 8)
    assert packed.input_ids.shape == packed.position_ids.shape == (1, computed)
    assert packed.filling == computed - sum(lengths)
    assert packed.input_ids[0, : sum(lengths)].tolist() == np.concatenate(ids).tolist()
    assert (
        packed.position_ids[0, : sum(lengths)].tolist()
        == np.concatenate([np.arange(length) for length in lengths]).tolist()
    )
    assert packed.input_ids[0, packed.first].tolist() == [sequence[0] for sequence in ids]
    assert packed.input_ids[0, packed.last].tolist() == [sequence[-1] for sequence in ids]
    assert sum(grid.shape[0] for grid in packed.grids) == len(lengths)
    seen = []
    for grid in packed.grids:
        tokens = packed.input_ids[0, grid.start : grid.end]
        rows = tokens[grid.cells].reshape(grid.shape)
        seen += [row[empty == 0].tolist() for row, empty in zip(rows, grid.empty, strict=True)]
        assert torch.equal(tokens[grid.cells][grid.tokens], tokens)
        assert grid.shape[0] == 1 or grid.shape[0] * grid.shape[1] <= cells
    assert seen == [sequence.tolist() for sequence in ids]


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("window", [None, 1, 2, 3, 99])
def test_a_token_sees_what_it_may(causal, window):
    (grid,) = pack([np.zeros(4, dtype=np.int32), np.zeros(2, dtype=np.int32)], CPU).grids
    mask = grid.mask(causal=causal, window=window).expand(2, 1, 8, 8)
    for text, length in enumerate((4, 2)):
        for one in range(length):
            for other in range(8):
                wanted = other < length and (not causal or other <= one)
                wanted = wanted and (window is None or abs(one - other) < window)
                assert (mask[text, 0, one, other] == 0).item() == wanted
                assert wanted or mask[text, 0, one, other] <= packed_texts.UNSEEN


def test_a_long_text_does_not_widen_the_rows_of_short_ones():
    lengths = [512, 71, 37, 37]
    grids = pack([np.zeros(length, dtype=np.int32) for length in lengths], CPU).grids
    assert [grid.shape for grid in grids] == [(1, 512), (3, 72)]
    # Where there is little to gain, they stay together.
    assert len(pack([np.zeros(length, dtype=np.int32) for length in (48, 9, 8, 8)], CPU).grids) == 1
