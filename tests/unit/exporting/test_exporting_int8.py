"""Whole numbers in the place of weights: close, exact on every CPU, and each row for itself."""

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from heptune.exporting.int8 import WEIGHT_TOP, quantize_columns, quantize_graph, quantize_rows

GENERATOR = np.random.default_rng(0)
WEIGHT = GENERATOR.normal(size=(48, 20)).astype(np.float32) * np.logspace(-2, 2, 20, dtype=np.float32)
BIAS = GENERATOR.normal(size=20).astype(np.float32)


def session_of(nodes, weights, *, given="x", kind=TensorProto.FLOAT, shape=("texts", "length", 48), out=3):
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info(given, kind, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, list("abc")[:out])],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    quantize_graph(model)
    onnx.checker.check_model(model, full_check=True)
    return model, onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def test_the_error_of_a_weight_is_at_most_half_a_step_of_its_column():
    integers, scale = quantize_columns(WEIGHT)
    assert np.abs(integers).max() == WEIGHT_TOP
    assert (np.abs(integers * scale - WEIGHT) <= scale / 2 * (1 + 1e-5)).all()
    table, scales = quantize_rows(WEIGHT)
    assert (np.abs(table * scales - WEIGHT) <= scales / 2 * (1 + 1e-5)).all()


def test_columns_and_rows_of_zeros_stay_zeros():
    for quantize in (quantize_columns, quantize_rows):
        integers, scale = quantize(np.zeros((4, 3), dtype=np.float32))
        assert not integers.any()
        assert np.isfinite(scale).all()


def test_sums_of_two_products_never_leave_sixteen_bits():
    assert np.iinfo(np.int16).max >= 2 * 255 * WEIGHT_TOP


@pytest.mark.parametrize("kind", ["MatMul", "Gemm", "Gemm transposed"])
def test_a_product_is_close_and_no_row_knows_of_another(kind):
    matrix = np.ascontiguousarray(WEIGHT.T) if kind == "Gemm transposed" else WEIGHT
    flat = helper.make_node("Reshape", ["x", "flat"], ["states"])
    if kind == "MatMul":
        nodes = [helper.make_node("MatMul", ["x", "weight"], ["y"])]
    else:
        nodes = [flat, helper.make_node("Gemm", ["states", "weight", "bias"], ["y"], transB=int(kind != "Gemm"))]
    weights = {"weight": matrix, "bias": BIAS, "flat": np.array([-1, 48], dtype=np.int64)}
    model, session = session_of(nodes, weights, out=3 if kind == "MatMul" else 2)
    assert [node.op_type for node in model.graph.node].count("MatMulInteger") == 1
    states = GENERATOR.normal(size=(5, 7, 48)).astype(np.float32)
    states[3] *= 1_000.0  # a loud neighbour
    states[4, 2] = 0.0
    (found,) = session.run(None, {"x": states})
    wanted = states @ WEIGHT + (0.0 if kind == "MatMul" else BIAS)
    found = found.reshape(wanted.shape)
    size = np.abs(states).max(axis=-1, keepdims=True) * np.abs(WEIGHT).max(axis=0) * 48
    assert (np.abs(found - wanted) <= size * (0.5 / 127 + 0.5 / 63)).all()
    for row in range(5):
        (alone,) = session.run(None, {"x": states[row : row + 1]})
        assert np.array_equal(alone.reshape(7, 20), found[row])


def test_a_large_table_becomes_integers_and_a_small_one_stays():
    for rows, integers in ((1_000, True), (999, False)):
        table = GENERATOR.normal(size=(rows, 6)).astype(np.float32)
        node = helper.make_node("Gather", ["table", "x"], ["y"])
        model, session = session_of([node], {"table": table}, kind=TensorProto.INT64, shape=("n",), out=2)
        kinds = {tensor.data_type for tensor in model.graph.initializer}
        assert (TensorProto.INT8 in kinds) is integers
        (found,) = session.run(None, {"x": np.array([3, 0, rows - 1])})
        assert found == pytest.approx(table[[3, 0, rows - 1]], abs=float(np.abs(table).max()) / 127)
    assert TensorProto.FLOAT in kinds


def test_a_head_of_pooled_features_stays_as_it_is():
    nodes = [
        helper.make_node("ReduceMean", ["x", "axes"], ["pooled"], keepdims=0),
        helper.make_node("Gemm", ["pooled", "weight", "bias"], ["y"]),
    ]
    weights = {"weight": WEIGHT, "bias": BIAS, "axes": np.array([1], dtype=np.int64)}
    model, _session = session_of(nodes, weights, out=2)
    assert [node.op_type for node in model.graph.node] == ["ReduceMean", "Gemm"]
    assert {tensor.name for tensor in model.graph.initializer} == set(weights)
