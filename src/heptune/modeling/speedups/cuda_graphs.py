"""A micro-batch's launches recorded once for each shape, and replayed.

A small network on a GPU waits for its launches: a step of MiniLM-L6 by 32 tweets issues 850 of them in 28 ms, for 3 ms
of computing on an H200 (`benchmarks/NOTES.md`). A CUDA graph issues all of them at once. It wants the same shapes at
the same addresses each time, so texts are filled up here to one of few lengths, and short batches with rows that weigh
nothing. Source: https://docs.pytorch.org/docs/stable/notes/cuda.html#cuda-graphs
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from heptune.i18n import Sentence, _
from heptune.modeling.batching import pad
from heptune.modeling.packing.packed_texts import filled_up

NAME = "cuda_graphs"
# Lengths are filled up to a multiple of the first number up to the second one; longer ones are not replayed.
MULTIPLES = ((16, 128), (32, 256), (64, 512))
# Floating-point operations of a micro-batch, those for what fills up included, beyond which the GPU is busy anyway and
# packing saves more.
MOST_OPERATIONS = 1e12
# A shape is recorded when it is met again; one that never is would cost more than it saves.
MEETINGS_BEFORE = 1
# Two ways to the same gradient may differ by this much, relative to it: the order of sums.
TOLERANCE = 1e-3

# From token ids and mask `[rows, longest]`, classes `[rows]` and weights `[rows]` to the sum of the weighted losses
# `[]`; adds to the gradients.
Learn = Callable[[tuple[torch.Tensor, torch.Tensor], torch.Tensor, torch.Tensor], torch.Tensor]
Shape = tuple[int, int]


class StaticBatch:
    """The places of a micro-batch of one shape, at addresses that do not change.

    Args:
        shape: Rows, and tokens of a row.
        pad_id: Token id that fills up.
        device: Where it lies.
    """

    def __init__(self, shape: Shape, pad_id: int, device: torch.device) -> None:
        self.shape = shape
        self._pad_id = pad_id
        # One tensor, and so one copy to the GPU: token ids, mask, class, weight.
        self._all = torch.zeros((shape[0], 2 * shape[1] + 2), dtype=torch.int64, device=device)

    @property
    def texts(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Token ids and mask, int64 `[rows, longest]`."""
        longest = self.shape[1]
        return self._all[:, :longest], self._all[:, longest : 2 * longest]

    @property
    def classes(self) -> torch.Tensor:
        """Inner class ids, int64 `[rows]`."""
        return self._all[:, -2]

    @property
    def weights(self) -> torch.Tensor:
        """1 for a row of the batch, 0 for one that fills up, fp32 `[rows]`."""
        return self._all[:, -1].float()

    def fill(self, ids: Sequence[npt.NDArray[np.int32]], classes: npt.NDArray[np.int64]) -> None:
        """Put texts and classes in their places; the first text stands in for the rows that are left."""
        rows, longest = self.shape
        content = np.zeros((rows, 2 * longest + 2), dtype=np.int64)
        tokens, mask = pad(ids, self._pad_id)
        content[:, :longest] = self._pad_id
        for array, start in ((tokens, 0), (mask, longest)):
            content[: len(ids), start : start + array.shape[1]] = array
            content[len(ids) :, start : start + array.shape[1]] = array[0]
        content[: len(ids), -2], content[: len(ids), -1] = classes, 1
        self._all.copy_(torch.from_numpy(content), non_blocking=True)


@dataclass(frozen=True, slots=True, eq=False)
class RecordedStep:
    """Launches for a shape, and where their input and output lie."""

    batch: StaticBatch
    graph: torch.cuda.CUDAGraph
    loss: torch.Tensor


class ReplayedSteps:
    """Learns from micro-batches by replaying their launches.

    Args:
        learn: What is recorded.
        pad_id: Token id that fills up.
        most_rows: Of a batch.
        matrix_parameters: Weights of the network in matrix products, by which a batch's operations are counted.
        device: A GPU.
    """

    def __init__(
        self, learn: Learn, *, pad_id: int, most_rows: int, matrix_parameters: int, device: torch.device
    ) -> None:
        self._learn = learn
        self._pad_id = pad_id
        self._most_rows = most_rows
        self._most_cells = MOST_OPERATIONS / (6 * max(1, matrix_parameters))
        self._device = device
        self._met: Counter[Shape] = Counter()
        self._recorded: dict[Shape, RecordedStep] = {}
        self._pool = torch.cuda.graph_pool_handle() if device.type == "cuda" else None

    def learn(
        self, ids: Sequence[npt.NDArray[np.int32]], classes: npt.NDArray[np.int64]
    ) -> tuple[torch.Tensor, int] | None:
        """Add the gradient of a micro-batch.

        Returns:
            The sum of its losses, and the tokens that were computed; None where it is to be computed as usual: it is
            too large, or of a shape that was not met often enough.
        """
        shape = self.shape_of([len(sequence) for sequence in ids])
        if shape is None:
            return None
        self._met[shape] += 1
        if self._met[shape] <= MEETINGS_BEFORE:
            return None
        step = self._recorded.get(shape)
        if step is None:
            # What is done while it is recorded counts: recording itself computes nothing.
            batch = StaticBatch(shape, self._pad_id, self._device)
            batch.fill(ids, classes)
            loss = self._beside(batch)
            self._recorded[shape] = self._record(batch)
        else:
            step.batch.fill(ids, classes)
            step.graph.replay()
            loss = step.loss.clone()
        return loss, shape[0] * shape[1]

    def shape_of(self, lengths: Sequence[int]) -> Shape | None:
        """Return the shape into which texts of these lengths are filled up; None where that would not pay."""
        longest = filled_length(max(lengths))
        if longest is None:
            return None
        # Few numbers of rows too: a whole batch, or a power of two.
        rows = min(self._most_rows, 1 << (len(lengths) - 1).bit_length())
        return (rows, longest) if len(lengths) <= rows and rows * longest <= self._most_cells else None

    def recordings(self, batches: Iterable[Sequence[int]]) -> int:
        """Return how many shapes will be recorded for micro-batches of texts of these lengths."""
        met = Counter(shape for shape in map(self.shape_of, batches) if shape is not None)
        return sum(times > MEETINGS_BEFORE for times in met.values())

    def forget(self) -> None:
        """Drop what was recorded, as what is to be computed has changed."""
        self._recorded.clear()

    def _beside(self, batch: StaticBatch) -> torch.Tensor:
        """Compute on another stream, as libraries set up there what recording must not."""
        stream = torch.cuda.Stream(self._device)  # type: ignore[no-untyped-call]
        stream.wait_stream(torch.cuda.current_stream(self._device))
        with torch.cuda.stream(stream):
            loss = self._learn(batch.texts, batch.classes, batch.weights)
        torch.cuda.current_stream(self._device).wait_stream(stream)
        return loss

    def _record(self, batch: StaticBatch) -> RecordedStep:
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=self._pool):
            loss = self._learn(batch.texts, batch.classes, batch.weights)
        return RecordedStep(batch, graph, loss)


def filled_length(longest: int) -> int | None:
    """Return the length to which texts are filled up; None for one that is too long."""
    return next((filled_up(longest, multiple) for multiple, most in MULTIPLES if longest <= most), None)


def why_not_replayed(
    steps: ReplayedSteps,
    plain: Callable[[], torch.Tensor],
    parameters: Sequence[torch.nn.Parameter],
    ids: Sequence[npt.NDArray[np.int32]],
    classes: npt.NDArray[np.int64],
) -> Sentence | None:
    """Return why launches cannot be replayed here: they cannot be recorded, or lead to another gradient.

    Args:
        steps: Fresh ones, of a network without dropout at work.
        plain: Adds the gradient of the same texts as usual and returns the sum of their losses.
        parameters: The network's weights; their gradients are taken away in the end.
        ids: Some texts.
        classes: Their classes.
    """

    def gradient(learn: Callable[[], object]) -> torch.Tensor:
        for parameter in parameters:
            if parameter.grad is not None:
                parameter.grad.zero_()
        learn()
        return torch.cat([parameter.grad.flatten() for parameter in parameters if parameter.grad is not None])

    try:
        expected = gradient(plain).clone()
        for _meeting in range(MEETINGS_BEFORE + 1):  # recorded with the last of these
            gradient(lambda: steps.learn(ids, classes))
        found = gradient(lambda: steps.learn(ids, classes))
    except RuntimeError:  # what CUDA says of a launch that cannot be recorded
        torch.cuda.synchronize()
        return _("its launches cannot be recorded")
    finally:
        for parameter in parameters:
            parameter.grad = None
    if steps.shape_of([len(sequence) for sequence in ids]) is None:
        return _("the network is so large that the GPU is busy anyway")
    if found.shape != expected.shape or not (found - expected).norm() <= TOLERANCE * expected.norm():
        return _("replayed launches would lead to another gradient")
    return None
