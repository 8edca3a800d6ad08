"""The step itself."""

from collections.abc import Iterator
from pathlib import Path

from heptune.i18n import Sentence, _
from heptune.schemas.sources import Sources
from heptune.steps.step2_sources.data_source import describe_data, find_data, find_test
from heptune.steps.step2_sources.method import choose_method
from heptune.steps.step2_sources.model_source import changed_model_files, find_model
from heptune.steps.step2_sources.settings import SourcesConfig
from heptune.storage.run_store import Run
from heptune.storage.step_inputs import Step


def resolve_sources(run: Run, config: SourcesConfig, *, reason: Sentence | None = None) -> Sources:
    """Find the model and the data, fetch what is on the Hub, and record exactly what they are.

    Args:
        run: Told about downloads.
        config: What the user asks for.
        reason: Why the method was chosen, where that was done before.

    Raises:
        MissingError: something is not there: file, model, extra, network.
        UsageError: the settings do not fit together.
        InvalidInputError: the model or the data files cannot be used.
    """
    earlier = run.earlier_result(Sources)
    chosen = choose_method(config)
    data = find_data(run, config, earlier)
    if data.unread:
        run.notice(_("not read: {splits}", splits=", ".join(data.unread)))
    test = find_test(run, config.test, earlier) if config.test and not data.files.test else None
    rows = describe_data(config, data, test)
    model = find_model(run, chosen.model, config, earlier.model if earlier else None) if chosen.model else None
    return Sources(
        method=chosen.method,
        reason=reason or chosen.reason,
        model=model,
        data=rows,
        test=test.origin if test else None,
    )


def changed_files(sources: Sources) -> Iterator[str]:
    """Yield the recorded files that are not there any more, or are others: a cache was cleared, a package moved."""
    for file in sources.data.files:
        path = Path(file.path)
        if not path.is_file() or path.stat().st_size != file.size:
            yield file.path
    if sources.model:
        yield from changed_model_files(sources.model)


STEP = Step(Sources, resolve_sources, changed_files=changed_files)
