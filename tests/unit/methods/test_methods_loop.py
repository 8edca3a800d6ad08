"""The training loop: what an example weighs, which epoch is kept, when it stops."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch
from accelerate.state import AcceleratorState
from methods_at_work import QUIET, SETTINGS, easy_rows, make_rows
from tiny_models import ARCHITECTURES
from torch.nn import functional

from heptune.errors import UsageError
from heptune.evaluation.metrics import METRICS
from heptune.i18n import _
from heptune.methods.finetune import learner
from heptune.methods.finetune.adversary import Adversary
from heptune.methods.finetune.defaults import resolve_settings
from heptune.methods.finetune.loop import Training
from heptune.methods.finetune.preparation import Prepared, prepared
from heptune.methods.method import Watch
from heptune.methods.pretrained.encoding import LengthLimit, encode_splits
from heptune.methods.pretrained.token_rows import TokenRows
from heptune.modeling.batching import pad
from heptune.modeling.layout import Padding
from heptune.modeling.loading import load_network
from heptune.modeling.model_folder import read_model_folder
from heptune.modeling.packing.families import FAMILIES
from heptune.modeling.packing.packing import Packing
from heptune.modeling.pooling import PooledClassifier
from heptune.modeling.precision import Precision
from heptune.modeling.tokenizing import TextTokenizer
from heptune.runtimes.runtime import softmax
from heptune.steps.step7_training.settings import SpeedupName

LABELS = ("negative", "neutral", "positive")
ROWS = {"train": easy_rows(22), "validation": easy_rows(30, seed=1)}
PARTS = pytest.mark.parametrize("most_rows", [1, 2, 3, 5, 8, None])
LAYOUTS = pytest.mark.parametrize("packing", [False, True], ids=["padded", "packed"])


class Case:
    """A network without dropout and its tokenized rows."""

    def __init__(self, model: Path, folder: Path, rows: dict | None = None) -> None:
        self._model = read_model_folder(model)
        limit = LengthLimit(64, _("as given"))
        encode_splits(self._model, ROWS if rows is None else rows, folder, limit=limit, label_names=LABELS)
        self.tokenizer = TextTokenizer.open(folder / "tokenizer")
        self.train = TokenRows(folder / "train.arrow")
        self.validation = TokenRows(folder / "validation.arrow") if (folder / "validation.arrow").exists() else None

    def network(self) -> PooledClassifier:
        loaded = load_network(self._model, LABELS, pad_id=self.tokenizer.pad_id, seed=1)
        for module in loaded.network.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0
        return PooledClassifier(loaded.network)

    def training(
        self,
        classifier: PooledClassifier,
        *,
        watch: Watch = QUIET,
        validate: bool = True,
        packing: bool = True,
        precision: Precision = "fp32",
        **changes,
    ):
        cpu = torch.device("cpu")
        settings = resolve_settings(replace(SETTINGS, **changes), parameters=1, rows=len(self.train), labels=2)
        layout = Packing(classifier, cpu) if packing else Padding(classifier, self.tokenizer.pad_id, cpu)
        strength = settings.adversarial_strength
        return Training(
            classifier,
            Prepared(self.train, self.validation if validate else None, layout, None, ()),
            settings,
            adversary=Adversary(classifier.network, strength) if strength else None,
            precision=precision,
            device=cpu,
            watch=watch,
        )

    def losses(self, classifier: PooledClassifier, rows) -> torch.Tensor:
        """The loss of each row, scored alone."""
        logits = [classifier(*self._tensors([row])) for row in rows]
        classes = torch.from_numpy(self.train.classes[rows].astype(np.int64))
        return functional.cross_entropy(torch.cat(logits), classes, reduction="none")

    @torch.inference_mode()
    def logits(self, classifier: PooledClassifier) -> np.ndarray:
        """The class scores of every validation row, scored alone."""
        rows, classifier = range(len(self.validation)), classifier.eval()
        arrays = [pad(self.validation.ids([row]), self.tokenizer.pad_id) for row in rows]
        return torch.cat([classifier(*map(torch.from_numpy, pair)) for pair in arrays]).double().numpy()

    def _tensors(self, rows):
        return [torch.from_numpy(array) for array in pad(self.train.ids(rows), self.tokenizer.pad_id)]


@pytest.fixture(params=["bert", "gpt2"])
def case(request: pytest.FixtureRequest, tiny_model: Callable[[str], Path], tmp_path: Path) -> Case:
    return Case(tiny_model(request.param), tmp_path)


def gradient(classifier: PooledClassifier) -> torch.Tensor:
    """All gradients side by side; a weight without one counts as 0."""
    weights = list(classifier.parameters())
    return torch.cat([(torch.zeros_like(w) if w.grad is None else w.grad).flatten() for w in weights]).double()


def assert_equals_sum_of_single_gradients(got: torch.Tensor, case: Case, rows, batch_size: int) -> None:
    """Within 1e-6 of the single rows' gradients, which is what rounding is relative to where they cancel out."""
    total, size = torch.zeros_like(got), 0.0
    for row in rows:
        classifier = case.network().train()
        (case.losses(classifier, [row]).sum() / batch_size).backward()
        total += gradient(classifier)
        size += float(gradient(classifier).norm())
    assert float(total.norm()) > 0
    assert float((got - total).norm()) <= 1e-6 * size
    assert float((got - total).abs().max()) <= 1e-6 * size


def gradients_of_step(case: Case, rows, *, most_rows: int | None, batch_size: int, **settings):
    """One step of the loop without clipping and with a learning rate that changes nothing."""
    classifier = case.network()
    training = case.training(
        classifier,
        batch_size=batch_size,
        micro_batch_size=most_rows,
        learning_rate=1e-30,
        max_gradient_norm=1e9,
        **settings,
    )
    classifier.train()
    total = training.step(np.asarray(rows))
    return total, gradient(classifier)


@LAYOUTS
@PARTS
def test_micro_batches_give_loss_and_gradients_of_the_big_batch(case, most_rows, packing):
    rows = np.arange(8)
    total, got = gradients_of_step(case, rows, most_rows=most_rows, batch_size=8, packing=packing)
    reference = case.network().train()
    losses = case.losses(reference, rows)
    losses.mean().backward()
    assert total == pytest.approx(float(losses.detach().sum()), rel=1e-6)
    assert float((got - gradient(reference)).norm()) <= 1e-6 * float(gradient(reference).norm())
    assert_equals_sum_of_single_gradients(got, case, rows, 8)


def gradient_by_hand(case: Case, row: int, strength: float) -> tuple[torch.Tensor, float, float]:
    """Of one text, half as it is and half with its embedding moved; and both losses."""
    classifier = case.network().train()
    network = classifier.network
    embedding = network.get_input_embeddings()
    ids = torch.from_numpy(case.train.ids([row])[0].astype(np.int64))[None]
    classes = torch.from_numpy(case.train.classes[[row]].astype(np.int64))

    def loss(embedded: torch.Tensor) -> torch.Tensor:
        if classifier.pools_last_token:
            hidden = network.base_model(inputs_embeds=embedded, use_cache=False).last_hidden_state
            return functional.cross_entropy(network.score(hidden[:, -1]), classes)
        return functional.cross_entropy(network(inputs_embeds=embedded).logits, classes)

    embedded = embedding(ids)
    clean = loss(embedded)
    (direction,) = torch.autograd.grad(clean, embedded, retain_graph=True)
    reach = strength * embedding.weight.detach().norm(dim=1).mean()
    moved = loss(embedding(ids) + reach * direction / direction.norm())
    ((clean + moved) / 2).backward()
    return gradient(classifier), clean.item(), moved.item()


@LAYOUTS
@PARTS
def test_half_is_learnt_from_texts_moved_to_where_their_loss_grows(case, most_rows, packing):
    rows = np.arange(8)
    by_hand = [gradient_by_hand(case, row, 0.3) for row in rows]
    total, got = gradients_of_step(
        case, rows, most_rows=most_rows, batch_size=8, packing=packing, adversarial_strength=0.3
    )
    wanted = sum(text for text, _clean, _moved in by_hand) / 8
    assert float((got - wanted).norm()) <= 1e-5 * float(wanted.norm())
    assert total == pytest.approx(sum(clean for _text, clean, _moved in by_hand), rel=1e-5)
    assert all(moved > clean for _text, clean, moved in by_hand)
    _total, plain = gradients_of_step(case, rows, most_rows=most_rows, batch_size=8)
    assert float((got - plain).norm()) > 1e-3 * float(plain.norm())


def test_nothing_is_left_on_the_network_that_moves_texts(case):
    classifier = case.network()
    case.training(classifier, epochs=1, adversarial_strength=0.5).run()
    assert not classifier.network.get_input_embeddings()._forward_hooks


LAUNCHERS = {
    "ACCELERATE_GRADIENT_ACCUMULATION_STEPS": "4",
    "ACCELERATE_MIXED_PRECISION": "bf16",
    "ACCELERATE_DYNAMO_BACKEND": "inductor",
    "ACCELERATE_TORCH_DEVICE": "meta",
    "ACCELERATE_USE_FSDP": "true",
    "WORLD_SIZE": "2",
    "LOCAL_RANK": "0",
}


@pytest.fixture
def forgetful_accelerate():
    """Accelerate keeps what it read first for as long as the process lives."""
    AcceleratorState._reset_state(reset_partial_state=True)
    yield
    AcceleratorState._reset_state(reset_partial_state=True)


@pytest.mark.usefixtures("forgetful_accelerate")
@pytest.mark.parametrize("variable", LAUNCHERS)
def test_what_a_launcher_left_in_the_environment_changes_no_gradient(case, monkeypatch, variable):
    wanted = gradients_of_step(case, np.arange(8), most_rows=4, batch_size=8)
    AcceleratorState._reset_state(reset_partial_state=True)
    monkeypatch.setenv(variable, LAUNCHERS[variable])
    total, got = gradients_of_step(case, np.arange(8), most_rows=4, batch_size=8)
    assert total == wanted[0]
    assert torch.equal(got, wanted[1])
    assert os.environ[variable] == LAUNCHERS[variable]
    assert case.training(case.network())._learner._accelerator.state.dynamo_plugin.backend.value == "NO"


@LAYOUTS
@PARTS
def test_an_example_of_a_short_last_batch_weighs_as_any_other(case, most_rows, packing):
    last = np.arange(16, 22)
    _total, got = gradients_of_step(case, last, most_rows=most_rows, batch_size=8, packing=packing)
    assert_equals_sum_of_single_gradients(got, case, last, 8)


def test_weights_after_an_epoch_depend_neither_on_the_micro_batch_nor_on_the_layout(case):
    after = []
    for most_rows, packing in ((1, True), (3, False), (3, True), (None, False), (None, True)):
        classifier = case.network()
        case.training(classifier, epochs=1, micro_batch_size=most_rows, learning_rate=1e-3, packing=packing).run()
        after.append(torch.cat([weight.detach().flatten() for weight in classifier.parameters()]))
    for other in after[1:]:
        assert torch.allclose(after[0], other, atol=1e-4)


FAST = [architecture for architecture in ARCHITECTURES if architecture in FAMILIES]


def train_with(case: Case, without: Sequence[str], **changes) -> PooledClassifier:
    """Take 21 steps of the whole loop as `full` prepares it, but for the speed-ups that are left out."""
    settings = resolve_settings(replace(SETTINGS, epochs=7, **changes), parameters=1, rows=22, labels=3)
    classifier, cpu = case.network(), torch.device("cpu")
    options = {"pad_id": case.tokenizer.pad_id, "device": cpu, "without": without, "matrix_parameters": 1}
    with prepared(classifier, case.train, None, **options) as ready:
        assert any(speedup.used for speedup in ready.speedups) is not bool(without)
        training = Training(classifier, ready, settings, adversary=None, precision="fp32", device=cpu, watch=QUIET)
        assert training.run().throughput.steps == 21
    return classifier


@pytest.mark.parametrize("architecture", FAST)
def test_after_steps_of_plain_sgd_the_weights_are_those_of_the_plain_loop(
    tiny_model, tmp_path, monkeypatch, architecture
):
    def plain_sgd(classifier, *, learning_rate, weight_decay):
        return torch.optim.SGD(classifier.parameters(), lr=learning_rate, weight_decay=weight_decay)

    monkeypatch.setattr(learner, "make_optimizer", plain_sgd)
    case = Case(tiny_model(architecture), tmp_path)
    before = case.network().state_dict()
    plain, fast = (
        train_with(case, without, micro_batch_size=most_rows, learning_rate=0.05).state_dict()
        for without, most_rows in ((get_args(SpeedupName), 1), ((), None))
    )
    moved = sum(float((plain[name] - weight).square().sum()) for name, weight in before.items()) ** 0.5
    size = sum(float(weight.square().sum()) for weight in plain.values()) ** 0.5
    apart = sum(float((plain[name] - weight).square().sum()) for name, weight in fast.items()) ** 0.5
    assert moved > 1e-3 * size
    assert apart <= 1e-6 * size


@pytest.mark.parametrize("architecture", FAST)
def test_after_steps_of_adamw_the_predictions_are_those_of_the_plain_loop(tiny_model, tmp_path, architecture):
    """AdamW makes steps of rounding noise where a gradient is nearly 0, so that weights may differ."""
    case = Case(tiny_model(architecture), tmp_path)
    plain, fast = (
        softmax(case.logits(train_with(case, without, micro_batch_size=most_rows)))
        for without, most_rows in ((get_args(SpeedupName), 1), ((), None))
    )
    assert fast == pytest.approx(plain, abs=1e-3)
    assert not np.allclose(plain, softmax(case.logits(case.network())), atol=1e-2)


def test_the_training_loss_is_the_mean_over_the_rows(case):
    classifier = case.network()
    expected = case.losses(case.network().eval(), np.arange(len(case.train))).mean().item()
    state = case.training(classifier, epochs=1, learning_rate=1e-30).run()
    assert state.history[0].training_loss == pytest.approx(expected, abs=1e-5)


def test_an_epoch_sees_each_row_once_and_in_another_order_each_time(case):
    batches = []
    training = case.training(case.network(), epochs=2)
    learn_from = training.step
    training.step = lambda rows: batches.append(rows.tolist()) or learn_from(rows)
    training.run()
    assert [len(batch) for batch in batches] == [8, 8, 6] * 2
    epochs = [list(chain(*batches[:3])), list(chain(*batches[3:]))]
    assert [sorted(epoch) for epoch in epochs] == [list(range(22))] * 2
    assert epochs[0] != epochs[1]


class StoppedError(Exception):
    """The user's wish."""


class Followed:
    """A training whose batches and learning rates are written down, and which may be stopped after some steps."""

    def __init__(self, case, *, stop_after=None, **settings):
        self.batches, self.rates = [], []
        watch = Watch(check=self._check, progress=lambda *_name, **_fields: None, notice=lambda _sentence: None)
        self._stop_after = stop_after
        self.training = case.training(case.network(), watch=watch, validate=False, epochs=1, **settings)
        self._learn_from = self.training.step
        self.training.step = self._train_step

    def _check(self):
        if len(self.batches) == self._stop_after:
            raise StoppedError

    def _train_step(self, rows):
        self.batches.append(sorted(rows.tolist()))
        self.rates += self.training._learner.schedule.get_last_lr()[:1]
        return self._learn_from(rows)


def test_begun_again_with_other_micro_batches_a_run_is_as_long_as_planned(tiny_model, tmp_path):
    """C15: stopped after four steps with batch 1 accumulated over 4, begun again with batch 4."""
    case = Case(tiny_model("gpt2"), tmp_path, {"train": easy_rows(32)})
    stopped = Followed(case, stop_after=4, batch_size=4, micro_batch_size=1)
    with pytest.raises(StoppedError):
        stopped.training.run()
    again = Followed(case, batch_size=4, micro_batch_size=4)
    assert again.training.run().throughput.steps == 8
    assert sorted(chain(*again.batches)) == list(range(32))
    assert again.batches[:4] == stopped.batches
    assert again.rates[:4] == stopped.rates
    assert len(set(again.rates)) == 8
    assert again.rates[-1] == min(again.rates)


def validation_scores(case: Case, classifier: PooledClassifier) -> dict[str, float]:
    """Every metric, each row scored alone."""
    with torch.inference_mode():
        logits = [
            classifier(*(torch.from_numpy(array) for array in pad(case.validation.ids([row]), case.tokenizer.pad_id)))
            for row in range(len(case.validation))
        ]
    probabilities = softmax(torch.cat(logits).double().numpy())
    return {name: metric.compute(case.validation.classes, probabilities) for name, metric in METRICS.items()}


@pytest.mark.parametrize("metric", ["log_loss", "ece", "macro_f1", "accuracy"])
def test_the_best_epoch_by_the_metrics_own_direction_is_kept(case, metric):
    """C17: a learning rate that overfits, so that the last epoch is not the best by every metric."""
    classifier = case.network()
    state = case.training(classifier, epochs=6, learning_rate=2e-2, metric=metric).run()
    values = [epoch.validation[metric] for epoch in state.history]
    best = max(values) if metric in ("macro_f1", "accuracy") else min(values)
    assert state.best_epoch == values.index(best) + 1  # the first of equal ones
    assert len(values) == 6
    kept = validation_scores(case, classifier)
    assert kept == pytest.approx(state.history[state.best_epoch - 1].validation, abs=1e-4)


def test_metrics_that_disagree_keep_different_epochs(tiny_model, tmp_path):
    """With some wrong labels in validation, growing sureness costs log loss while accuracy still rises."""
    validation = easy_rows(30, seed=1)
    labels = validation["label"].to_numpy().copy()
    labels[:9] = (labels[:9] + 1) % 3
    rows = {"train": easy_rows(40), "validation": make_rows(validation["text"].to_pylist(), labels)}
    case = Case(tiny_model("gpt2"), tmp_path, rows)
    kept = {
        metric: case.training(case.network(), epochs=8, learning_rate=1e-2, metric=metric).run().best_epoch
        for metric in ("log_loss", "accuracy")
    }
    assert kept["log_loss"] < kept["accuracy"]


def test_an_unknown_metric_is_refused_before_training(case):
    with pytest.raises(UsageError) as caught:
        case.training(case.network(), metric="eval_loss")
    assert caught.value.code == "unknown_metric"
    assert "log_loss" in caught.value.expected


def test_without_validation_rows_the_last_epoch_is_kept(case):
    state = case.training(case.network(), epochs=3, validate=False).run()
    assert state.best_epoch == 3
    assert [epoch.validation for epoch in state.history] == [{}] * 3


def test_patience_stops_after_epochs_without_a_better_one(case):
    state = case.training(case.network(), epochs=12, learning_rate=3e-2, metric="log_loss", patience=2).run()
    assert len(state.history) == state.best_epoch + 2 < 12


def test_patience_without_validation_rows_stops_nothing(case):
    assert len(case.training(case.network(), epochs=4, patience=1, validate=False).run().history) == 4


def test_no_time_left_stops_after_a_step_and_still_validates(case):
    classifier = case.network()
    state = case.training(classifier, epochs=5, max_minutes=1e-9).run()
    assert state.throughput.steps == 1
    assert state.throughput.rows == 8
    assert state.best_epoch == len(state.history) == 1
    assert state.history[0].validation
    assert 0.5 < state.history[0].training_loss < 2  # of the rows seen, not of all


@pytest.mark.parametrize("epochs", [1, 3])
def test_training_that_diverges_is_an_error_even_in_its_last_step(case, epochs):
    settings = {"epochs": epochs, "learning_rate": 1e38, "batch_size": 64, "warmup_share": 0.0, "validate": False}
    with pytest.raises(UsageError) as caught:
        case.training(case.network(), **settings).run()
    assert caught.value.code == "diverged"
    assert caught.value.where == "training.learning_rate"
    assert caught.value.found == "1e+38"


def bf16_that_breaks(training, *, in_epoch: int) -> None:
    """Under autocast the scores of this epoch and of all later ones are no numbers."""
    layout = training._learner._layout
    scores_of = layout.logits

    def logits(texts):
        broken = torch.is_autocast_enabled("cpu") and len(training.state.history) >= in_epoch - 1
        return scores_of(texts) * (float("nan") if broken else 1.0)

    layout.logits = logits


def test_bf16_that_breaks_at_once_ends_as_fp32_does(case):
    plain, broken = case.network(), case.network()
    case.training(plain, epochs=2).run()
    told = []
    watch = replace(QUIET, notice=told.append)
    training = case.training(broken, epochs=2, precision="bf16", watch=watch)
    bf16_that_breaks(training, in_epoch=1)
    state = training.run()
    assert state.fp32_from_epoch == 1
    assert len(told) == 1
    for one, other in zip(plain.parameters(), broken.parameters(), strict=True):
        assert torch.equal(one, other)


def test_bf16_that_breaks_later_keeps_the_epochs_before(case):
    classifier = case.network()
    training = case.training(classifier, epochs=3, precision="bf16")
    planned = training.steps
    bf16_that_breaks(training, in_epoch=2)
    state = training.run()
    assert state.fp32_from_epoch == 2
    assert [record.epoch for record in state.history] == [1, 2, 3]
    assert np.isfinite([record.training_loss for record in state.history]).all()
    assert state.throughput.steps == training.steps == planned + planned // 3


def test_bf16_that_holds_stays(case):
    assert case.training(case.network(), epochs=1, precision="bf16").run().fp32_from_epoch is None


def test_what_breaks_in_fp32_too_diverges(case):
    training = case.training(case.network(), epochs=2, precision="bf16", learning_rate=1e38, warmup_share=0.0)
    with pytest.raises(UsageError) as caught:
        training.run()
    assert caught.value.code == "diverged"


def test_progress_counts_up_to_all_steps(case):
    told = []
    watch = Watch(
        check=lambda: None,
        progress=lambda name, **fields: told.append((name, fields)),
        notice=lambda _sentence: None,
    )
    case.training(case.network(), epochs=2, watch=watch).run()
    steps = [fields for name, fields in told if name == "progress"]
    assert steps[-1]["step"] == steps[-1]["steps"] == 6
    assert steps[-1]["eta_seconds"] == 0
    assert [fields["epoch"] for name, fields in told if name == "epoch"] == [1, 2]


def test_dropout_depends_on_seed_epoch_and_step_alone(tiny_model, tmp_path):
    """What the process drew at random before has no part in it."""
    case = Case(tiny_model("gpt2"), tmp_path)
    losses = []
    for disturbed in (False, True):
        loaded = load_network(read_model_folder(tiny_model("gpt2")), LABELS, pad_id=case.tokenizer.pad_id, seed=1)
        if disturbed:
            torch.rand(7)
        losses.append(case.training(PooledClassifier(loaded.network), epochs=2).run().history[-1].training_loss)
    assert losses[0] == losses[1]


def test_rows_of_one_text_are_enough(tiny_model, tmp_path):
    rows = {"train": make_rows(["good"], [2]), "validation": make_rows(["bad"], [0])}
    case = Case(tiny_model("bert"), tmp_path, rows)
    state = case.training(case.network(), epochs=2).run()
    assert state.throughput.steps == 2
    assert (state.throughput.tokens, state.throughput.computed_tokens) == (6, 16)


def test_dropout_is_another_in_each_step_and_with_each_seed(tiny_model, tmp_path):
    """One text, and weights that stay as they are: only dropout can change the loss."""
    case = Case(tiny_model("bert"), tmp_path, {"train": make_rows(["good parcel"], [0])})
    losses = []
    for seed in (1, 2):
        loaded = load_network(read_model_folder(tiny_model("bert")), LABELS, pad_id=case.tokenizer.pad_id, seed=1)
        training = case.training(PooledClassifier(loaded.network), epochs=4, seed=seed, learning_rate=1e-30)
        losses += [epoch.training_loss for epoch in training.run().history]
    assert len(set(losses)) == 8
