"""Boosted trees as plain arrays: what they add to a logit, and which columns moved it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from signals.scoring.storage import Arrays

_TREES: Final = 150
_DEPTH: Final = 4
_LEAF: Final = -1

Floats64 = NDArray[np.float64]


class Trees:
    """A sum of trees. What a tree says is shared among the columns it asked on the way down.

    Each step from a node to its child moves the expected answer by some log-odds, which the column
    asked there is given (Saabas 2014); the steps of all trees and ``base`` add up to the answer.
    """

    def __init__(self, arrays: Arrays, name: str) -> None:
        self._columns = arrays[f"{name}_columns"].astype(np.int64)
        self._limits = arrays[f"{name}_limits"].astype(np.float64)
        self._left = arrays[f"{name}_left"].astype(np.int64)
        self._values = arrays[f"{name}_values"].astype(np.float64)
        self._roots = arrays[f"{name}_roots"].astype(np.int64)
        self.base = float(self._values[self._roots].sum())

    def logits(self, columns: NDArray[Any]) -> Floats64:
        """One logit per row."""
        together = np.ones((columns.shape[1], 1))
        found: Floats64 = self.base + self.contributions(columns, together)[:, 0]
        return found

    def contributions(self, columns: NDArray[Any], groups: NDArray[Any]) -> Floats64:
        """Log-odds per row and group; ``groups``: one 1 per column, in the place of its group."""
        rows, kinds = len(columns), groups.shape[1]
        group_of = groups.argmax(1)
        out = np.zeros(rows * kinds)
        at = np.tile(self._roots, rows)
        row = np.repeat(np.arange(rows), len(self._roots))
        while len(at):
            column = self._columns[at]
            going = column != _LEAF
            at, row, column = at[going], row[going], column[going]
            # children stand side by side; what is not below the limit goes right
            child = self._left[at] + (columns[row, column] > self._limits[at])
            step = self._values[child] - self._values[at]
            out += np.bincount(row * kinds + group_of[column], step, minlength=len(out))
            at = child
        return out.reshape(rows, kinds)


def fit_trees(
    columns: NDArray[Any], labels: NDArray[Any], weights: NDArray[Any], name: str
) -> Arrays:
    """Gradient boosting (Friedman 2001) with few shallow trees; equal rows give equal trees."""
    from sklearn.ensemble import GradientBoostingClassifier  # heavy, for training only

    fitted = GradientBoostingClassifier(
        n_estimators=_TREES,
        learning_rate=0.06,
        max_depth=_DEPTH,
        max_leaf_nodes=8,
        min_samples_leaf=min(20, max(1, len(labels) // 10)),
        subsample=0.6,
        max_features=0.2,
        random_state=0,
    ).fit(columns.astype(np.float32), labels, sample_weight=weights)
    nodes: list[tuple[int, float, int, float]] = []
    roots: list[int] = []
    for (estimator,) in fitted.estimators_:
        tree = estimator.tree_
        values = tree.value[:, 0, 0] * fitted.learning_rate
        share = tree.weighted_n_node_samples
        for node in range(tree.node_count - 1, -1, -1):  # children have greater numbers
            left, right = tree.children_left[node], tree.children_right[node]
            if left >= 0:
                values[node] = np.average(values[[left, right]], weights=share[[left, right]])
        roots.append(len(nodes))
        nodes.append((0, 0.0, 0, 0.0))
        waiting = [(0, roots[-1])]
        while waiting:
            node, place = waiting.pop()
            left, right = tree.children_left[node], tree.children_right[node]
            if left < 0:
                nodes[place] = (_LEAF, 0.0, 0, values[node])
                continue
            nodes[place] = (tree.feature[node], tree.threshold[node], len(nodes), values[node])
            waiting += [(left, len(nodes)), (right, len(nodes) + 1)]
            nodes += [(0, 0.0, 0, 0.0)] * 2
    start = float(fitted.init_.class_prior_[1])
    shift = np.log(start / (1.0 - start)) / len(roots)
    columns_of, limits, lefts, values = (np.array(part) for part in zip(*nodes, strict=True))
    return {
        f"{name}_columns": columns_of.astype(np.int16),
        f"{name}_limits": limits.astype(np.float64),
        f"{name}_left": lefts.astype(np.int32),
        # where every row starts is spread over the trees
        f"{name}_values": (values + shift).astype(np.float32),
        f"{name}_roots": np.array(roots, np.int32),
    }
