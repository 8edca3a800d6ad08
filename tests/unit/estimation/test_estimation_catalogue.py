"""The catalogue of models: facts that agree with each other."""

import pytest

from heptune.estimation.catalogue import catalogue

MODELS = catalogue().models


def test_holds_some_twenty_well_known_models_of_every_kind():
    assert len({model.id for model in MODELS}) == len(MODELS) >= 20
    assert {"openai-community/gpt2", "sentence-transformers/all-MiniLM-L6-v2"} <= {model.id for model in MODELS}
    assert {model.kind for model in MODELS} == {"encoder", "decoder"}
    assert {"en", "zh", "multilingual"} <= {code for model in MODELS for code in model.languages}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_shape_and_number_of_weights_agree(model):
    """Layers and table are all but positions, norms, biases and small tables."""
    embedding_width = 128 if model.architecture == "electra" else model.hidden_size
    counted = model.matrix_parameters + model.vocabulary_size * embedding_width
    assert 0.95 <= counted / model.parameters <= 1.0


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_the_download_is_about_its_weights(model):
    bytes_each = 4 if model.stored_dtype == "float32" else 2
    assert 0.95 <= model.download_mib * 2**20 / (bytes_each * model.parameters) <= 1.3


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_every_published_score_names_its_source(model):
    for score in model.published:
        assert score.benchmark
        assert score.source.startswith(("https://", "arXiv ", "http://"))
        assert 0 < score.value <= 100


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_pages_are_addresses(model):
    assert all(page.startswith("https://") for page in model.pages)
