"""Errors say where, what was expected, what was found and what to do."""

import json

import pytest

from heptune import errors
from heptune.errors import FAULTS_SHOWN, Fault, HeptuneError, InterruptedRunError, InvalidInputError


def make(faults=0):
    return InvalidInputError(
        "Bad file.",
        code="bad",
        where="a.csv",
        expected="rows",
        found="none",
        remedy="add some",
        faults=[Fault(f"line {number}", "is broken") for number in range(1, faults + 1)],
    )


def test_an_error_reads_as_one_block_with_the_message_first():
    assert str(make()) == "Bad file.\n  where: a.csv\n  expected: rows\n  found: none\n  do: add some"


def test_empty_parts_are_left_out():
    assert str(HeptuneError("Bad.", code="bad")) == "Bad."


@pytest.mark.parametrize(("count", "more"), [(FAULTS_SHOWN, 0), (FAULTS_SHOWN + 1, 1), (500, 480)])
def test_the_first_twenty_faults_are_shown_and_the_rest_is_counted(count, more):
    lines = str(make(count)).splitlines()
    assert lines[FAULTS_SHOWN] == f"  line {FAULTS_SHOWN}: is broken"
    assert (f"  … and {more} more" in lines) == bool(more)
    assert f"  line {FAULTS_SHOWN + 1}: is broken" not in lines


def test_the_dictionary_is_json_with_the_documented_keys_and_the_full_count():
    fields = json.loads(json.dumps(make(25).to_dict()))
    assert list(fields)[:6] == ["code", "message", "where", "expected", "found", "remedy"]
    assert len(fields["faults"]) == FAULTS_SHOWN
    assert fields["fault_count"] == 25
    assert "faults" not in make().to_dict()


def test_every_kind_has_its_exit_code():
    codes = {name: kind.exit_code for name, kind in vars(errors).items() if name.endswith("Error")}
    assert codes == {
        "HeptuneError": 1,
        "UsageError": 2,
        "InvalidInputError": 3,
        "QualityGateError": 4,
        "MissingError": 5,
        "ResourceError": 6,
        "RunFolderInUseError": 7,
        "InterruptedRunError": 1,
    }
    assert InterruptedRunError("Stopped.", exit_code=143).exit_code == 143
