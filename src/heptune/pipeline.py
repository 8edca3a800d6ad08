"""The seven steps, in order."""

from collections.abc import Iterator
from functools import partial

from heptune.i18n import Sentence
from heptune.methods.baselines import Encoder
from heptune.methods.create import create_method
from heptune.methods.linear_probe.settings import ProbeSettings
from heptune.opponents import opponent_files
from heptune.recipe import Recipe
from heptune.schemas.record import StepResult
from heptune.steps import step1_goal, step4_tokens, step5_model, step6_evaluation
from heptune.steps.step2_sources import step as step2_sources
from heptune.steps.step2_sources.model_source import model_path
from heptune.steps.step2_sources.settings import local_files
from heptune.steps.step3_dataset import step as step3_dataset
from heptune.steps.step7_training import step as step7_training
from heptune.steps.step7_training.cross_validation import refuse_what_takes_test_rows
from heptune.storage.run_store import Run


def seven_steps(run: Run, recipe: Recipe, why_this_method: Sentence, *, estimate: bool = False) -> Iterator[StepResult]:
    """Do the steps one after the other and yield each result; whoever stops asking stops the run there.

    Args:
        run: The run folder.
        recipe: All settings; its method is no longer `auto`.
        why_this_method: For whoever reads step 2's result.
        estimate: Tell after step 5 what training would take; step 7 tells it by itself.
    """
    goal = run.step(step1_goal.STEP, recipe.goal)
    yield goal
    sources = run.step(step2_sources.STEP, recipe.sources, given=local_files(recipe.sources), reason=why_this_method)
    recipe.check_effects(file.part for file in sources.data.files)
    yield sources
    dataset = run.step(step3_dataset.STEP, recipe.dataset, goal.for_dataset(), sources)
    robustness = recipe.evaluation.robustness
    refuse_what_takes_test_rows(dataset, seeds=recipe.training.seeds, robustness=robustness)
    yield dataset
    content = sources.without_places()
    pretrained = model_path(sources.model, run.announce_download) if sources.model else None
    make_method = partial(create_method, sources.method, pretrained, dataset.label_names)
    method = make_method()
    tokens = run.step(step4_tokens.STEP, recipe.tokens, content, dataset, method=method)
    yield tokens
    rows, tokens = dataset.without_findings(), tokens.without_findings()
    model = run.step(step5_model.STEP, recipe.model, content, rows, tokens, method=method)
    if estimate:
        step7_training.foretell(run, recipe.training, goal, rows, model, method=method)
    yield model
    probe = ProbeSettings(micro_batch_size=recipe.training.micro_batch_size, without=recipe.training.without)
    encoded = run.folder / step4_tokens.ARTIFACT
    encoder = Encoder(pretrained, dataset.label_names, encoded, model.seed, probe) if pretrained else None
    plan = run.step(
        step6_evaluation.STEP,
        recipe.evaluation,
        goal.for_evaluation(),
        content,
        dataset.for_evaluation(),
        tokens,
        model,
        given=opponent_files(recipe.evaluation.against),
        encoder=encoder,
    )
    yield plan
    yield run.step(
        step7_training.STEP,
        recipe.training,
        goal.for_training(),
        content,
        dataset.for_scores(),
        tokens,
        model,
        plan.without_findings(),
        make_method=make_method,
        encoder=encoder,
        languages=goal.languages,
        against=recipe.evaluation.against,
    )
