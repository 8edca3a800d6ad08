"""What is asked and what is answered: one shape for each shape of input."""

import math
from dataclasses import replace

import pytest
from huggingface_hub import InferenceClient
from huggingface_hub.errors import HfHubHTTPError
from methods_at_work import LABELS
from server_at_work import SETTINGS, TOKEN, running

from heptune.i18n import in_language

PATHS = pytest.mark.parametrize("path", ["/", "/predict", "/models/tickets", "/models/other/predict"])


def predict(server, inputs, path="/predict", **parameters):
    return server.ask("POST", path, {"inputs": inputs, "parameters": parameters})


@PATHS
@pytest.mark.parametrize(("top_k", "count"), [(None, 3), (1, 1), (2, 2), (3, 3), (99, 3)])
@pytest.mark.parametrize("inputs", ["good", ["good"], ["good", "bad parcel"]])
def test_a_list_of_labels_for_each_text_the_best_first(server, path, top_k, count, inputs):
    """C21."""
    answers = predict(server, inputs, path, top_k=top_k).json
    assert len(answers) == (1 if isinstance(inputs, str) else len(inputs))
    for labels in answers:
        scores = [one["score"] for one in labels]
        assert len(labels) == count
        assert scores == sorted(scores, reverse=True)
        assert {one["label"] for one in labels} <= set(LABELS)
    assert answers[0][0]["label"] == "positive"


@pytest.mark.parametrize("top_k", [0, -1, "two", "2", 1.5, True, [2]])
def test_a_wrong_k_is_refused(server, top_k):
    reply = predict(server, "good", top_k=top_k)
    assert (reply.status, reply.json["where"]) == (422, "body.parameters.top_k")


@pytest.mark.parametrize("path", ["", "/models/other"])
def test_the_public_client_gets_all_labels_that_it_asks_for(server, path):
    """C21."""
    client = InferenceClient(server.url + path, token=TOKEN)
    for top_k, count in ((None, 3), (1, 1), (2, 2), (99, 3)):
        labels = client.text_classification("good", top_k=top_k)
        assert len(labels) == count
        assert labels[0].label == "positive"
    two = client.text_classification("good", top_k=2, function_to_apply="softmax")
    assert [one.label for one in two] == [one.label for one in client.text_classification("good")][:2]
    with pytest.raises(HfHubHTTPError, match="there is nothing to read in this text"):
        client.text_classification(" ")
    with pytest.raises(HfHubHTTPError, match="401"):
        InferenceClient(server.url + path, token="hf_wrong").text_classification("good")


def test_logarithms_are_class_scores_whose_softmax_are_the_probabilities(server):
    probabilities = {one["label"]: one["score"] for one in predict(server, "good").json[0]}
    for asked in ({"parameters": {"function_to_apply": "none"}}, {"raw_scores": True}):
        for one in server.ask("POST", "/predict", {"inputs": "good", **asked}).json[0]:
            assert math.exp(one["score"]) == pytest.approx(probabilities[one["label"]])
    assert predict(server, "good", function_to_apply="sigmoid").json["error_type"] == "no_sigmoid"


@pytest.mark.parametrize(("text", "code"), [("", "empty_text"), ("   ", "empty_text"), ("\u200b", "empty_text")])
def test_a_text_with_nothing_to_read_is_refused_by_its_place(server, text, code):
    """C13."""
    reply = predict(server, ["good", "bad", text])
    assert (reply.status, reply.json["error_type"], reply.json["index"]) == (422, code, 2)
    one = server.ask("POST", "/v1/classify", {"inputs": ["good", text, "😀"]}).json["predictions"]
    assert [(p["label"] is None, p["error"] and p["error"]["code"]) for p in one][:2] == [(False, None), (True, code)]
    assert one[2]["error"] is None


def test_half_an_emoji_is_refused_by_its_place(server):
    reply = server.ask("POST", "/predict", body=rb'{"inputs": ["good", "\ud83d"]}')
    assert (reply.status, reply.json["index"]) == (422, 1)


@pytest.mark.parametrize("path", ["/v1/classify", "/models/other/v1/classify"])
def test_the_full_answer(server, models, path):
    reply = server.ask("POST", path, {"inputs": "good"}).json
    (one,) = reply["predictions"]
    direct = models[0].predictor.predict(["good"])[0]
    assert one == {
        "label": "positive",
        "score": direct.score,
        "scores": direct.scores,
        "needs_review": None,
        "label_set": None,
        "decision": None,
        "truncated": False,
        "error": None,
    }
    assert (reply["model"], reply["version"]) == ("other" if "other" in path else "tickets", models[0].version)


def test_info_tells_what_is_served_and_no_place_on_the_disk(server, bundle_folder):
    told = server.ask("GET", "/info")
    assert [one["name"] for one in told.json["labels"]] == list(LABELS)
    assert told.json["limits"]["max_texts"] == SETTINGS.max_texts
    assert str(bundle_folder.parent) not in told.body.decode()
    assert server.ask("GET", "/models").json == {"models": ["tickets", "other"]}
    assert server.ask("GET", "/models/neither/info").json["error_type"] == "no_model"
    assert predict(server, "good", "/models/neither").status == 404


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "bad_request"),
        (b"{", 400, "no_json"),
        (b"[" * 100_000, 400, "no_json"),
        (b"1" * 10_000, 400, "no_json"),
        (b"\xff\xfe", 400, "no_json"),
        (b"null", 422, "bad_request"),
        (b"[]", 422, "bad_request"),
        (b"{}", 422, "bad_request"),
        (b'{"inputs": 1}', 422, "bad_request"),
        (b'{"inputs": null}', 422, "bad_request"),
        (b'{"inputs": [["good"]]}', 422, "bad_request"),
        (b'{"inputs": {"text": "good"}}', 422, "bad_request"),
        (b'{"inputs": "good", "extra": 1}', 422, "bad_request"),
        (b'{"inputs": "good", "parameters": {"candidate_labels": []}}', 422, "bad_request"),
    ],
)
def test_what_is_no_request_is_refused_in_one_shape(server, body, status, code):
    reply = server.ask("POST", "/predict", body=body)
    assert (reply.status, reply.json["error_type"]) == (status, code)
    assert set(reply.json) == {"error", "error_type", "index", "where"}


def test_a_refusal_does_not_say_the_text_again(server):
    assert b"secret" not in server.ask(
        "POST", "/predict", {"inputs": "secret", "secret": "secret secret"}
    ).body.replace(b"body.secret", b"")
    assert server.ask("POST", "/predict", body=b'{"inputs": "secret', Accept_Language="zh").json["error"] != ""


def test_another_kind_of_content_is_refused(server):
    reply = server.ask("POST", "/predict", body=b'{"inputs": "good"}', Content_Type="text/plain")
    assert reply.status == 422


def test_no_texts_have_no_answers(server):
    assert predict(server, []).json == []
    assert server.ask("POST", "/v1/classify", {"inputs": []}).json["predictions"] == []


def test_too_many_and_too_long_texts_are_refused_by_their_place(models):
    with running(models, replace(SETTINGS, max_texts=2, max_characters=10)) as server:
        assert predict(server, ["good"] * 2).status == 200
        assert (predict(server, ["good"] * 3).status, predict(server, ["good"] * 3).json["error_type"]) == (
            413,
            "too_many_texts",
        )
        reply = predict(server, ["good", "x" * 11])
        assert (reply.status, reply.json["error_type"], reply.json["index"]) == (413, "text_too_long", 1)


@pytest.mark.parametrize("headers", [{"Accept_Language": "zh-CN,zh;q=0.9,en;q=0.8"}])
def test_refusals_speak_the_callers_language(server, headers):
    english = predict(server, " ").json["error"]
    chinese = server.ask("POST", "/predict", {"inputs": " "}, **headers).json["error"]
    with in_language("zh"):
        from heptune.bundle.predictor import describe_error

        assert chinese == describe_error("empty_text")
    assert english != chinese
    assert server.ask("GET", "/?lang=zh").body != server.ask("GET", "/?lang=en").body
    assert "zh-CN" in server.ask("GET", "/docs", **headers).body.decode()


def test_figures_are_counted_by_route_and_label_and_hold_no_text(models):
    with running(models) as server:
        predict(server, ["good", "bad secret"])
        predict(server, " ")
        server.ask("GET", "/secret")
        figures = server.ask("GET", "/metrics").body.decode()
    assert 'heptune_requests_total{route="/predict",status="200"} 1.0' in figures
    assert 'heptune_requests_total{route="/predict",status="422"} 1.0' in figures
    assert 'heptune_answers_total{label="positive",model="tickets"} 1.0' in figures
    assert 'heptune_text_errors_total{error="empty_text",model="tickets"} 1.0' in figures
    assert 'heptune_waiting_texts{model="tickets"} 0.0' in figures
    assert "secret" not in figures


def test_many_at_once_get_what_each_would_get_alone(server, models):
    from concurrent.futures import ThreadPoolExecutor

    texts = [f"{word} parcel {number}" for number, word in enumerate(["good", "bad", "order", "love"] * 20)]
    with ThreadPoolExecutor(16) as callers:
        crowd = list(callers.map(lambda text: server.ask("POST", "/v1/classify", {"inputs": text}).json, texts))
    alone = models[0].predictor.predict(texts)
    for one, other in zip(crowd, alone, strict=True):
        assert one["predictions"][0]["scores"] == pytest.approx(other.scores, abs=1e-12)


def test_texts_and_tokens_do_not_stand_in_the_access_log(models, caplog):
    with caplog.at_level("INFO"), running(models, replace(SETTINGS, access_log=True)) as server:
        server.ask("POST", "/predict?token=secret", {"inputs": "secret"})
    (line,) = [record.getMessage() for record in caplog.records if record.name == "heptune.server.access"]
    assert line.startswith("POST /predict 200 ")
    assert "secret" not in caplog.text
    assert TOKEN not in caplog.text


def test_a_fault_of_ours_is_told_without_the_text(models, caplog, monkeypatch):
    with running(models) as server:
        monkeypatch.setattr(server.application.service.batchers["tickets"], "_predict", lambda texts: 1 / int(texts[0]))
        reply = predict(server, "secret")
    assert (reply.status, reply.json["error_type"]) == (500, "internal_error")
    assert "internal error ValueError at" in caplog.text
    assert "secret" not in caplog.text
    assert "secret" not in reply.body.decode()
