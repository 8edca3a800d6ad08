"""What the system refuses to libraries written in Rust is told as what it is, and nothing half-written is left."""

from contextlib import contextmanager

import pytest
from methods_at_work import easy_rows, learn
from safetensors import SafetensorError

from heptune.errors import ResourceError
from heptune.modeling.model_folder import read_model_folder
from heptune.modeling.tokenizer_setup import save_tokenizer
from heptune.storage.artifacts import atomic_folder
from heptune.storage.hidden_errors import unhidden_system_errors

resource = pytest.importorskip("resource", reason="lets the system refuse to write")

ROWS = {"train": easy_rows(60), "validation": easy_rows(6, seed=1)}


@contextmanager
def no_file_over(size):
    """Let the system refuse to write files of more than some bytes.

    For the writing alone: the limit holds for the report of the tests too, where that goes to a file.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def refused(path, write, over):
    """Return the library's own error behind ours."""
    with pytest.raises(ResourceError) as caught, no_file_over(over), atomic_folder(path) as folder:
        write(folder)
    assert caught.value.exit_code == 6
    assert caught.value.where == str(path)
    assert list(path.parent.iterdir()) == []
    return caught.value.__cause__.__cause__


def test_the_weights_of_tfidf(tmp_path):
    learnt = learn(tmp_path / "encoded", ROWS, name="tfidf")
    (tmp_path / "work").mkdir()
    assert isinstance(refused(tmp_path / "work" / "bundle", learnt.method.save, over=8_000), SafetensorError)


def test_the_weights_of_a_network(tiny_model, tmp_path):
    learnt = learn(tmp_path / "encoded", ROWS, model=tiny_model("bert"), epochs=1)
    (tmp_path / "work").mkdir()
    assert isinstance(refused(tmp_path / "work" / "bundle", learnt.method.save, over=20_000), SafetensorError)


def test_the_tokenizer(tiny_model, tmp_path):
    model = read_model_folder(tiny_model("bert"))
    (tmp_path / "work").mkdir()
    error = refused(
        tmp_path / "work" / "tokens", lambda folder: save_tokenizer(model, folder, max_length=16), over=1_000
    )
    assert "os error" in str(error)


def test_an_error_that_hides_none_of_the_systems_stays_what_it_is():
    with pytest.raises(SafetensorError, match="no dtype"), unhidden_system_errors(SafetensorError):
        raise SafetensorError("no dtype of this name")
