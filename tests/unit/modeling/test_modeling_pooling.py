"""A text's scores depend on that text alone (C11)."""

import numpy as np
import pytest
import torch
from methods_at_work import LABELS
from tiny_models import ARCHITECTURES, POSITIONS

from heptune.modeling.batching import pad
from heptune.modeling.loading import load_network
from heptune.modeling.model_folder import read_model_folder
from heptune.modeling.pooling import PooledClassifier
from heptune.modeling.tokenizer_setup import save_tokenizer
from heptune.modeling.tokenizing import TextTokenizer
from heptune.runtimes.torch_runtime import TorchRuntime

TEXTS = [
    "win a prize now",
    "ok",
    " ".join(["bad parcel"] * 20),
    "good <|endoftext|>",
    "<|endoftext|>",
    "</s> good </s>",
    "[SEP] good [PAD]",
    "good <pad>",
    "<s>",
    "好的 😀",
    "the phone is not very good but i love it",
    "a " * 500,
]


class Ready:
    """A network with a head that tells texts apart, and its tokenizer."""

    def __init__(self, folder, out):
        model = read_model_folder(folder)
        save_tokenizer(model, out, max_length=POSITIONS)
        self.tokenizer = TextTokenizer.open(out)
        network = load_network(model, LABELS, pad_id=self.tokenizer.pad_id, seed=3).network
        with torch.no_grad():  # a new head is nearly 0, and so would be every difference
            for weight in network.parameters():
                weight.mul_(3.0)
        self.classifier = PooledClassifier(network)

    @torch.inference_mode()
    def logits(self, texts, *, extra=0, left=False):
        ids = self.tokenizer.encode(texts).ids
        tokens, mask = pad(ids, self.tokenizer.pad_id)
        tokens = np.pad(tokens, ((0, 0), (0, extra)), constant_values=self.tokenizer.pad_id)
        mask = np.pad(mask, ((0, 0), (0, extra)))
        if left:
            rolls = mask.shape[1] - mask.sum(axis=1)
            tokens, mask = (np.array(list(map(np.roll, array, rolls))) for array in (tokens, mask))
            assert mask[:, -1].all()
        return self.classifier(torch.from_numpy(tokens), torch.from_numpy(mask))


@pytest.fixture(params=ARCHITECTURES)
def ready(request, tiny_model, tmp_path):
    return Ready(tiny_model(request.param), tmp_path)


def close(one, other):
    return torch.allclose(one, other, atol=1e-4, rtol=1e-4)


def test_texts_in_a_batch_score_as_each_alone(ready):
    together = ready.logits(TEXTS)
    assert together.dtype == torch.float32
    assert together.std(dim=0).max() > 1e-2  # they do differ
    for text, row in zip(TEXTS, together, strict=True):
        assert close(ready.logits([text])[0], row), text


def test_padding_to_any_length_changes_nothing(ready):
    alone = ready.logits(["win a prize now"])
    for width in (8, 32, POSITIONS):
        extra = width - len(ready.tokenizer.encode(["win a prize now"]).ids[0])
        assert close(ready.logits(["win a prize now"], extra=max(0, extra)), alone)


def test_padding_on_the_left_changes_nothing(ready):
    wanted = ready.logits(TEXTS)
    assert close(ready.logits(TEXTS, left=True), wanted)
    assert close(ready.logits(["ok"], extra=8, left=True), ready.logits(["ok"]))


def test_the_order_of_a_batch_changes_nothing(ready):
    order = np.random.default_rng(0).permutation(len(TEXTS))
    assert close(ready.logits([TEXTS[row] for row in order]), ready.logits(TEXTS)[order])


@pytest.mark.parametrize("most_rows", [1, 3, 16, None])
def test_the_runtime_scores_alike_at_any_batch_size(ready, most_rows):
    device = torch.device("cpu")
    wanted = ready.logits(TEXTS).softmax(dim=1).numpy()
    scores = TorchRuntime(ready.classifier, ready.tokenizer, device=device, most_rows=most_rows).score(TEXTS)
    assert scores.probabilities == pytest.approx(wanted, abs=1e-5)
    assert scores.truncated.tolist() == (ready.tokenizer.encode(TEXTS).lengths > POSITIONS).tolist()
    assert scores.truncated[-1]
    assert not scores.without_tokens.any()


def test_decoders_pool_by_the_mask_and_encoders_as_they_do(ready, request):
    architecture = request.node.callspec.params["ready"]
    assert ready.classifier.pools_last_token == (architecture in ("gpt2", "llama", "qwen2", "qwen3", "qwen3-embedding"))
    ids, mask = pad(ready.tokenizer.encode(["a good phone"]).ids, ready.tokenizer.pad_id)
    with torch.inference_mode():
        own = ready.classifier.network(input_ids=torch.from_numpy(ids), attention_mask=torch.from_numpy(mask)).logits
    assert close(ready.logits(["a good phone"]), own)


def test_a_sequence_that_really_holds_the_pad_token_is_pooled_at_its_end(tiny_model, tmp_path):
    """Whatever a tokenizer may do: the mask decides, not the id."""
    ready = Ready(tiny_model("gpt2"), tmp_path)
    ids = ready.tokenizer.encode(["win a prize now"]).ids[0]
    ended = np.append(ids, ready.tokenizer.pad_id).astype(np.int32)
    tokens, mask = pad([ended, np.tile(ids, 3)], ready.tokenizer.pad_id)
    with torch.inference_mode():
        batch = ready.classifier(torch.from_numpy(tokens), torch.from_numpy(mask))[0]
        alone = ready.classifier(*(torch.from_numpy(array) for array in pad([ended], ready.tokenizer.pad_id)))[0]
        hidden = ready.classifier.network.base_model(torch.from_numpy(ended[None].astype(np.int64))).last_hidden_state
        wanted = ready.classifier.network.score(hidden[0, -1])
    assert close(batch, alone)
    assert close(alone, wanted)


def test_texts_without_tokens_get_no_score_and_spoil_no_other(tiny_model, tmp_path):
    ready = Ready(tiny_model("gpt2"), tmp_path)
    scores = TorchRuntime(ready.classifier, ready.tokenizer, device=torch.device("cpu")).score(["", "ok", ""])
    assert scores.without_tokens.tolist() == [True, False, True]
    assert np.isnan(scores.probabilities[[0, 2]]).all()
    alone = TorchRuntime(ready.classifier, ready.tokenizer, device=torch.device("cpu")).score(["ok"])
    assert scores.probabilities[1] == pytest.approx(alone.probabilities[0])


def test_no_texts_score_to_nothing(tiny_model, tmp_path):
    ready = Ready(tiny_model("bert"), tmp_path)
    scores = TorchRuntime(ready.classifier, ready.tokenizer, device=torch.device("cpu")).score([])
    assert scores.probabilities.shape == (0, 3)
