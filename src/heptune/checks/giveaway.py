"""How much of the labels one number for each row tells."""

import numpy as np
import numpy.typing as npt

# A number that takes away more than this share of the errors of guessing gives the label away.
LEAST_SKILL = 0.5
FOLDS = 5
MOST_ROWS = 20_000
# Of fewer rows, in all or for each class, nothing can be said.
FEWEST_ROWS, FEWEST_ROWS_A_CLASS = 50, 5


def skill(values: npt.NDArray[np.int64], classes: npt.NDArray[np.int32]) -> float:
    """Return the share of the errors of naming the commonest class that a small decision tree on the values avoids.

    The tree has two leaves a class and answers for rows that it did not see. 0 and less says nothing.

    Args:
        values: One of each row `[n]`.
        classes: `[n]`.
    """
    from sklearn.model_selection import KFold, cross_val_score
    from sklearn.tree import DecisionTreeClassifier

    generator = np.random.default_rng(0)
    rows = generator.permutation(len(values))[:MOST_ROWS]
    values, classes = values[rows], classes[rows]
    class_count = len(np.unique(classes))
    if class_count < 2 or len(rows) < max(FEWEST_ROWS, FEWEST_ROWS_A_CLASS * class_count):
        return 0.0
    guessed = np.bincount(classes).max() / len(classes)
    tree = DecisionTreeClassifier(max_leaf_nodes=max(8, 2 * class_count), random_state=0)
    right = cross_val_score(tree, values[:, np.newaxis], classes, cv=KFold(FOLDS), scoring="accuracy").mean()
    return float((right - guessed) / (1 - guessed))
