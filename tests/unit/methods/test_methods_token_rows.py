"""Tokenized rows in an Arrow file."""

import numpy as np
import pytest

from heptune.methods.pretrained.token_rows import TokenRows, write_token_rows

CHUNKS = [
    ([np.array([1, 2, 3], np.int32), np.array([4], np.int32)], np.array([0, 2], np.int32)),
    ([], np.array([], np.int32)),
    ([np.array([], np.int32), np.array([5, 6], np.int32)], np.array([1, 0], np.int32)),
]


@pytest.fixture
def rows(tmp_path):
    write_token_rows(tmp_path / "rows.arrow", iter(CHUNKS))
    return TokenRows(tmp_path / "rows.arrow")


def test_rows_come_back_as_they_were_written_across_chunks(rows):
    assert len(rows) == 4
    assert rows.classes.tolist() == [0, 2, 1, 0]
    assert rows.lengths.tolist() == [3, 1, 0, 2]
    assert [ids.tolist() for ids in rows.ids(range(4))] == [[1, 2, 3], [4], [], [5, 6]]


def test_rows_come_in_the_order_asked_for(rows):
    assert [ids.tolist() for ids in rows.ids([3, 0, 3])] == [[5, 6], [1, 2, 3], [5, 6]]


@pytest.mark.parametrize("chunks", [[], [([], np.array([], np.int32))]])
def test_a_file_without_rows_can_be_read(tmp_path, chunks):
    write_token_rows(tmp_path / "rows.arrow", iter(chunks))
    rows = TokenRows(tmp_path / "rows.arrow")
    assert len(rows) == 0
    assert rows.lengths.tolist() == []
    assert rows.ids([]) == []
