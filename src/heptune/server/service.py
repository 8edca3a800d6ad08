"""What the routes work with: models, the lines in front of them, limits."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from heptune.bundle.predictor import Prediction
from heptune.errors import HeptuneError
from heptune.i18n import _
from heptune.server.batching import Batcher, OverloadedError
from heptune.server.failures import RefusedError, of_heptune, overloaded
from heptune.server.metrics import Metrics
from heptune.server.models import ServedModel
from heptune.server.settings import ServerSettings


@dataclass(slots=True)
class Service:
    """A server without its HTTP.

    Attributes:
        settings: Limits and borders.
        models: By name; the bare routes are those of the first.
        batchers: The line in front of each model.
        metrics: What is counted.
        draining: Whether the server is about to end.
    """

    settings: ServerSettings
    models: dict[str, ServedModel]
    batchers: dict[str, Batcher]
    metrics: Metrics = field(default_factory=Metrics)
    draining: bool = False

    def model(self, name: str | None) -> ServedModel:
        """Return a model by its name; the first for None.

        Raises:
            RefusedError: there is none.
        """
        if name is None:
            return next(iter(self.models.values()))
        if name not in self.models:
            raise RefusedError(404, "no_model", _("No model has this name."), where=name)
        return self.models[name]

    async def predict(self, model: ServedModel, texts: Sequence[str]) -> list[Prediction]:
        """Return an answer or a named error for each text, in their order.

        Raises:
            RefusedError: they are too many or too long, too much waits, or there was no answer in time.
        """
        self._check_limits(texts)
        try:
            predictions = await self.batchers[model.name].predict(texts, deadline=self.settings.deadline)
        except OverloadedError as error:
            raise overloaded(error.seconds) from error
        except TimeoutError as error:
            message = _("There was no answer within {seconds:g} s.", seconds=self.settings.deadline)
            raise RefusedError(504, "deadline", message) from error
        except HeptuneError as error:
            raise of_heptune(error) from error
        self.metrics.count_answers(model.name, predictions)
        return predictions

    def check_room(self, path: str) -> None:
        """Refuse a request to a scoring route by its path, before its body is read.

        Raises:
            RefusedError: too much waits for the model.
        """
        _empty, *parts = path.split("/")
        name = parts[1] if len(parts) > 1 and parts[0] == "models" else next(iter(self.models))
        if name in self.batchers:
            try:
                self.batchers[name].check_room()
            except OverloadedError as error:
                raise overloaded(error.seconds) from error

    def _check_limits(self, texts: Sequence[str]) -> None:
        most = self.settings.max_texts
        if len(texts) > most:
            message = _("The request has {count} texts; {most} are taken at a time.", count=len(texts), most=most)
            raise RefusedError(413, "too_many_texts", message, where="inputs")
        for index, text in enumerate(texts):
            if len(text) > self.settings.max_characters:
                message = _(
                    "The text has {count} characters; {most} are taken.",
                    count=len(text),
                    most=self.settings.max_characters,
                )
                raise RefusedError(413, "text_too_long", message, index=index, where="inputs")
