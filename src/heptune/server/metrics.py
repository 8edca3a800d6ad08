"""What the server counts, for Prometheus; no text, no token and no caller's address is in it."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from heptune.bundle.predictor import Prediction
from heptune.server.batching import Batcher, Pass

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
TEXTS = (1, 2, 4, 8, 16, 32, 64)
CONTENT_TYPE = CONTENT_TYPE_LATEST


class Metrics:
    """Counters of one server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "heptune_requests", "Requests by route and status.", ["route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "heptune_request_seconds",
            "From the headers to the whole answer.",
            ["route"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self._answers = Counter(
            "heptune_answers", "Texts by the label that was answered.", ["model", "label"], registry=self._registry
        )
        self._reviews = Counter(
            "heptune_reviews", "Answers that a person should look at.", ["model"], registry=self._registry
        )
        self._errors = Counter(
            "heptune_text_errors", "Texts without an answer.", ["model", "error"], registry=self._registry
        )
        self._pass_texts = Histogram(
            "heptune_pass_texts", "Texts scored in one go.", ["model"], buckets=TEXTS, registry=self._registry
        )
        self._pass_seconds = Histogram(
            "heptune_pass_seconds", "Seconds to score them.", ["model"], buckets=SECONDS, registry=self._registry
        )
        self._waiting = Gauge("heptune_waiting_texts", "Texts that wait.", ["model"], registry=self._registry)

    def watch(self, model: str, batcher: Batcher) -> None:
        """Tell of a line how long it is, whenever somebody asks."""
        self._waiting.labels(model).set_function(lambda: batcher.waiting_texts)

    def count_request(self, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered or refused."""
        self._requests.labels(route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def count_pass(self, model: str, done: Pass) -> None:
        """Count texts that were scored in one go."""
        self._pass_texts.labels(model).observe(done.texts)
        self._pass_seconds.labels(model).observe(done.seconds)

    def count_answers(self, model: str, predictions: list[Prediction]) -> None:
        """Count what was answered."""
        for prediction in predictions:
            if prediction.error:
                self._errors.labels(model, prediction.error).inc()
            else:
                self._answers.labels(model, prediction.label).inc()
            if prediction.needs_review:
                self._reviews.labels(model).inc()

    def text(self) -> bytes:
        """Return all of it in Prometheus' format."""
        return generate_latest(self._registry)
