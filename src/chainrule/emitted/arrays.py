"""The program in NumPy: all rows at once, a line for each partial derivative."""

from .layout import assigned, block, function, indented, listed, returned
from .losses import FUSED_BECAUSE
from .plan import Layer, Plan
from .samples import prediction, result

_CHECKED = """
    largest, step = 0.0, 1e-6
    for weights, gradient in zip(parameters, gradients):
        for place in list(np.ndindex(weights.shape))[:5]:
            kept = weights[place]
            weights[place] = kept + step
            above = loss(forward(X, *parameters)$chosen, y)
            weights[place] = kept - step
            below = loss(forward(X, *parameters)$chosen, y)
            weights[place] = kept
            slope = (above - below) / (2 * step)
            apart = abs(slope - gradient[place])
            largest = max(largest, apart / max(abs(slope), abs(gradient[place]), 1e-3))
    print(f"largest relative difference: {largest:.1e}")
"""


def array_functions(plan: Plan) -> list[str]:
    """Return the functions of the program that follow the loss."""
    return [
        _forward(plan),
        _backward(plan),
        _train(plan),
        _predict(plan),
        _check(plan),
        _start_weights(plan),
        _main(plan),
    ]


def _parameters(plan: Plan) -> list[str]:
    return [f"{kind}{layer.number}" for layer in plan.layers for kind in "Wb"]


def _gradients(plan: Plan) -> list[str]:
    return [f"d{name}" for name in _parameters(plan)]


def _values(plan: Plan) -> list[str]:
    """What the forward pass returns: all a, and those z that the loss or a derivative takes."""
    names = []
    for layer in plan.layers:
        of_loss = layer is plan.output and plan.is_fused
        if of_loss or (layer.activation and layer.by == "z"):
            names.append(f"z{layer.number}")
        names.append(f"a{layer.number}")
    return names


def _chosen(plan: Plan, name: str) -> str:
    """The index that takes one value out of what the forward pass returns; of one alone none."""
    names = _values(plan)
    return f"[{names.index(name) - len(names)}]" if len(names) > 1 else ""


def _of_loss(plan: Plan) -> str:
    return f"{'z' if plan.is_fused else 'a'}{plan.output.number}"


def _backward_arguments(plan: Plan) -> list[str]:
    return ["X", "y", *(f"W{layer.number}" for layer in plan.layers[1:]), *_values(plan)]


def _before(layer: Layer) -> str:
    return f"a{layer.number - 1}" if layer.number > 1 else "X"


def _forward(plan: Plan) -> str:
    body = []
    for layer in plan.layers:
        number, shape = layer.number, f"(n, {layer.n_out})"
        value = f"{layer.activation}(z{number})" if layer.activation else f"z{number}"
        body.append(f"z{number} = {_before(layer)} @ W{number} + b{number}  # {shape}")
        body.append(f"a{number} = {value}  # {shape}")
    says = "Return what loss and backward take; the last a are the predictions."
    return function("forward", ["X", *_parameters(plan)], says, body + returned(_values(plan)))


def _backward(plan: Plan) -> str:
    body = _error_signal(plan)
    for layer in reversed(plan.layers):
        number, before = layer.number, _before(layer)
        if layer is not plan.output:
            body.append(_through_activation(layer))
        body.append(
            f"dW{number} = {before}.T @ dz{number}  "
            f"# ∂J/∂W{number} = Σ_rows ∂J/∂z{number} · ∂z{number}/∂W{number}   "
            f"({layer.n_in}, {layer.n_out})"
        )
        body.append(
            f"db{number} = dz{number}.sum(axis=0)  "
            f"# ∂J/∂b{number} = Σ_rows ∂J/∂z{number} · 1   ({layer.n_out},)"
        )
        if number > 1:
            body.append(
                f"d{before} = dz{number} @ W{number}.T  "
                f"# ∂J/∂{before} = Σ_units ∂J/∂z{number} · ∂z{number}/∂{before}   "
                f"(n, {layer.n_in})"
            )
    says = "Return ∂J/∂ every weight and bias: the chain rule, from the loss to the inputs."
    return function("backward", _backward_arguments(plan), says, body + returned(_gradients(plan)))


def _error_signal(plan: Plan) -> list[str]:
    """∂J/∂a of the outputs, and ∂J/∂z."""
    layer = plan.output
    a, z, shape = f"a{layer.number}", f"z{layer.number}", f"(n, {layer.n_out})"
    if plan.is_fused:
        why = f"# {FUSED_BECAUSE[layer.activation]}"
        return [why, f"d{z} = {a} - y  # ∂J/∂{z} = ∂J/∂{a} · ∂{a}/∂{z}   {shape}"]
    signal = f"d{a} = loss_derivative({a}, y)  # ∂J/∂{a}   {shape}"
    if not plan.is_softmax:
        return [signal, _through_activation(layer)]
    return [
        signal,
        f"# ∂{a}_k/∂{z}_j = {a}_k(δ_jk − {a}_j): every output depends on every {z}",
        f"mean = np.sum(d{a} * {a}, axis=1, keepdims=True)  # (n, 1)",
        f"d{z} = (d{a} - mean) * {a}  # ∂J/∂{z}_j = Σ_k ∂J/∂{a}_k · ∂{a}_k/∂{z}_j   {shape}",
    ]


def _through_activation(layer: Layer) -> str:
    a, z, shape = f"a{layer.number}", f"z{layer.number}", f"(n, {layer.n_out})"
    if not layer.activation:
        return f"d{z} = d{a}  # ∂J/∂{z} = ∂J/∂{a} · 1, as {a} = {z}   {shape}"
    by = f"{layer.by}{layer.number}"
    slope = f"{layer.activation}_derivative({by})"
    return f"d{z} = d{a} * {slope}  # ∂J/∂{z} = ∂J/∂{a} · ∂{a}/∂{z}   {shape}"


def _train(plan: Plan) -> str:
    names = _parameters(plan)
    each = [
        *assigned(_values(plan), "forward", ["X", *names]),
        f"J = loss({_of_loss(plan)}, y)",
        "if epoch % every == 0:",
        '    print(f"epoch {epoch:4}  mean loss {J / n:.6f}")',
        *assigned(_gradients(plan), "backward", _backward_arguments(plan)),
        "# the descent, which is not chain rule: against the gradient, as a mean over the rows",
        *(f"{name} -= rate / n * d{name}" for name in names),
    ]
    body = [
        "n, every = len(X), max(1, epochs // 10)",
        "for epoch in range(epochs + 1):",
        *indented(each),
    ]
    says = "Descend on all rows at once; the weights change in place."
    return function("train", ["X", "y", *names, "epochs", "rate"], says, body)


def _predict(plan: Plan) -> str:
    says, text = prediction(plan)
    a = f"a{plan.output.number}"
    end = f"){_chosen(plan, a)}"
    body = [*listed(f"{a} = forward(", ["X", *_parameters(plan)], end), f"return {text}"]
    return function("predict", ["X", *_parameters(plan)], f"Return {says}.", body)


def _check(plan: Plan) -> str:
    names = _parameters(plan)
    first = [
        *assigned(_values(plan), "forward", ["X", *names]),
        *listed("gradients = backward(", _backward_arguments(plan), ")"),
        *listed("parameters = [", names, "]"),
    ]
    rest = block(_CHECKED, chosen=_chosen(plan, _of_loss(plan)))
    says = "Compare gradients with central differences of the loss, which know no chain rule."
    return function("check", ["X", "y", *names], says, [*first, *rest.splitlines()])


def _start_weights(plan: Plan) -> str:
    body = [
        f"W{layer.number} = rng.normal(size=({layer.n_in}, {layer.n_out})) / np.sqrt({layer.n_in})"
        for layer in plan.layers
    ]
    parts = [part for layer in plan.layers for part in (f"W{layer.number}", _biases(layer))]
    says = "Return weights of variance 1/n_in, and biases of 0.1."
    return function("start_weights", ["rng"], says, body + returned(parts))


def _biases(layer: Layer) -> str:
    return f"np.full({layer.n_out}, 0.1)"


def _main(plan: Plan) -> str:
    names = _parameters(plan)
    settings = [f"epochs={plan.epochs}", f"rate={plan.rate}"]
    body = [
        "rng = np.random.default_rng(1)",
        f"X, y = sample_rows(rng, {plan.n_rows})",
        *assigned(names, "start_weights", ["rng"]),
        'if "--check" in sys.argv:',
        *indented(listed("check(", ["X[:10]", "y[:10]", *names], ")")),
        "    return",
        *listed("train(", ["X", "y", *names, *settings], ")"),
        *listed("predicted = predict(", ["X", *names], ")"),
        *result(plan),
    ]
    return function("main", [], "Train on sample rows, or check the gradients.", body)
