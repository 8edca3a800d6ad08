"""The step itself."""

from heptune.schemas.sources import Sources
from heptune.steps.step2_sources.data_source import find_data
from heptune.steps.step2_sources.method import choose_method
from heptune.steps.step2_sources.model_source import find_model
from heptune.steps.step2_sources.settings import SourcesConfig
from heptune.storage.run_store import Run
from heptune.storage.step_inputs import Step


def resolve_sources(run: Run, config: SourcesConfig) -> Sources:
    """Find the model and the data, fetch what is on the Hub, and record exactly what they are.

    Raises:
        MissingError: something is not there: file, model, extra, network.
        UsageError: the settings do not fit together.
        InvalidInputError: the model or the data files cannot be used.
    """
    earlier = run.earlier_result(Sources)
    chosen = choose_method(config)
    data = find_data(run, config, earlier.data if earlier else None)
    model = find_model(run, chosen.model, config, earlier.model if earlier else None) if chosen.model else None
    return Sources(method=chosen.method, reason=chosen.reason, model=model, data=data)


STEP = Step(Sources, resolve_sources)
