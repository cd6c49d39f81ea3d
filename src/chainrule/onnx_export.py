"""A trained network as an ONNX model: `to_onnx`, from the columns to labels and probabilities."""

import os
from types import ModuleType
from typing import Any

import numpy as np

from . import __version__
from .activations import Activation
from .chain import Array
from .columns import LARGEST, numbers_that_mean_missing
from .encoding import Feature, Scaling
from .errors import InputError
from .files import write_atomically
from .formats import TableFormat
from .kept import KeptNetwork
from .network import Network
from .onnx_formulas import formula_nodes
from .onnx_graph import ACTIVATION_OPERATORS, Graph, Value
from .parameters import Parameters

OPSET, OPSET_ML, IR_VERSION = 17, 3, 8  # onnxruntime 1.14 and newer
INPUT = "X"


def to_onnx(model: Any, path: str | os.PathLike[str] | None = None) -> Any:
    """Return a model as an `onnx.ModelProto`, checked; with a path, write it there too.

    A model of a table takes its columns, one input each by name, (rows, 1): numbers as doubles,
    text as strings.  What training learned of them is in the file: scaling, categories, what is
    filled in where a number is NaN or a text "".  An estimator takes `X`, (rows, n_features), of
    its own precision.  Outputs are `label` and `probabilities`, or `prediction` for numbers.

    An unknown category makes onnxruntime fail, as `predict` does, unless the model ignores it.

    Raises:
        InputError: if onnx is not installed, or an activation is a Python function.
    """
    onnx = _onnx()
    table = hasattr(model, "kept")
    estimator = model.estimator if table else model
    if not hasattr(estimator, "parameters_"):
        raise InputError(
            "`model` must be a fitted MLPClassifier or MLPRegressor, or a model that `load` "
            f"returned; got {type(model).__name__}."
        )
    parameters = estimator.parameters_
    g = Graph(np.float64 if table else parameters.flat.dtype)
    if table:
        kept: KeptNetwork = model.kept
        inputs, scaled = _columns(onnx, g, kept)
        if parameters.flat.dtype != g.dtype:
            g.dtype = parameters.flat.dtype
            scaled = g.add("Cast", scaled, to=_type(onnx, g.dtype))
        undo = kept.target_scaling
    else:
        kind, scaled, undo = _type(onnx, g.dtype), INPUT, None
        width = parameters.layer_sizes[0]
        inputs = [onnx.helper.make_tensor_value_info(INPUT, kind, ["rows", width])]
    values = _network(g, estimator.network_, parameters, scaled)
    outputs = _outputs(onnx, g, estimator, values, undo)
    proto = _assembled(onnx, g, inputs, outputs)
    onnx.checker.check_model(proto, full_check=True)
    if path is not None:
        write_atomically(path, proto.SerializeToString())
    return proto


def _onnx() -> ModuleType:
    try:
        import onnx
    except ImportError as error:
        raise InputError(
            'onnx is not installed, which `to_onnx` needs: pip install "chainrule[onnx]".'
        ) from error
    module: ModuleType = onnx
    return module


def _type(onnx: ModuleType, dtype: Any) -> int:
    return int(onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))


def _columns(onnx: ModuleType, g: Graph, kept: KeptNetwork) -> tuple[list[Any], Value]:
    """Return an input a column, and the network's inputs, scaled, (rows, n_inputs)."""
    text, number = onnx.TensorProto.STRING, onnx.TensorProto.DOUBLE
    inputs, parts, place = [], [], 0
    g.taken = {feature.name for feature in kept.features}
    for feature in kept.features:
        kind = number if feature.categories is None else text
        inputs.append(onnx.helper.make_tensor_value_info(feature.name, kind, ["rows", 1]))
        end = place + len(feature.inputs)
        fill = kept.scaling.fill[place:end]
        parts.append(_filled(g, feature, fill, kept))
        place = end
    whole = parts[0] if len(parts) == 1 else g.add("Concat", *parts, axis=1)
    return inputs, _scaled(g, whole, kept.scaling)


def _filled(g: Graph, feature: Feature, fill: Array, kept: KeptNetwork) -> Value:
    """Return a column's inputs before scaling, what is missing filled in."""
    if feature.categories is None:
        usable = g.add("LessOrEqual", g.add("Abs", feature.name), g.number(LARGEST))
        value = g.where(usable, feature.name, g.constant(fill))
        words = TableFormat(missing_words=kept.spelling.missing_words)
        for number in sorted(numbers_that_mean_missing(words)):
            value = g.where(g.add("Equal", feature.name, g.number(number)), g.constant(fill), value)
        return value
    n = len(feature.categories)
    absent = sorted({"", *kept.spelling.missing_words})
    code = g.add(
        "LabelEncoder",
        feature.name,
        keys_strings=[*feature.categories, *absent],
        values_int64s=[*range(n), *[n] * len(absent)],
        default_int64=n + 1,
    )
    if (
        kept.unseen == "error"
    ):  # a code that is none of these is out of the bounds of a list of them
        code = g.add("Gather", g.constant(np.arange(n + 1)), code, axis=0)
    hot = g.add("Equal", code, g.constant(np.arange(n)))
    one_hot = g.where(hot, g.number(1), g.number(0))
    return g.where(g.add("Equal", code, g.constant(np.array(n))), g.constant(fill), one_hot)


def _scaled(g: Graph, x: Value, scaling: Scaling) -> Value:
    return g.add("Div", g.add("Sub", x, g.constant(scaling.center)), g.constant(scaling.scale))


def _network(g: Graph, network: Network, parameters: Parameters, value: Value) -> Value:
    """Return the network's outputs."""
    for layer, (W, b) in enumerate(zip(parameters.W, parameters.b, strict=True)):
        value = g.add("Add", g.add("MatMul", value, g.constant(W)), g.constant(b))
        if layer < len(network.hidden):
            value = _activation(g, network.hidden[layer], value)
    return ACTIVATION_OPERATORS[network.output_activation](g, value)


def _activation(g: Graph, activation: Activation, z: Value) -> Value:
    text = getattr(activation.value, "text", None)
    if text is not None:
        from .formula_activation import code_of_activation

        code = code_of_activation(text)
        return formula_nodes(g, code.lines, code.value_line, z)
    from .kept_settings import described_settings

    name = described_settings({"activation": activation})["activation"]  # refuses a function
    return ACTIVATION_OPERATORS[name](g, z)


def _outputs(
    onnx: ModuleType, g: Graph, estimator: Any, values: Value, undo: Scaling | None
) -> list[Any]:
    """Add what makes labels, probabilities or numbers of the outputs, and describe them."""
    info, kind = onnx.helper.make_tensor_value_info, _type(onnx, g.dtype)
    n_outputs = estimator.n_outputs_
    if not hasattr(estimator, "classes_"):
        shape = ["rows"] if n_outputs == 1 else ["rows", n_outputs]
        if undo is not None:
            values = g.add("Mul", values, g.constant(undo.scale))
            values = g.add("Add", values, g.constant(undo.center))
        if n_outputs == 1:
            found = g.add("Squeeze", values, g.constant(np.array([1])), name="prediction")
        else:
            found = g.add("Identity", values, name="prediction")
        return [info(found, kind, shape)]
    classes = estimator.classes_
    if estimator._multilabel:
        values = g.add("Max", g.add("Min", values, g.number(1)), g.number(0))
        above = g.add("Greater", values, g.number(0.5))
        found = g.add("Cast", above, name="label", to=onnx.TensorProto.INT64)
        label = info(found, onnx.TensorProto.INT64, ["rows", n_outputs])
    else:
        values = _shares(g, values, n_outputs, estimator._one_unit)
        at = g.add("ArgMax", values, axis=1, keepdims=0)
        of_text = classes.dtype.kind in "UO"
        names = classes.astype(object) if of_text else classes
        found = g.add("Gather", g.constant(names), at, name="label", axis=0)
        label_type = onnx.TensorProto.STRING if of_text else _type(onnx, classes.dtype)
        label = info(found, label_type, ["rows"])
    shares = g.add("Identity", values, name="probabilities")
    return [label, info(shares, kind, ["rows", len(classes)])]


def _shares(g: Graph, values: Value, n_outputs: int, one_unit: bool) -> Value:
    """Return probabilities as `shares_of` makes them."""
    if one_unit:
        return g.add("Concat", g.add("Sub", g.number(1), values), values, axis=1)
    largest = g.add("ReduceMax", values, axes=[1], keepdims=1)
    cut = g.add("Max", values, g.number(0))
    top = g.where(g.add("Equal", values, largest), g.number(1), g.number(0))
    shares = g.where(g.add("Greater", largest, g.number(0)), cut, top)
    total = g.add("ReduceSum", shares, g.constant(np.array([1])), keepdims=1)
    return g.add("Div", shares, total) if n_outputs > 1 else shares


def _assembled(onnx: ModuleType, g: Graph, inputs: list[Any], outputs: list[Any]) -> Any:
    """Return the model of a graph."""
    helper = onnx.helper
    nodes = [
        helper.make_node(
            operator,
            list(given),
            [output],
            domain="ai.onnx.ml" if operator == "LabelEncoder" else "",
            **attributes,
        )
        for operator, given, output, attributes in g.nodes
    ]
    constants = [
        onnx.numpy_helper.from_array(np.ascontiguousarray(array).reshape(array.shape), name)
        for name, array in g.constants.items()
    ]
    graph = helper.make_graph(nodes, "chainrule", inputs, outputs, constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", OPSET_ML)]
    return helper.make_model(
        graph,
        opset_imports=opsets,
        ir_version=IR_VERSION,
        producer_name="chainrule",
        producer_version=__version__,
    )
