"""Whatever the description allows, and whatever it does not: no 5xx, no answer that the description does not know.

Five hundred examples of each operation take minutes: `pytest -m slow tests/unit/server`.
"""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from server_at_work import TOKEN

OPERATIONS = (
    "POST /",
    "POST /predict",
    "POST /v1/classify",
    "GET /info",
    "POST /models/{model}",
    "POST /models/{model}/predict",
    "POST /models/{model}/v1/classify",
    "GET /models/{model}/info",
    "GET /models",
    "GET /health/live",
    "GET /health/ready",
    "GET /metrics",
)
load_all_checks()
# Not whether all that the schema allows is answered: that a text must not be empty cannot be said in it.
LEFT_OUT = {"positive_data_acceptance", "max_response_time"}


def operation_of(server, name):
    schema = schemathesis.openapi.from_dict(server.application.fastapi.openapi())
    method, path = name.split()
    return schema[path][method]


def ask_as_described(server, name, mode, examples):
    operation = operation_of(server, name)
    checks = [check for check in CHECKS.get_all() if check.__name__ not in LEFT_OUT]

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case):
        response = case.call(base_url=server.url, headers={"Authorization": f"Bearer {TOKEN}"})
        assert response.status_code < 500
        case.validate_response(response, checks=checks, headers={"Authorization": f"Bearer {TOKEN}"})

    ask()


def test_the_description_knows_these_operations(server):
    paths = server.application.fastapi.openapi()["paths"]
    assert {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods} == set(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["allowed", "not allowed"])
def test_a_few_of_each(server, name, mode):
    if mode == GenerationMode.NEGATIVE and name.startswith("GET") and "{" not in name:
        pytest.skip("a request without parameters cannot be wrong")
    ask_as_described(server, name, mode, 20)


@pytest.mark.slow
@pytest.mark.parametrize("name", OPERATIONS)
def test_five_hundred_of_each(server, name):
    ask_as_described(server, name, GenerationMode.POSITIVE, 500)
    if name.startswith("POST"):
        ask_as_described(server, name, GenerationMode.NEGATIVE, 500)
