"""Step 2 says exactly which files and which model, and refuses what does not fit together."""

import hashlib
import json
import shutil
from importlib import resources
from pathlib import Path

import pytest

from heptune.errors import HeptuneError, InvalidInputError, MissingError
from heptune.hub.starter import StarterModel
from heptune.steps import step1_goal
from heptune.steps.step2_sources import model_source
from heptune.steps.step2_sources.settings import SourcesConfig, local_files
from heptune.steps.step2_sources.step import STEP
from heptune.storage.run_store import open_run

CSV = "text,label\nfine,a\nbad,b\n"
MODEL = {
    "config.json": json.dumps({"model_type": "gpt2", "n_positions": 64}),
    "model.safetensors": "weights",
    "tokenizer.json": "{}",
}


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty working folder with the run folder beside it."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def write(*paths, content=CSV):
    for path in map(Path, paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def write_model(folder="model", **changes):
    for name, content in (MODEL | changes).items():
        write(f"{folder}/{name}", content=content)


def resolve(**settings):
    events = []
    config = SourcesConfig.model_validate({"method": "auto" if "model" in settings else "tfidf"} | settings)
    with open_run(Path("../run"), listeners=(events.append,)) as run:
        sources = run.step(STEP, config, given=local_files(config))
    finished = next(event for event in events if event.name == "step_finished")
    return sources, None if finished.fields["reused"] else finished.fields["changed"]


def parts(**settings):
    return [(file.path, file.part) for file in resolve(**settings)[0].data.files]


def refused(**settings) -> HeptuneError:
    with pytest.raises(HeptuneError) as caught:
        resolve(**settings)
    assert not Path("../run/2_sources.json").exists()
    return caught.value


def test_one_file_is_the_whole_and_is_recorded_with_size_and_digest(here):
    write("a.csv")
    (file,) = resolve(data="a.csv")[0].data.files
    assert (file.path, file.part, file.size) == ("a.csv", "whole", len(CSV))
    assert file.sha256 == hashlib.sha256(CSV.encode()).hexdigest()


@pytest.mark.parametrize(
    ("files", "settings", "expected"),
    [
        (["d/train.csv", "d/test.csv"], {}, [("d/train.csv", "train"), ("d/test.csv", "test")]),
        (["d/train.csv"], {}, [("d/train.csv", "whole")]),
        (["d/train.csv", "d/dev.csv"], {}, [("d/train.csv", "whole"), ("d/dev.csv", "validation")]),
        (["d/all.csv", "t.csv"], {"test": "t.csv"}, [("d/all.csv", "train"), ("t.csv", "test")]),
        (["d/all.csv", "t/all.csv"], {"test": "t"}, [("d/all.csv", "train"), ("t/all.csv", "test")]),
        (
            ["d/train.csv", "d/val.csv", "t/train.csv", "t/test.csv"],
            {"test": "t"},
            [("d/train.csv", "train"), ("d/val.csv", "validation"), ("t/test.csv", "test")],
        ),
    ],
)
def test_each_file_has_its_part(here, files, settings, expected):
    write(*files)
    assert sorted(parts(data="d", **settings)) == sorted(expected)


def test_two_test_sets_are_one_too_many(here):
    write("d/train.csv", "d/test.csv", "t.csv")
    error = refused(data="d", test="t.csv")
    assert (error.exit_code, error.code, error.where) == (2, "two_test_sets", "sources.test")
    assert "t.csv" in error.found
    assert "test.csv" in error.found


def test_a_test_folder_without_test_rows_is_not_passed_over_in_silence(here):
    write("d.csv", "t/train.csv")
    error = refused(data="d.csv", test="t")
    assert (error.exit_code, error.code, error.where) == (2, "no_test_files", "t")
    assert "train.csv" in error.found


@pytest.mark.parametrize("data", ["missing.csv", "./missing", "../missing", "data/missing.csv", "a/b/c", "/no/where"])
def test_a_path_with_nothing_there_is_no_question_to_the_hub(here, data):
    error = refused(data=data)
    assert (error.exit_code, error.code, Path(error.where)) == (3, "missing_path", Path(data))


def test_test_rows_may_be_a_sample_and_their_origin_is_recorded(here):
    write("d.csv")
    sources, _changed = resolve(data="d.csv", test="sample:english")
    (test,) = [file.path for file in sources.data.files if file.part == "test"]
    assert test.endswith("english/test.csv")
    assert (sources.test.uri, sources.test.kind, sources.data.kind) == ("sample:english", "sample", "local")
    assert len([path for path, part in parts(data="d.csv", test="sample:chinese") if part == "test"]) == 1
    assert resolve(data="d.csv")[0].test is None


def test_a_misspelt_file_is_told_its_neighbour(here):
    write("data/train.csv")
    assert "train.csv" in refused(data="data/trian.csv").remedy


def test_the_samples_of_the_package_need_no_path(here):
    sources, _changed = resolve(data="sample:english")
    assert (sources.data.kind, sources.data.licence) == ("sample", "apache-2.0")
    assert sorted(file.part for file in sources.data.files) == ["test", "train"]


def test_a_file_that_cannot_be_read_is_named(here):
    Path("a.csv").symlink_to("/proc/self/mem")
    error = refused(data="a.csv")
    assert isinstance(error, InvalidInputError)
    assert (error.code, error.where) == ("not_readable", "a.csv")


def test_a_local_model_is_recorded_with_every_file_that_is_read(here):
    pytest.importorskip("accelerate")
    write("a.csv")
    write_model()
    model = resolve(data="a.csv", model="model")[0].model
    assert (model.kind, model.architecture, model.size, model.max_tokens) == ("local", "gpt2", 7, 64)
    assert model.path == str(here / "model")
    assert model.files == {name: hashlib.sha256(text.encode()).hexdigest() for name, text in MODEL.items()}


@pytest.mark.parametrize("model", ["./missing", "/no/where", "~/models/missing", "C:\\models\\gpt2"])
def test_a_model_folder_that_is_not_there_is_no_question_to_the_hub(here, model):
    write("a.csv")
    error = refused(data="a.csv", model=model, method="full")
    assert isinstance(error, MissingError)
    assert (error.code, error.where) == ("no_such_folder", model)


def test_a_model_has_no_effect_on_tfidf(here):
    write("a.csv")
    error = refused(data="a.csv", model="model", method="tfidf")
    assert (error.code, error.where) == ("setting_without_effect", "sources.model")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"tokenizer.json": None}, "missing_file"),
        ({"model.safetensors": None}, "missing_file"),
        ({"config.json": None}, "missing_file"),
        ({"model.safetensors": None, "pytorch_model.bin": "pickle"}, "pickled_weights"),
        ({"config.json": '{"model_type": "gpt2", "_attn_implementation_internal": "x/y"}'}, "forbidden_config_key"),
        ({"adapter_config.json": "{}"}, "adapter_model"),
    ],
)
def test_a_model_folder_that_is_not_acceptable_stops_step_2(here, change, code):
    write("a.csv")
    write_model()
    for name, content in change.items():
        Path("model", name).unlink(missing_ok=True)
        if content is not None:
            write(f"model/{name}", content=content)
    error = refused(data="a.csv", model="model")
    assert (error.exit_code, error.code) == (3, code)
    assert error.where.startswith("model")
    assert error.remedy


def test_unchanged_files_are_not_read_again_and_a_changed_one_is_named(here):
    write("d/train.csv", "d/test.csv")
    write_model()
    settings = {"data": "d", "model": "model"}
    assert resolve(**settings)[1] == []
    assert resolve(**settings)[1] is None
    write("d/test.csv", content=CSV + "so so,a\n")
    assert resolve(**settings)[1] == ["the file d/test.csv"]
    write("model/model.safetensors", content="other weights")
    assert resolve(**settings)[1] == ["the file model/model.safetensors"]
    Path("d/test.csv").unlink()
    assert resolve(**settings)[1] == ["the file d/test.csv"]


@pytest.mark.parametrize(("test", "file"), [("t.csv", "t.csv"), ("t", "t/test.csv")])
def test_a_changed_file_of_test_rows_is_named(here, test, file):
    write("d.csv", file)
    settings = {"data": "d.csv", "test": test}
    assert resolve(**settings)[1] == []
    assert resolve(**settings)[1] is None
    write(file, content=CSV.replace("fine", "good"))
    assert resolve(**settings)[1] == [f"the file {file}"]


def test_files_of_a_package_that_has_moved_are_found_again(here, tmp_path, monkeypatch):
    moved = tmp_path / "elsewhere" / "heptune"
    shutil.copytree(resources.files("heptune") / "resources", moved / "resources")
    with monkeypatch.context() as patched:
        patched.setattr(resources, "files", lambda _package: moved)
        first, _changed = resolve(data="sample:chinese")
        assert resolve(data="sample:chinese")[1] is None
    shutil.rmtree(moved)
    second, changed = resolve(data="sample:chinese")
    assert changed == [f"the file {first.data.files[0].path}"]
    assert first != second
    assert first.without_places() == second.without_places()


def test_a_starter_that_has_moved_is_found_again_and_a_changed_one_refused(here, tmp_path, monkeypatch):
    pytest.importorskip("accelerate")
    write("a.csv")
    write_model(tmp_path / "one")
    write_model(tmp_path / "two")
    published = StarterModel(tmp_path / "one", "apache-2.0")
    monkeypatch.setattr(model_source, "find_starter", lambda: published)
    settings = {"data": "a.csv", "model": "starter"}
    first, _changed = resolve(**settings)
    assert resolve(**settings)[1] is None
    with open_run(Path("../run")) as run:
        assert model_source.model_path(first.model, run.announce_download) == tmp_path / "one"
        (tmp_path / "one/vocab.txt").write_text("not read")
        (tmp_path / "one/model.safetensors").write_text("others!")
        with pytest.raises(InvalidInputError) as caught:
            model_source.model_path(first.model, run.announce_download)
    assert (caught.value.code, caught.value.where) == ("file_changed", str(tmp_path / "one/model.safetensors"))
    published = StarterModel(tmp_path / "two", "apache-2.0")
    second, changed = resolve(**settings)
    assert changed == [f"the file {tmp_path / 'one/model.safetensors'}"]
    assert second.model.path == str(tmp_path / "two")
    assert first.without_places() == second.without_places()


def test_a_run_folder_below_the_data_does_not_make_them_new(here):
    write("d/train.csv")
    config = SourcesConfig(data="d", method="tfidf")
    events = []
    for _ in range(2):
        with open_run(Path("d/runs/first"), listeners=(events.append,)) as run:
            run.step(step1_goal.STEP, step1_goal.GoalConfig())
            run.step(STEP, config, given=local_files(config))
    assert [event.fields["reused"] for event in events if event.name == "step_finished"] == [False] * 2 + [True] * 2
    assert list(local_files(config)) == ["d/train.csv"]
