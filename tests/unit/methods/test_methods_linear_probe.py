"""A linear probe: the network stays as it is, and its last layer answers as scikit-learn does on its features."""

import logging
import warnings
from dataclasses import replace

import numpy as np
import pytest
import torch
from methods_at_work import LABELS, QUIET, SETTINGS, easy_rows, learn, make_rows, write_bundle
from sklearn.linear_model import LogisticRegression
from tiny_models import ARCHITECTURES, strong_copy
from torch import nn
from transformers import pipeline

from heptune.errors import InvalidInputError
from heptune.evaluation.metrics import log_loss
from heptune.i18n import _
from heptune.methods.baselines import Encoder, baselines_of, fit_baselines, open_baseline
from heptune.methods.linear_probe import baseline, head, learning
from heptune.methods.linear_probe.head import INVERSE_REGULARIZATIONS, Examples, fit_head
from heptune.methods.linear_probe.head_file import HEAD_FILE
from heptune.methods.linear_probe.probe import LinearProbe
from heptune.methods.linear_probe.settings import ProbeSettings
from heptune.methods.pretrained.classifier import PretrainedClassifier
from heptune.methods.pretrained.token_rows import TokenRows
from heptune.modeling.compat import quiet_transformers
from heptune.modeling.last_layer import last_layer
from heptune.modeling.layout import Padding
from heptune.modeling.precision import ChosenPrecision
from heptune.runtimes import torch_runtime

TRAIN, VALIDATION = easy_rows(60), easy_rows(12, seed=1)
SPLITS = {"train": TRAIN, "validation": VALIDATION}
TEXTS = [
    "win a prize now",
    "ok",
    "good " * 300,
    "x" * 300,
    "a\u200bb",
    "<|endoftext|>",
    *easy_rows(20, seed=5)["text"].to_pylist(),
]
CPU = torch.device("cpu")


@pytest.fixture
def strong_model(tiny_model, tmp_path, monkeypatch):
    """Tiny models whose features differ from text to text by more than rounding, and heads that make little of it."""
    monkeypatch.setattr(head, "INVERSE_REGULARIZATIONS", (0.001, 0.01, 0.1))
    return lambda architecture: strong_copy(tiny_model(architecture), tmp_path / architecture)


def fit_probe(folder, model, splits=SPLITS, **options):
    return learn(folder, splits, name="linear-probe", model=model, **options)


def features_of(method, rows):
    """What goes into the last layer, read with plain padding, one text at a time."""
    classifier, tokenizer = method.pretrained.classifier, method.pretrained.tokenizer
    layer, seen = last_layer(classifier.network), []
    layout = Padding(classifier, tokenizer.pad_id, CPU)
    hook = layer.register_forward_pre_hook(lambda _layer, inputs: seen.append(inputs[0]))
    with torch.inference_mode():
        for row in range(len(rows)):
            layout.logits(layout.lay(rows.ids([row])))
    hook.remove()
    return torch.cat(seen).numpy()


def reference(train, classes, strength, *, bias):
    """scikit-learn's own model, on features that are shifted and scaled by hand."""
    train = train.astype(np.float64)
    shift = train.mean(axis=0) if bias else 0.0
    scale = np.sqrt(((train - shift) ** 2).mean(axis=0))
    scale[scale <= 1e-3 * np.abs(train).max(axis=0)] = np.inf  # what hardly varies is left out
    model = LogisticRegression(C=strength, fit_intercept=bias, tol=1e-8, max_iter=10_000)
    return model.fit((train - shift) / scale, classes), lambda features: (features - shift) / scale


@pytest.mark.parametrize("labels", [LABELS[:2], LABELS], ids=["two", "three"])
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_bundle_answers_as_scikit_learn_on_the_features(strong_model, tmp_path, monkeypatch, architecture, labels):
    monkeypatch.setattr(head, "TOLERANCE", 1e-8)
    splits = {"train": easy_rows(60, classes=len(labels)), "validation": easy_rows(12, seed=1, classes=len(labels))}
    learnt = fit_probe(tmp_path / "encoded", strong_model(architecture), splits, labels=labels)
    rows = TokenRows(tmp_path / "encoded" / "train.arrow")
    has_bias = last_layer(learnt.method.pretrained.classifier.network).bias is not None
    assert has_bias != learnt.method.pretrained.classifier.pools_last_token
    features = features_of(learnt.method, rows)
    strength = learnt.report.settings["inverse_regularization"]
    model, scaled = reference(features, rows.classes, strength, bias=has_bias)
    predictor = write_bundle(learnt, tmp_path / "bundle", labels)
    answers = predictor.predict_proba(splits["train"]["text"].to_pylist())
    assert answers == pytest.approx(model.predict_proba(scaled(features)), abs=1e-5)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_all_but_the_last_layer_stays_as_it_was(tiny_model, tmp_path, caplog, capfd, architecture):
    caplog.set_level(logging.WARNING)
    method = LinearProbe(tiny_model(architecture), LABELS)
    method.encode(SPLITS, tmp_path, max_length=None)
    info = method.initialize(tmp_path, seed=1)
    network = method.pretrained.classifier.network
    before = {name: weight.clone() for name, weight in network.state_dict().items()}
    method.fit(SPLITS, tmp_path, replace(SETTINGS, precision="auto"), QUIET)
    after = network.state_dict()
    changed = {name for name, weight in before.items() if not torch.equal(weight, after[name])}
    layer = last_layer(network)
    assert sum(after[name].numel() for name in changed) == sum(weight.numel() for weight in layer.parameters())
    assert info.trainable_parameters == sum(weight.numel() for weight in layer.parameters()) < info.parameters
    assert changed <= set(info.head.removeprefix("new: ").split(", "))
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("architecture", ["bert", "distilbert", "roberta", "gpt2", "llama", "qwen3", "modernbert"])
def test_transformers_opens_the_bundle_and_gives_the_same(strong_model, tmp_path, architecture):
    predictor = write_bundle(fit_probe(tmp_path / "encoded", strong_model(architecture)), tmp_path / "bundle")
    with quiet_transformers():
        classify = pipeline("text-classification", str(tmp_path / "bundle"), truncation=True, top_k=None)
    for theirs, ours in zip(classify(TEXTS), predictor.predict(TEXTS), strict=True):
        assert {entry["label"]: entry["score"] for entry in theirs} == pytest.approx(ours.scores, abs=1e-5)


def test_the_report_tells_what_was_fitted_and_how_it_was_chosen(tiny_model, tmp_path):
    report = fit_probe(tmp_path, tiny_model("bert"), price_per_hour=3_600.0).report
    assert report.settings["features"] == 32
    assert report.settings["rows"] == 60
    assert report.settings["inverse_regularization"] in INVERSE_REGULARIZATIONS
    assert report.chosen_by == "regularisation with the lowest log loss on validation"
    assert report.history == ()
    assert [speedup.name for speedup in report.speedups] == ["kept_memory", "fused_activations", "packing"]
    assert report.cost == pytest.approx(report.seconds, abs=1e-2)


def test_what_it_takes_is_told_before_and_stands_beside_what_it_took(tiny_model, tmp_path):
    told = []
    watch = replace(QUIET, progress=lambda name, **fields: told.append((name, fields)))
    report = fit_probe(tmp_path, tiny_model("bert"), watch=watch).report
    assert told[0] == ("estimate", report.estimate.model_dump(mode="json"))
    assert {name for name, _fields in told[1:]} == {"progress"}
    assert report.estimate.seconds > 0 < report.seconds


@pytest.mark.parametrize("architecture", ["bert", "gpt2"])
def test_speedups_can_be_left_out_and_change_nothing(tiny_model, tmp_path, architecture):
    names = ("packing", "fused_activations", "kept_memory")
    plain, fast = (
        fit_probe(tmp_path / str(len(without)), tiny_model(architecture), without=without) for without in (names, ())
    )
    assert [speedup.used for speedup in plain.report.speedups] == [False, False, False]
    assert any(speedup.used for speedup in fast.report.speedups)
    assert fast.method.predict_proba(TEXTS) == pytest.approx(plain.method.predict_proba(TEXTS), abs=1e-4)


def test_what_is_new_below_the_last_layer_is_drawn_by_the_seed(tiny_model, tmp_path):
    fits = [fit_probe(tmp_path / str(n), tiny_model("bert"), model_seed=seed) for n, seed in enumerate((1, 1, 2))]
    same, again, other = (fit.method.predict_proba(["good", "bad"]) for fit in fits)
    assert np.array_equal(same, again)
    assert not np.allclose(same, other)


@pytest.mark.parametrize("splits", [{"train": TRAIN}, {"train": TRAIN, "validation": make_rows(["\x01"], [0])}])
def test_without_validation_rows_nothing_is_chosen(tiny_model, tmp_path, splits):
    report = fit_probe(tmp_path, tiny_model("bert"), splits).report
    assert report.chosen_by == "nothing to choose by, as there are no validation rows"
    assert report.settings["inverse_regularization"] == head.DEFAULT_INVERSE_REGULARIZATION


def test_progress_is_told_with_the_time_left(tiny_model, tmp_path):
    told = []
    watch = replace(QUIET, progress=lambda name, **fields: told.append((name, fields)))
    fit_probe(tmp_path, tiny_model("bert"), watch=watch, micro_batch_size=10)
    name, last = told[-1]
    assert name == "progress"
    assert last["step"] == last["steps"] == 8
    assert last["eta_seconds"] == 0.0
    assert last["rows_per_second"] > 0


def test_an_estimate_counts_the_batches_and_changes_nothing(tiny_model, tmp_path):
    method = LinearProbe(tiny_model("gpt2"), LABELS)
    method.encode(SPLITS, tmp_path, max_length=None)
    method.initialize(tmp_path, seed=1)
    before = {name: weight.clone() for name, weight in method.pretrained.classifier.state_dict().items()}
    settings = replace(SETTINGS, micro_batch_size=10, price_per_hour=3_600.0)
    estimate = method.estimate(SPLITS, tmp_path, settings, QUIET)
    assert (estimate.steps, estimate.timed_steps) == (8, 4)
    assert 0 < estimate.seconds_low < estimate.seconds < estimate.seconds_high
    assert estimate.cost == pytest.approx(estimate.seconds, abs=1e-2)
    after = method.pretrained.classifier.state_dict()
    assert all(torch.equal(after[name], weight) for name, weight in before.items())


def test_of_very_many_rows_a_sample_is_read(tiny_model, tmp_path, monkeypatch):
    monkeypatch.setattr(learning, "MOST_ROWS", 20)
    said = []
    watch = replace(QUIET, notice=said.append)
    assert fit_probe(tmp_path, tiny_model("bert"), watch=watch).report.settings["rows"] == 20
    assert said == ["linear-probe learns from 20 of the training rows"]


def test_a_network_whose_scores_are_not_those_of_its_last_layer_is_refused(tiny_model, tmp_path, monkeypatch):
    method = LinearProbe(tiny_model("bert"), LABELS)
    method.encode(SPLITS, tmp_path, max_length=None)
    method.initialize(tmp_path, seed=1)
    network = method.pretrained.classifier.network
    network.classifier = nn.Sequential(network.classifier, nn.Tanh())
    with pytest.raises(InvalidInputError) as caught:
        method.fit(SPLITS, tmp_path, SETTINGS, QUIET)
    assert (caught.value.code, caught.value.found) == ("no_linear_head", "BertForSequenceClassification")
    network.classifier = nn.Identity()
    with pytest.raises(InvalidInputError):
        last_layer(network)


class TestHead:
    def examples(self, count, *, mean=7.0, seed=0):
        generator = np.random.default_rng(seed)
        features = generator.normal(size=(count, 6)).astype(np.float32)
        labels = features[:, :3].argmax(axis=1).astype(np.int32)
        return Examples(features * np.float32(50) + np.float32(mean), labels, "fp32")

    def fit(self, train, validation=None, *, class_count=3, has_bias=True):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return fit_head(train, validation, class_count=class_count, has_bias=has_bias, check=lambda: None)

    def test_the_strength_with_the_lowest_loss_is_taken(self):
        train, validation = self.examples(80), self.examples(40, seed=1)
        chosen = self.fit(train, validation)
        loss = log_loss(validation.classes, chosen.probabilities(validation.features))
        for alone in head._fitted_heads(train, INVERSE_REGULARIZATIONS, 3, has_bias=True):
            tried = log_loss(validation.classes, alone.probabilities(validation.features))
            assert loss <= tried
            assert (tried == loss) == (alone.inverse_regularization == chosen.inverse_regularization)

    @pytest.mark.parametrize("has_bias", [True, False])
    def test_features_that_do_not_vary_do_no_harm(self, has_bias):
        train = self.examples(80)
        train.features[:, 3:] = [0.0, 5.0, 1000.0]
        train.features[0, 5] += 0.01  # rounding
        fitted = self.fit(train, self.examples(40, seed=1), has_bias=has_bias)
        assert np.isfinite(fitted.weight).all()
        assert fitted.weight[:, 3].tolist() == [0.0] * 3
        assert (np.abs(fitted.weight[:, 4:]).max() == 0.0) == has_bias
        assert np.mean(fitted.probabilities(train.features).argmax(axis=1) == train.classes) > 0.7

    @pytest.mark.parametrize("has_bias", [True, False])
    @pytest.mark.parametrize("present", [(0, 2), (1,)])
    def test_a_class_without_rows_is_next_to_impossible(self, has_bias, present):
        train = self.examples(90, mean=200.0)  # far from 0, they stand in for a bias
        train = Examples(train.features, np.array(present, dtype=np.int32)[train.classes % len(present)], "fp32")
        (fitted,) = head._fitted_heads(train, (1.0,), 3, has_bias=has_bias)
        absent = [number for number in range(3) if number not in present]
        assert fitted.probabilities(train.features)[:, absent].max() < 0.05
        assert np.isfinite(fitted.weight).all()

    def test_a_fit_that_needs_more_iterations_does_not_warn(self, monkeypatch):
        monkeypatch.setattr(head, "MOST_ITERATIONS", 1)
        assert self.fit(self.examples(80)).weight.shape == (3, 6)

    @pytest.mark.parametrize("has_bias", [True, False])
    def test_fits_converge(self, has_bias, monkeypatch):
        monkeypatch.setattr(head, "_ignore_unfinished_fits", lambda: None)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert len(list(head._fitted_heads(self.examples(200), INVERSE_REGULARIZATIONS, 3, has_bias=has_bias))) == 7


class TestBaseline:
    @pytest.fixture(params=["bert", "gpt2"])
    def encoder(self, request, tiny_model, tmp_path):
        model = tiny_model(request.param)
        LinearProbe(model, LABELS).encode(SPLITS, tmp_path / "encoded", max_length=None)
        return Encoder(model, LABELS, tmp_path / "encoded", 42, ProbeSettings())

    @pytest.fixture
    def folder(self, tmp_path):
        (tmp_path / "baselines").mkdir()
        return tmp_path / "baselines"

    def fit(self, encoder, folder, **watch):
        options = {"class_count": 3, "encoder": encoder, "watch": replace(QUIET, **watch)}
        return fit_baselines(baselines_of("full"), SPLITS, folder, **options)

    def test_a_probe_of_the_same_model_is_one_and_answers_as_the_method_does(self, encoder, folder, tmp_path):
        assert self.fit(encoder, folder) == ("majority", "tfidf", "linear-probe")
        predict = open_baseline("linear-probe", folder, encoder)
        method = fit_probe(tmp_path / "again", encoder.model, precision="auto").method
        assert predict(TEXTS) == pytest.approx(method.predict_proba(TEXTS), abs=1e-5)

    def test_it_scores_in_bf16_where_that_is_fast_and_agrees_on_the_sample(self, encoder, folder, monkeypatch):
        monkeypatch.setattr(
            torch_runtime, "choose_precision", lambda _asked, _device: ChosenPrecision("bf16", _("as given"))
        )
        monkeypatch.setattr(torch_runtime, "BF16_TOLERANCE", 0.5)
        self.fit(encoder, folder)
        exact, again, fast = (
            open_baseline("linear-probe", folder, encoder, sample)(TEXTS) for sample in ([], [], TEXTS)
        )
        assert np.array_equal(exact, again)
        assert 0 < np.abs(exact - fast).max() < 0.5

    def test_only_the_last_layer_is_kept(self, encoder, folder):
        self.fit(encoder, folder)
        kept = folder / "linear-probe"
        assert [path.name for path in kept.iterdir()] == [HEAD_FILE]
        assert (kept / HEAD_FILE).stat().st_size < 2_000

    def test_a_network_without_a_linear_head_has_none_and_says_so(self, encoder, folder, monkeypatch):
        monkeypatch.setattr(learning, "last_layer", lambda network: last_layer(nn_without_head(network)))
        said = []
        assert self.fit(encoder, folder, notice=said.append) == ("majority", "tfidf")
        assert said == ["the baseline linear-probe is left out: this network has no linear head"]
        assert not (folder / "linear-probe").exists()

    def test_other_faults_of_a_model_are_no_reason_to_leave_it_out(self, encoder, folder, monkeypatch):
        def fail(*_arguments, **_options):
            raise InvalidInputError("broken", code="cannot_load_model")

        monkeypatch.setattr(PretrainedClassifier, "load", fail)
        with pytest.raises(InvalidInputError):
            self.fit(encoder, folder)

    def test_a_long_pass_is_told_of_once(self, encoder, folder, monkeypatch):
        monkeypatch.setattr(baseline, "LONG_SECONDS", -1)
        monkeypatch.setattr("heptune.methods.linear_probe.features.REPORT_SECONDS", 0.0)
        said = []
        self.fit(encoder, folder, notice=said.append)
        assert len(said) == 1
        assert "evaluation.baselines" in said[0]


def nn_without_head(network):
    network.classifier = network.score = nn.Identity()
    return network
