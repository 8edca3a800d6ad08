"""Matrix products in 8-bit integers, in which a text's answer still depends on that text alone.

Weights get a scale for each column, once. Activations get one for each token, when they are computed: a scale for a
whole batch, as dynamic quantization usually has it, would let a text's neighbours change its answer (decision 0020).
Source of the scheme: Dettmers et al. (2022), "LLM.int8()", section 2, vector-wise quantization, without the mixed
precision.

A weight is a whole number from -63 to 63. With a larger one, CPUs without VNNI would let sums of two products overflow
(`vpmaddubsw` saturates 16 bits), and answer otherwise than others.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import TensorProto, helper, numpy_helper

WEIGHT_TOP, ROW_TOP = 63, 127
# uint8 stands for numbers around this.
MIDDLE = 128
# Smaller tables are not worth the work of restoring their rows.
FEWEST_TABLE_ROWS = 1_000
_TINY = 1e-30


def quantize_graph(graph: Any) -> Any:  # noqa: ANN401 - an onnx.ModelProto
    """Put 8-bit integers in the place of large tables and of the weights of matrix products, in place.

    The heads that make class scores of pooled features stay as they are: they cost nothing.

    Returns:
        The same graph.
    """
    quantizer = _Quantizer(graph.graph)
    quantizer.rewrite()
    return graph


def quantize_columns(weight: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Return a weight `[d, o]` as whole numbers from -63 to 63, and the scale of each column `[o]`."""
    scale = np.maximum(np.abs(weight).max(axis=0), _TINY) / WEIGHT_TOP
    return np.rint(weight / scale).astype(np.int8), scale.astype(np.float32)


def quantize_rows(table: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Return a table `[rows, d]` as whole numbers from -127 to 127, and the scale of each row `[rows, 1]`."""
    scale = np.maximum(np.abs(table).max(axis=1, keepdims=True), _TINY) / ROW_TOP
    return np.rint(table / scale).astype(np.int8), scale.astype(np.float32)


class _Quantizer:
    """Rewrites one graph, node after node.

    Args:
        graph: An onnx.GraphProto.
    """

    def __init__(self, graph: Any) -> None:  # noqa: ANN401
        self._graph = graph
        self._weights = {tensor.name: tensor for tensor in graph.initializer}
        self._nodes: list[Any] = []
        self._quantized: dict[str, str] = {}
        self._flattened = {name for node in graph.node if node.op_type == "Reshape" for name in node.output}

    def rewrite(self) -> None:
        """Replace what can be replaced, and forget weights that nobody reads any more."""
        self._constant("int8_top", np.array([ROW_TOP], dtype=np.float32))
        self._constant("int8_tiny", np.array([_TINY], dtype=np.float32))
        self._constant("int8_middle", np.array(MIDDLE, dtype=np.uint8))
        self._constant("int8_last", np.array([-1], dtype=np.int64))
        for node in self._graph.node:
            if node.op_type == "MatMul" and self._is_matrix(node.input[1]):
                self._multiply(node.input[0], self._matrix(node.input[1]), node.output[0])
            elif node.op_type == "Gemm" and self._is_of_tokens(node):
                self._multiply_and_add(node)
            elif node.op_type == "Gather" and self._is_large_table(node):
                self._look_up(node)
            else:
                self._nodes.append(node)
        used = {name for node in self._nodes for name in node.input} | {output.name for output in self._graph.output}
        kept = [tensor for tensor in self._graph.initializer if tensor.name in used]
        del self._graph.node[:], self._graph.initializer[:]
        self._graph.node.extend(self._nodes)
        self._graph.initializer.extend(kept)

    def _is_matrix(self, name: str) -> bool:
        tensor = self._weights.get(name)
        return tensor is not None and len(tensor.dims) == 2 and tensor.data_type == TensorProto.FLOAT

    def _matrix(self, name: str) -> npt.NDArray[np.float32]:
        array: npt.NDArray[np.float32] = numpy_helper.to_array(self._weights[name])
        return array

    def _is_of_tokens(self, node: Any) -> bool:  # noqa: ANN401
        """Return whether a `Gemm` is of all tokens, flattened as GPT-2 has them, and no head of pooled features."""
        settings = {attribute.name: attribute for attribute in node.attribute}
        scaled = any(settings[name].f != 1.0 for name in ("alpha", "beta") if name in settings)
        plain = not scaled and not ("transA" in settings and settings["transA"].i)
        return plain and node.input[0] in self._flattened and self._is_matrix(node.input[1])

    def _is_large_table(self, node: Any) -> bool:  # noqa: ANN401
        by_row = all(attribute.i == 0 for attribute in node.attribute if attribute.name == "axis")
        return by_row and self._is_matrix(node.input[0]) and self._weights[node.input[0]].dims[0] >= FEWEST_TABLE_ROWS

    def _constant(self, name: str, value: npt.NDArray[Any]) -> str:
        self._graph.initializer.append(numpy_helper.from_array(value, name))
        return name

    def _node(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:  # noqa: ANN401
        self._nodes.append(helper.make_node(kind, inputs, [output], name=f"int8_{output}", **attributes))
        return output

    def _quantized_rows(self, states: str, width: int) -> str:
        """Quantize states `[..., d]` by row, once for all products that read them; return how the parts' names begin.

        `_rows` are uint8 `[tokens, d]`, and `_scale` is their scale `[tokens, 1]`.
        """
        if states in self._quantized:
            return self._quantized[states]
        name = self._quantized[states] = f"{states}_int8"
        flat = self._node(
            "Reshape", [states, self._constant(f"{name}_shape", np.array([-1, width], np.int64))], f"{name}_flat"
        )
        self._node("Abs", [flat], f"{name}_abs")
        self._node("ReduceMax", [f"{name}_abs", "int8_last"], f"{name}_max", keepdims=1)
        self._node("Max", [f"{name}_max", "int8_tiny"], f"{name}_most")
        self._node("Div", [f"{name}_most", "int8_top"], f"{name}_scale")
        self._node("Reshape", [f"{name}_scale", "int8_last"], f"{name}_scales")
        self._node("Shape", [f"{name}_scales"], f"{name}_count")
        middle = helper.make_tensor("middle", TensorProto.UINT8, [1], [MIDDLE])
        self._node("ConstantOfShape", [f"{name}_count"], f"{name}_middles", value=middle)
        self._node("QuantizeLinear", [flat, f"{name}_scales", f"{name}_middles"], f"{name}_rows", axis=0)
        return name

    def _multiply_and_add(self, node: Any) -> None:  # noqa: ANN401
        """Do what a `Gemm` does: a product, and a bias where there is one."""
        transposed = any(attribute.name == "transB" and attribute.i for attribute in node.attribute)
        matrix = self._matrix(node.input[1])
        bias = node.input[2:]
        product = f"{node.output[0]}_product" if bias else node.output[0]
        self._multiply(node.input[0], matrix.T if transposed else matrix, product)
        if bias:
            self._node("Add", [product, bias[0]], node.output[0])

    def _multiply(self, states: str, matrix: npt.NDArray[np.float32], product: str) -> None:
        """Multiply integers, exactly, and scale the sums by row and by column."""
        weight, scale = quantize_columns(matrix)
        name = self._quantized_rows(states, len(weight))
        integers = self._constant(f"{product}_weight", weight)
        columns = self._constant(f"{product}_columns", scale)
        self._node("MatMulInteger", [f"{name}_rows", integers, "int8_middle"], f"{product}_sums")
        self._node("Cast", [f"{product}_sums"], f"{product}_float", to=TensorProto.FLOAT)
        self._node("Mul", [f"{product}_float", columns], f"{product}_by_column")
        self._node("Mul", [f"{product}_by_column", f"{name}_scale"], f"{product}_by_row")
        self._node("Shape", [states], f"{product}_before", end=-1)
        width = self._constant(f"{product}_width", np.array([len(scale)], np.int64))
        self._node("Concat", [f"{product}_before", width], f"{product}_shape", axis=0)
        self._node("Reshape", [f"{product}_by_row", f"{product}_shape"], product)

    def _look_up(self, node: Any) -> None:  # noqa: ANN401
        """Take rows of a table of integers, and of their scales."""
        rows, found = node.input[1], node.output[0]
        table, scale = quantize_rows(self._matrix(node.input[0]))
        self._node("Gather", [self._constant(f"{found}_table", table), rows], f"{found}_integers")
        self._node("Gather", [self._constant(f"{found}_scales", scale), rows], f"{found}_scale")
        self._node("Cast", [f"{found}_integers"], f"{found}_float", to=TensorProto.FLOAT)
        self._node("Mul", [f"{found}_float", f"{found}_scale"], found)
