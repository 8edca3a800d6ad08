"""What training a model of the catalogue would take here, roughly: no weights are needed, only its shape.

One layer of its shape is timed in front of as many tokens as a step has, forward and backward, and so is the optimizer.
The guide `docs/guides/choosing-a-model.md` has what this foretold beside what `--estimate` told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from heptune.i18n import _
from heptune.methods.finetune.defaults import (
    default_adversarial_strength,
    default_batch_size,
    default_epochs,
    default_head,
)
from heptune.methods.finetune.passes import passes_of_an_epoch
from heptune.schemas.catalogue import CatalogueModel
from heptune.schemas.model_choice import TextFacts, TextLengths, TrainingCost

if TYPE_CHECKING:
    from heptune.modeling.layer_pace import MachinePace

# Rows of the embedding that occur, and so are trained: 2,500 in banking77, 17,000 in the tweets.
OCCURRING_TOKENS = 10_000
# The process with torch and transformers, measured on Linux beside what the formula gives.
PROCESS_MIB = 650
# What `--estimate` told was 0.65 to 1.25 times the measure, on a machine with other work to do.
MARGIN_BELOW, MARGIN_ABOVE = 0.6, 1.5
# Other architectures are padded, and DeBERTa's attention does more than a plain layer's: 1.7 (MPNet) and 2.4 (DeBERTa).
PADDED_BELOW, PADDED_ABOVE = 1.0, 3.0


@dataclass(frozen=True, slots=True)
class Machine:
    """Where training would run.

    Attributes:
        pace: How fast it is.
        token_budget: Tokens that are computed at a time.
        available_mib: Memory that can still be had; None where the system does not tell.
        process_mib: Memory of the device that the process takes whatever the model.
        packed: Architectures whose texts are not padded, and whose embedding is trained only where it occurs.
    """

    pace: "MachinePace"
    token_budget: int
    available_mib: float | None
    process_mib: float
    packed: frozenset[str]


def measure_machine(models: Sequence[CatalogueModel], rows: int, mean_tokens: float) -> Machine | None:
    """Time one layer of every shape among the models; None where torch is not installed.

    Args:
        models: Of the catalogue.
        rows: Rows to learn from.
        mean_tokens: Of a text.

    Raises:
        ResourceError: there is not enough memory.
    """
    if find_spec("torch") is None or find_spec("transformers") is None:
        return None
    from heptune.modeling.batching import token_budget
    from heptune.modeling.compat import network_at_work
    from heptune.modeling.layer_pace import measure_pace
    from heptune.modeling.memory import available_mib
    from heptune.modeling.packing.families import FAMILIES
    from heptune.runtimes.torch_runtime import best_device

    device = best_device()
    with network_at_work(_("Close other programs; heptune models without DATA measures nothing.")):
        pace = measure_pace(
            [model.layer_shape for model in models],
            rows=min(rows, default_batch_size(rows)),
            tokens=max(1, round(mean_tokens)),
            device=device,
        )
    return Machine(
        pace=pace,
        token_budget=token_budget(device),
        available_mib=available_mib(device),
        process_mib=PROCESS_MIB if device.type == "cpu" else 0,
        packed=frozenset(FAMILIES),
    )


def cost_of(model: CatalogueModel, facts: TextFacts, lengths: TextLengths, machine: Machine) -> TrainingCost:
    """Foretell what training with the default settings takes."""
    moved = default_adversarial_strength(model.parameters, facts.rows, facts.labels) > 0
    epochs = default_epochs(facts.rows, facts.labels, moved=moved, head=default_head(facts.labels, new_head=True))
    batch_size = default_batch_size(facts.rows)
    passes = passes_of_an_epoch(facts.rows, facts.validation_rows, moved=moved)
    in_layers = passes * lengths.mean_tokens * model.layers * machine.pace.layers[model.layer_shape]
    steps = -(-facts.rows // batch_size)
    seconds = epochs * (in_layers + steps * _trained_numbers(model, machine) * machine.pace.optimizer)
    memory = _memory_mib(model, lengths, min(batch_size, facts.rows), machine)
    is_packed = model.architecture in machine.packed
    below, above = (MARGIN_BELOW, MARGIN_ABOVE) if is_packed else (PADDED_BELOW, PADDED_ABOVE)
    return TrainingCost(
        seconds_low=round(below * seconds, 1),
        seconds_high=round(above * seconds, 1),
        memory_mib=memory,
        fits=None if machine.available_mib is None else memory <= machine.available_mib,
    )


def _trained_numbers(model: CatalogueModel, machine: Machine) -> int:
    occurring = min(model.vocabulary_size, OCCURRING_TOKENS)
    rows = occurring if model.architecture in machine.packed else model.vocabulary_size
    return model.matrix_parameters + rows * model.hidden_size


def _memory_mib(model: CatalogueModel, lengths: TextLengths, batch_size: int, machine: Machine) -> float:
    from heptune.modeling.memory import NetworkSize, training_memory_mib

    trained = _trained_numbers(model, machine)
    laid_aside = 4 * max(0, model.parameters - trained) / 2**20
    longest = lengths.longest_tokens
    training = training_memory_mib(
        trained,
        NetworkSize(model.hidden_size, model.heads, model.layers),
        tokens=max(longest, min(batch_size * longest, machine.token_budget)),
        longest=longest,
        bf16=machine.pace.precision == "bf16",
    )
    return round(machine.process_mib + laid_aside + training, 1)
