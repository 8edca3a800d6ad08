"""What callers ask: predictions, facts, health, figures."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from heptune.bundle.predictor import Prediction, describe_error
from heptune.i18n import _
from heptune.server.failures import RefusedError
from heptune.server.metrics import CONTENT_TYPE
from heptune.server.models import ServedModel
from heptune.server.protocol import (
    ClassifyAnswer,
    ClassifyRequest,
    Health,
    LabelMeaning,
    LabelScore,
    Limits,
    ModelInfo,
    ModelNames,
    Parameters,
    PredictRequest,
    Refusal,
    best_labels,
)
from heptune.server.service import Service

# In English for programs; the page of the interface translates them.
NO_MODEL = _("There is no such model.").english
REFUSED = {
    400: _("The body is not JSON."),
    408: _("The request did not arrive in time."),
    413: _("Too many texts, characters or bytes."),
    422: _("The request does not fit its schema, or one of its texts has no answer: index tells which."),
    429: _("Too much waits; ask again after as many seconds as Retry-After says."),
    500: _("A fault of the server."),
    503: _("The model cannot answer now."),
    504: _("There was no answer in time."),
}
SCORING: dict[int | str, dict[str, Any]] = {
    status: {"model": Refusal, "description": sentence.english} for status, sentence in REFUSED.items()
}
PREDICT: dict[str, Any] = {
    "response_model": list[list[LabelScore]],
    "responses": SCORING,
    "summary": _("Labels and scores, in the protocol of Hugging Face's clients and TEI").english,
}
CLASSIFY: dict[str, Any] = {
    "response_model": ClassifyAnswer,
    "responses": SCORING,
    "summary": _("The full answer").english,
}
INFO: dict[str, Any] = {"response_model": ModelInfo, "summary": _("What is served").english}


def server_routes(service: Service) -> APIRouter:
    """Return the routes that are about no single model."""
    routes = APIRouter()

    @routes.get("/models", response_model=ModelNames, summary=_("Names of the models").english)
    async def models() -> Response:
        return JSONResponse({"models": list(service.models)})

    @routes.get("/health/live", response_model=Health, summary=_("Whether the process is there").english)
    async def live() -> Response:
        return JSONResponse({"status": "live"})

    @routes.get(
        "/health/ready",
        response_model=Health,
        responses={503: {"model": Health, "description": _("It is about to end.").english}},
        summary=_("Whether requests are taken").english,
    )
    async def ready() -> Response:
        if service.draining:
            return JSONResponse({"status": "draining"}, 503)
        return JSONResponse({"status": "ready"})

    @routes.get(
        "/metrics",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
        summary=_("Figures for Prometheus").english,
    )
    async def metrics() -> Response:
        return Response(service.metrics.text(), headers={"content-type": CONTENT_TYPE})

    return routes


def first_model_routes(service: Service) -> APIRouter:
    """Return the bare routes, which are the first model's."""
    routes = APIRouter()

    @routes.post("/", operation_id="predict_root", **PREDICT)
    @routes.post("/predict", operation_id="predict", **PREDICT)
    async def predict(body: PredictRequest) -> Response:
        return await _labels(service, service.model(None), body)

    @routes.post("/v1/classify", operation_id="classify", **CLASSIFY)
    async def classify(body: ClassifyRequest) -> Response:
        return await _full(service, service.model(None), body)

    @routes.get("/info", operation_id="info", **INFO)
    async def info() -> Response:
        return _info(service, service.model(None))

    return routes


def named_model_routes(service: Service) -> APIRouter:
    """Return the routes whose path names the model."""
    routes = APIRouter(prefix="/models/{model}", responses={"404": {"model": Refusal, "description": NO_MODEL}})

    @routes.post("", operation_id="model_predict_root", **PREDICT)
    @routes.post("/predict", operation_id="model_predict", **PREDICT)
    async def predict(model: str, body: PredictRequest) -> Response:
        return await _labels(service, service.model(model), body)

    @routes.post("/v1/classify", operation_id="model_classify", **CLASSIFY)
    async def classify(model: str, body: ClassifyRequest) -> Response:
        return await _full(service, service.model(model), body)

    @routes.get("/info", operation_id="model_info", **INFO)
    async def info(model: str) -> Response:
        return _info(service, service.model(model))

    return routes


async def _labels(service: Service, model: ServedModel, body: PredictRequest) -> Response:
    """Answer `[[{"label", "score"}, …], …]`: a list for each text, also where there is one."""
    parameters = body.parameters or Parameters()
    if parameters.function_to_apply == "sigmoid":
        message = _("The labels exclude each other: ask for softmax, or for none to get logarithms.")
        raise RefusedError(422, "no_sigmoid", message, where="parameters.function_to_apply")
    predictions = await service.predict(model, body.texts)
    for index, prediction in enumerate(predictions):
        _check_answer(prediction, index, may_be_cut=body.truncate)
    logarithms = body.raw_scores or parameters.function_to_apply == "none"
    return JSONResponse([best_labels(one, top_k=parameters.top_k, logarithms=logarithms) for one in predictions])


def _check_answer(prediction: Prediction, index: int, *, may_be_cut: bool) -> None:
    if prediction.error:
        raise RefusedError(422, prediction.error, describe_error(prediction.error), index=index, where="inputs")
    if prediction.truncated and not may_be_cut:
        message = _("The text is longer than the model reads, and may not be cut.")
        raise RefusedError(422, "truncated", message, index=index, where="inputs")


async def _full(service: Service, model: ServedModel, body: ClassifyRequest) -> Response:
    predictions = await service.predict(model, body.texts)
    told = [
        {
            "label": one.label,
            "score": one.score,
            "scores": one.scores,
            "needs_review": one.needs_review,
            "label_set": one.label_set,
            "decision": one.decision,
            "truncated": one.truncated,
            "error": {"code": one.error, "message": describe_error(one.error)} if one.error else None,
        }
        for one in predictions
    ]
    return JSONResponse({"model": model.name, "version": model.version, "predictions": told})


def _info(service: Service, model: ServedModel) -> Response:
    info, settings = model.predictor.info, service.settings
    acceptance, scoring = info.decisions.acceptance, model.predictor.scoring
    told = ModelInfo(
        model_id=model.name,
        version=model.version,
        runtime=info.runtime,
        precision=scoring.precision if scoring else None,
        labels=[LabelMeaning(name=label.name, meaning=label.meaning) for label in info.labels],
        max_length=info.max_length,
        # Where nothing can be promised, every answer is for a person.
        review_below=None if acceptance is None else 1.0 if acceptance.threshold is None else acceptance.threshold,
        heptune_version=info.heptune_version,
        limits=Limits(
            max_texts=settings.max_texts,
            max_characters=settings.max_characters,
            max_bytes=settings.max_bytes,
            deadline_seconds=settings.deadline,
        ),
    )
    return JSONResponse(told.model_dump())
