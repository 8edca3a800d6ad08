"""What nobody thought of ends with exit code 1, an error that programs can read, and a traceback to report."""

import pytest


class UnforeseenError(Exception):
    """No error of ours, nor of Python's."""


@pytest.fixture
def fault(monkeypatch):
    """Let the next run fail as no run should."""

    def fail(error):
        def failing(*_arguments, **_options):
            raise error

        monkeypatch.setattr("heptune.api.run_recipe", failing)

    return fail


@pytest.mark.parametrize(
    "error",
    [UnforeseenError("a wheel came off"), KeyError("wheel"), OSError(5, "wheel"), RecursionError("wheel")],
    ids=repr,
)
def test_programs_get_an_error_object_and_people_the_traceback(heptune, data, fault, error):
    fault(error)
    outcome = heptune("run", data, "--method", "tfidf", "--format", "json")
    assert outcome.code == 1
    assert outcome.error["code"] == "internal_error"
    assert type(error).__name__ in outcome.error["found"]
    assert "wheel" in outcome.error["found"]
    assert outcome.error["remedy"]
    assert "Traceback" in outcome.err
    assert "our fault" in outcome.err
    assert "report" in outcome.err


@pytest.mark.parametrize("output_format", ["auto", "human", "quiet"])
def test_people_get_the_traceback_and_where_to_report_it(heptune, data, fault, output_format):
    fault(UnforeseenError("a wheel came off"))
    outcome = heptune("run", data, "--method", "tfidf", "--format", output_format)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("Traceback")
    assert outcome.err.count("our fault") == 1
    assert "issues" in outcome.err


def test_a_command_that_cannot_be_imported_is_our_fault_too(heptune, monkeypatch):
    def failing(_name):
        raise ImportError("a wheel came off")

    monkeypatch.setattr("heptune.cli.main.import_module", failing)
    assert heptune("schema", "--format=json").error["code"] == "internal_error"


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (SystemExit(3), 3)], ids=repr)
def test_who_asks_to_stop_is_no_fault(heptune, data, fault, error, code):
    fault(error)
    outcome = heptune("run", data, "--method", "tfidf")
    assert outcome.code == code
    assert "our fault" not in outcome.err
