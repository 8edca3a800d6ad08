"""Groups that hold whatever one of several groupings keeps together."""

import numpy as np
import numpy.typing as npt


def joined_groups(*groupings: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
    """Return the finest groups that tear none of the given ones apart.

    Args:
        groupings: Number of each row's group `[n]`, from 0, one for each reason to keep rows together.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    rows = np.arange(len(groupings[0]))
    # A node for each row, and one for each group of each grouping.
    starts = len(rows) + np.cumsum([0, *(1 + int(groups.max(initial=-1)) for groups in groupings)])
    groups = np.concatenate([groups + start for groups, start in zip(groupings, starts[:-1], strict=True)])
    edges = (np.tile(rows, len(groupings)), groups)
    graph = coo_array((np.ones(len(groups), dtype=bool), edges), shape=(starts[-1], starts[-1]))
    joined: npt.NDArray[np.int64] = connected_components(graph, directed=False)[1][: len(rows)].astype(np.int64)
    return joined
