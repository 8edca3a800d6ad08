"""From a network with its pooling to an ONNX graph."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import onnx
import torch

from heptune.errors import InvalidInputError
from heptune.i18n import _
from heptune.modeling.compat import in_one_line, network_at_work
from heptune.modeling.loading import open_saved_network
from heptune.modeling.pooling import PooledClassifier
from heptune.runtimes.onnx_runtime import INPUTS

# A protobuf holds less than 2 GiB; the weights of a larger graph go into a file beside it.
MOST_BYTES_IN_ONE_FILE = 1_900_000_000
WEIGHTS_FILE = "model.onnx.data"
OUTPUT = "logits"


def trace_graph(bundle: Path) -> Any:  # noqa: ANN401 - an onnx.ModelProto
    """Return the graph of a bundle's classifier: token ids and mask in, class scores out, any number and length.

    Its only inputs are those that every tokenizer gives. Pooling is ours, by the mask. Names of files and places of the
    code that it was traced from are taken out.

    Raises:
        InvalidInputError: the network's operations cannot be written down as a graph.
        ResourceError: there is not enough memory.
    """
    classifier = PooledClassifier(open_saved_network(bundle)).eval()
    # Two rows of unlike length, as a dimension of 1 would be taken for a constant.
    ids = torch.ones(2, 8, dtype=torch.int64)
    mask = ids.clone()
    mask[1, 5:] = 0
    axes = {0: "texts", 1: "length"}
    try:
        with _quiet(), network_at_work(_("Use a smaller model.")), torch.inference_mode():
            program = torch.onnx.export(
                classifier,
                (ids, mask),
                dynamo=True,
                input_names=list(INPUTS),
                output_names=[OUTPUT],
                dynamic_shapes=(axes, axes),
                verbose=False,
            )
            assert program is not None  # noqa: S101 - it is with dynamo
            graph = program.model_proto
    except (torch.onnx.OnnxExporterError, RuntimeError, ValueError, TypeError, NotImplementedError) as error:
        raise _cannot_export(bundle, classifier, error) from error
    _forget_where_it_was_made(graph)
    return graph


def save_graph(graph: Any, path: Path) -> None:  # noqa: ANN401
    """Write a graph, its weights beside it where one file cannot hold them.

    Raises:
        OSError: the disk is full, or the folder does not let us write.
    """
    beside = graph.ByteSize() > MOST_BYTES_IN_ONE_FILE
    onnx.save_model(graph, str(path), save_as_external_data=beside, location=WEIGHTS_FILE if beside else None)


def _forget_where_it_was_made(graph: Any) -> None:  # noqa: ANN401
    """Take out paths of this machine and lines of code, which torch writes beside every node."""
    parts = [graph, graph.graph, *graph.functions]
    for inner in (graph.graph, *graph.functions):
        parts += [*inner.node, *inner.value_info]
    parts += [*graph.graph.input, *graph.graph.output, *graph.graph.initializer]
    for part in parts:
        del part.metadata_props[:]
        part.doc_string = ""


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence what torch's exporter logs, such as that an optional package is not there."""
    logger = logging.getLogger("torch.onnx")
    others = [
        logging.getLogger(name) for name in ("torch.onnx._internal.exporter._registration", "onnxscript", "onnx_ir")
    ]
    levels = [(one, one.level) for one in (logger, *others)]
    for one, _level in levels:
        one.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for one, level in levels:
            one.setLevel(level)


def _cannot_export(bundle: Path, classifier: PooledClassifier, error: Exception) -> InvalidInputError:
    causes = [error]
    while causes[-1].__cause__ is not None and isinstance(causes[-1].__cause__, Exception):
        causes.append(causes[-1].__cause__)
    return InvalidInputError(
        _("This network cannot be exported."),
        code="cannot_export",
        where=str(bundle),
        expected=_("operations that torch can write down as an ONNX graph"),
        found=f"{type(classifier.network).__name__}: {in_one_line(causes[-1])}",
        remedy=_("Serve the bundle as it is, or train another model."),
    )
