"""What the system does not let us look at is said, and never passed over."""

import pytest
from unprivileged import closed

from heptune.data.files import find_data_files
from heptune.errors import InvalidInputError


def refusal(path):
    with pytest.raises(InvalidInputError) as caught:
        find_data_files(path)
    assert caught.value.code == "not_readable"
    return caught.value


@pytest.fixture
def data(tmp_path):
    for name in ("train/a.csv", "test.csv", ".hidden/b.csv"):
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text,label\na,b\n")
    return tmp_path / "data"


def test_a_name_that_is_too_long(tmp_path):
    for path in (tmp_path / ("a" * 300), tmp_path / ("a" * 300) / "b.csv"):
        assert refusal(path).where == str(path)


def test_a_closed_folder_and_what_lies_below_it(data):
    with closed(data):
        assert refusal(data).where == str(data)
        assert refusal(data / "test.csv").where == str(data / "test.csv")
        assert refusal(data / "train" / "nowhere.csv").where == str(data / "train" / "nowhere.csv")


def test_a_closed_folder_among_the_data(data):
    with closed(data / "train"):
        assert refusal(data).where == str(data / "train")


def test_a_closed_folder_that_is_hidden_holds_no_data(data):
    with closed(data / ".hidden"):
        assert find_data_files(data).test == (data / "test.csv",)
