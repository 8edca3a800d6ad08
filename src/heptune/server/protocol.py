"""Requests and answers on the wire; the description in /openapi.json is made of these."""

import math
import sys
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr

from heptune.bundle.predictor import Prediction
from heptune.i18n import Sentence, _

Function = Literal["softmax", "none", "sigmoid"]


def described(sentence: Sentence, **bounds: Any) -> Any:  # noqa: ANN401 - as pydantic's Field
    """Return a field with a description, in English for programs; the page of the interface translates it."""
    return Field(description=sentence.english, **bounds)


class WireRecord(BaseModel):
    """What is unknown is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


class Parameters(WireRecord):
    """How the labels of an answer are told."""

    top_k: Annotated[StrictInt, Field(ge=1)] | None = described(
        _("How many of the best labels to tell; all of them without it, or where there are fewer."), default=None
    )
    function_to_apply: Function | None = described(
        _(
            "softmax, as without it: calibrated probabilities. none: their logarithms. sigmoid is refused: the labels "
            "exclude each other."
        ),
        default=None,
    )


class TextsRequest(WireRecord):
    """Texts to classify."""

    inputs: StrictStr | list[StrictStr] = described(
        _("A text, or a list of texts."), examples=["The parcel never came.", ["It works.", "No answer."]]
    )

    @property
    def texts(self) -> list[str]:
        """The texts in their order; of a single one, a list of one."""
        return [self.inputs] if isinstance(self.inputs, str) else self.inputs


class PredictRequest(TextsRequest):
    """The text-classification protocol of Hugging Face's inference clients, and what TEI adds to it."""

    parameters: Parameters | None = described(_("How the labels are told."), default=None)
    raw_scores: StrictBool = described(_("The same as function_to_apply none."), default=False)
    truncate: StrictBool = described(
        _("Whether a text may be cut that is longer than the model reads; where not, it is refused."), default=True
    )


class ClassifyRequest(TextsRequest):
    """Texts whose full answers are asked for."""


class LabelScore(WireRecord):
    """A label and its score."""

    label: str = described(_("Name of the class."))
    score: float = described(_("Its calibrated probability, or the logarithm of it."))


class TextError(WireRecord):
    """Why a text has no answer."""

    code: Literal["empty_text", "broken_text", "no_tokens"] = described(_("For programs."))
    message: str = described(_("For people."))


class Classification(WireRecord):
    """The full answer for a text."""

    label: str | None = described(_("The class with the highest score; null where there is no answer."))
    score: float | None = described(_("Its calibrated probability."))
    scores: dict[str, float] = described(_("Probability of every class, by name; empty where there is no answer."))
    needs_review: bool | None = described(_("Whether a person should look; null where the bundle promises nothing."))
    label_set: list[str] | None = described(
        _("Labels among which the right one is as often as promised; null where nothing is.")
    )
    decision: str | None = described(_("The class of the least expected cost; null where the bundle knows no costs."))
    truncated: bool = described(_("The text is longer than the model reads."))
    error: TextError | None = described(_("Why there is no answer; null where there is one."))


class ClassifyAnswer(WireRecord):
    """Answers in the order of the texts, and who gave them."""

    model: str = described(_("Name of the model."))
    version: str = described(_("The bundle's sha256."))
    predictions: list[Classification] = described(_("One for each text, in their order."))


class Refusal(WireRecord):
    """Why a request gets no answer."""

    error: str = described(_("For people."))
    error_type: str = described(_("For programs."))
    index: int | None = described(_("Which text it is about, from 0; null where it is about none."))
    where: str | None = described(_("Which part of the request it is about."))


class LabelMeaning(WireRecord):
    """A class, and what it means."""

    name: str = described(_("Name of the class."))
    meaning: str | None = described(_("What it means, where that was said."))


class Limits(WireRecord):
    """What a request may hold."""

    max_texts: int = described(_("Most texts of a request."))
    max_characters: int = described(_("Most characters of a text."))
    max_bytes: int = described(_("Most bytes of a request."))
    deadline_seconds: float = described(_("Seconds in which a request is answered, or given up."))


class ModelInfo(WireRecord):
    """What is served under a name."""

    model_id: str = described(_("Name of the model."))
    version: str = described(_("The bundle's sha256."))
    runtime: str = described(_("What computes."))
    precision: str | None = described(_("Of the matrix products; null without a network."))
    labels: list[LabelMeaning] = described(_("The classes in class order."))
    max_length: int | None = described(_("Longest text in tokens; null where any length is read."))
    review_below: float | None = described(
        _("Answers with a lower score are for a person; null where nothing is promised.")
    )
    heptune_version: str = described(_("Version of Heptune that wrote the bundle."))
    limits: Limits = described(_("What a request may hold."))


class ModelNames(WireRecord):
    """The names under which models are served."""

    models: list[str] = described(_("In their order; the routes without a name are those of the first."))


class Health(WireRecord):
    """How the server is."""

    status: Literal["live", "ready", "draining"] = described(_("How it is."))


def best_labels(prediction: Prediction, *, top_k: int | None, logarithms: bool) -> list[dict[str, object]]:
    """Return label and score of the `top_k` best classes, the best first; all for None.

    Args:
        prediction: With an answer.
        top_k: How many.
        logarithms: Of the probabilities in their place; softmax makes the probabilities of them again.
    """
    ranked = sorted(prediction.scores.items(), key=lambda one: -one[1])[:top_k]
    # A class that training never saw has the probability 0, whose logarithm JSON cannot write.
    scores = [math.log(max(score, sys.float_info.min)) if logarithms else score for _label, score in ranked]
    return [{"label": label, "score": score} for (label, _score), score in zip(ranked, scores, strict=True)]
