"""Several texts end to end in one row of tokens, and where each of them lies."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import torch

from heptune.modeling.transfer import to_device

# Cells of a grid in which attention is computed: texts of like length side by side, so that few cells are empty.
GRID_CELLS = 2_048
# On a GPU every grid costs launches, and empty cells little.
GPU_GRID_CELLS = 65_536
# Attention computes a weight for each pair of cells in a row: so many for each cell that a grid may have are idle at
# most, as with one long text among short ones.
IDLE_PAIRS = 64
# Libraries build a kernel for every shape of a matrix product and keep it: a pack is filled up to a multiple of so many
# tokens, a small one of fewer, and the rows of a grid to one of so many cells, so that shapes come again.
PACK_MULTIPLE, SMALL_PACK_MULTIPLE = 64, 8
SMALL_PACK = 256
GRID_MULTIPLE = 8
# Added to a score, leaves nothing of its weight; so small that two of them can be added.
UNSEEN = -1e30


@dataclass(frozen=True, slots=True, eq=False)
class TextGrid:
    """Neighbouring texts of a pack as rows of a grid, the shape in which attention keeps them apart.

    Attributes:
        start: First token of the pack that belongs to them.
        end: One past their last token.
        shape: Texts, and tokens of the longest.
        cells: For each cell its token, counted from `start`; 0 for an empty one. int64 `[texts * longest]`.
        tokens: For each token its cell, int64 `[end - start]`.
        empty: 0 for a cell with a token, `UNSEEN` for one without, fp32 `[texts, longest]`.
    """

    start: int
    end: int
    shape: tuple[int, int]
    cells: torch.Tensor
    tokens: torch.Tensor
    empty: torch.Tensor

    def mask(self, *, causal: bool, window: int | None) -> torch.Tensor:
        """Return what is added to scores: 0 where one cell sees another, else `UNSEEN` or less.

        fp32 `[texts, 1, 1 or longest, longest]`. The CPU adds in an eighth of the time in which it fills.

        Args:
            causal: A token sees itself and those before it.
            window: It sees tokens that are fewer than this many places away; None for no bound.
        """
        mask = self.empty[:, None, None, :]
        if not causal and (window is None or window >= self.shape[1]):
            return mask
        return mask + _far(self.shape[1], causal, window, self.empty.device)


@lru_cache(maxsize=16)
def _far(longest: int, causal: bool, window: int | None, device: torch.device) -> torch.Tensor:
    """Return 0 where one place sees another and `UNSEEN` where not, fp32 `[longest, longest]`."""
    place = torch.arange(longest, device=device)
    distance = place[:, None] - place[None, :]
    far = torch.zeros_like(distance, dtype=torch.bool)
    if causal:
        far |= distance < 0
    if window is not None:
        far |= distance.abs() >= window
    return far * UNSEEN


@dataclass(frozen=True, slots=True, eq=False)
class PackedTexts:
    """One row of tokens: those of the texts, and some behind them that fill up and that nobody sees.

    Attributes:
        input_ids: int64 `[1, tokens]`.
        position_ids: Each token's place in its own text, from 0, int64 `[1, tokens]`.
        first: First token of each text, int64 `[texts]`.
        last: Last token of each text, int64 `[texts]`.
        owner: The text that a token belongs to, int64 `[tokens of the texts]`.
        grids: All texts, in their order.
    """

    input_ids: torch.Tensor
    position_ids: torch.Tensor
    first: torch.Tensor
    last: torch.Tensor
    owner: torch.Tensor
    grids: tuple[TextGrid, ...]

    @property
    def filling(self) -> int:
        """How many tokens fill up."""
        return self.input_ids.shape[1] - len(self.owner)


def pack_size(tokens: int) -> int:
    """Return how many tokens a pack with so many tokens of texts has."""
    return filled_up(tokens, PACK_MULTIPLE if tokens > SMALL_PACK else SMALL_PACK_MULTIPLE)


def filled_up(count: int, multiple: int) -> int:
    """Return the next multiple from a count on."""
    return -(-count // multiple) * multiple


def pack(ids: Sequence[npt.NDArray[np.int32]], device: torch.device) -> PackedTexts:
    """Lay texts end to end; those of like length should be neighbours."""
    lengths = np.array([len(sequence) for sequence in ids], dtype=np.int64)
    ends = np.cumsum(lengths)
    starts = ends - lengths
    owner = np.repeat(np.arange(len(ids)), lengths)

    filling = pack_size(int(ends[-1])) - int(ends[-1])
    cells = GRID_CELLS if device.type == "cpu" else GPU_GRID_CELLS

    def tensor(array: npt.NDArray[np.int64]) -> torch.Tensor:
        return to_device(array, device)

    return PackedTexts(
        input_ids=tensor(np.pad(np.concatenate(ids).astype(np.int64), (0, filling)))[None],
        position_ids=tensor(np.pad(np.arange(ends[-1]) - starts[owner], (0, filling)))[None],
        first=tensor(starts),
        last=tensor(ends - 1),
        owner=tensor(owner),
        grids=tuple(_grid(starts, lengths, rows, device) for rows in _neighbours(lengths, cells)),
    )


def _neighbours(lengths: npt.NDArray[np.int64], cells: int) -> list[slice]:
    """Cut the texts, in their order, where a grid would have too many cells, or too many idle pairs of them."""
    cuts, longest, pairs = [0], 0, 0
    for row, length in enumerate(lengths.tolist()):
        width = filled_up(length, GRID_MULTIPLE)
        rows, longest, pairs = row + 1 - cuts[-1], max(longest, width), pairs + width**2
        too_large = rows * longest > cells
        too_idle = rows * longest**2 - pairs > IDLE_PAIRS * cells
        if rows > 1 and (too_large or too_idle):
            cuts.append(row)
            longest, pairs = width, width**2
    return [slice(start, end) for start, end in zip(cuts, [*cuts[1:], len(lengths)], strict=True)]


def _grid(starts: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64], rows: slice, device: torch.device) -> TextGrid:
    start = int(starts[rows][0])
    column = np.arange(filled_up(int(lengths[rows].max()), GRID_MULTIPLE))
    filled = column < lengths[rows][:, None]
    cells = np.where(filled, starts[rows][:, None] - start + column, 0)
    return TextGrid(
        start=start,
        end=start + int(lengths[rows].sum()),
        shape=(filled.shape[0], filled.shape[1]),
        cells=to_device(cells.reshape(-1), device),
        tokens=to_device(np.flatnonzero(filled), device),
        empty=to_device(np.where(filled, 0.0, UNSEEN).astype(np.float32), device),
    )
