"""The program in plain Python: one row at a time, a network of lists and neurons."""

from .layout import block, function
from .losses import FUSED_BECAUSE
from .plan import Layer, Plan
from .samples import prediction, result

_NEW_NETWORK = '''
    def new_network():
        """Return layers of neurons, with weights of variance 1/n_in and biases of 0.1."""
        network = []
        for depth in range(1, len(SIZES)):
            n_in, n_out, layer = SIZES[depth - 1], SIZES[depth], []
            for _ in range(n_out):
                weights = [random.gauss(0, 1) / math.sqrt(n_in) for _ in range(n_in)]
                layer.append({"weights": weights, "bias": 0.1})
            network.append(layer)
        return network
'''
_NET_INPUT = '''
    def net_input(neuron, values):
        """z = bias + Σ weight · value."""
        z = neuron["bias"]
        for weight, value in zip(neuron["weights"], values):
            z += weight * value
        return z
'''
_TOTAL_LOSS = '''
    def total_loss(network, targets):
        """J, the loss of a row after its forward pass: summed over the outputs."""
        return sum(loss(neuron["a"], y) for neuron, y in zip(network[-1], targets))
'''
_UPDATE = '''
    def update(network, rate):
        """Move every weight against its gradient: the descent, which is not chain rule."""
        for layer in network:
            for neuron in layer:
                for j, dweight in enumerate(neuron["dweights"]):
                    neuron["weights"][j] -= rate * dweight
                neuron["bias"] -= rate * neuron["dbias"]
'''
_TRAIN = '''
    def train(network, rows, epochs, rate):
        """Descend row by row; the loss printed is the mean over the rows as they came."""
        every = max(1, epochs // 10)
        for epoch in range(epochs + 1):
            total = 0.0
            for inputs, targets in rows:
                forward(network, inputs)
                total += total_loss(network, targets)
                backward(network, inputs, targets)
                update(network, rate)
            if epoch % every == 0:
                print(f"epoch {epoch:4}  mean loss {total / len(rows):.6f}")
'''
_CHECK = '''
    def check(network, inputs, targets):
        """Compare gradients with central differences of the loss, which know no chain rule."""
        forward(network, inputs)
        backward(network, inputs, targets)
        largest, step = 0.0, 1e-6
        for layer in network:
            for neuron in layer:
                for j, gradient in enumerate(neuron["dweights"][:3]):
                    kept = neuron["weights"][j]
                    neuron["weights"][j] = kept + step
                    forward(network, inputs)
                    above = total_loss(network, targets)
                    neuron["weights"][j] = kept - step
                    forward(network, inputs)
                    below = total_loss(network, targets)
                    neuron["weights"][j] = kept
                    slope = (above - below) / (2 * step)
                    size = max(abs(slope), abs(gradient), 1e-3)
                    largest = max(largest, abs(slope - gradient) / size)
        print(f"largest relative difference: {largest:.1e}")
'''
_FORWARD_HIDDEN = """
    for $layers:
        for neuron in layer:
            neuron["z"] = net_input(neuron, values)
            neuron["a"] = $value
        values = [neuron["a"] for neuron in layer]
"""
_FORWARD_OUTPUT = """
    for neuron in network[-1]:
        neuron["z"] = net_input(neuron, values)
        neuron["a"] = $value
    return [neuron["a"] for neuron in network[-1]]
"""
_FORWARD_SOFTMAX = """
    for neuron in network[-1]:
        neuron["z"] = net_input(neuron, values)
    outputs = softmax([neuron["z"] for neuron in network[-1]])
    for neuron, a in zip(network[-1], outputs):
        neuron["a"] = a
    return outputs
"""
_FUSED_SIGNAL = """
    for neuron, y in zip(network[-1], targets):
        # ∂J/∂z = ∂J/∂a · ∂a/∂z, multiplied out:
        # $why
        neuron["dz"] = neuron["a"] - y
"""
_SIGNAL = """
    for neuron, y in zip(network[-1], targets):
        # ∂J/∂a, the derivative of the loss
        neuron["da"] = loss_derivative(neuron["a"], y)
        # ∂J/∂z = $factors
        neuron["dz"] = $slope
"""
_SOFTMAX_SIGNAL = """
    for neuron, y in zip(network[-1], targets):
        # ∂J/∂a, the derivative of the loss
        neuron["da"] = loss_derivative(neuron["a"], y)
    mean = sum(neuron["da"] * neuron["a"] for neuron in network[-1])
    for neuron in network[-1]:
        # ∂J/∂z_j = Σ_k ∂J/∂a_k · ∂a_k/∂z_j, and ∂a_k/∂z_j = a_k(δ_jk − a_j)
        neuron["dz"] = (neuron["da"] - mean) * neuron["a"]
"""
_HIDDEN_SIGNAL = """
    for depth in reversed(range(len(network) - 1)):$table
        for j, neuron in enumerate(network[depth]):
            # ∂J/∂a = Σ ∂J/∂z · ∂z/∂a over the next layer's neurons; ∂z/∂a is the weight
            neuron["da"] = 0.0
            for following in network[depth + 1]:
                neuron["da"] += following["dz"] * following["weights"][j]
            # ∂J/∂z = $factors
            neuron["dz"] = $slope
"""
_PARAMETERS = """
    values = inputs
    for layer in network:
        for neuron in layer:
            # ∂J/∂weight = ∂J/∂z · ∂z/∂weight, and ∂z/∂weight is the value it multiplies
            neuron["dweights"] = [neuron["dz"] * value for value in values]
            # ∂J/∂bias = ∂J/∂z · ∂z/∂bias, and ∂z/∂bias is 1
            neuron["dbias"] = neuron["dz"]
        values = [neuron["a"] for neuron in layer]
"""


def neuron_functions(plan: Plan) -> list[str]:
    """Return the functions of the program that follow the loss."""
    return [
        block(_NEW_NETWORK),
        block(_NET_INPUT),
        _forward(plan),
        block(_TOTAL_LOSS),
        _backward(plan),
        block(_UPDATE),
        block(_TRAIN),
        _predict(plan),
        block(_CHECK),
        _main(plan),
    ]


def table(plan: Plan) -> str:
    """Return the table of the hidden layers' activations, where they differ."""
    pairs = [f"    ({one.activation}, {one.activation}_derivative)," for one in plan.hidden]
    return "\n".join(["HIDDEN = [  # of each hidden layer: activation, derivative", *pairs, "]"])


def _forward(plan: Plan) -> str:
    body = ["values = inputs"]
    if plan.hidden:
        of_layer = "(activation, _), layer in zip(HIDDEN, network)"
        value = "activation" if plan.has_table else plan.hidden[0].activation
        body += block(
            _FORWARD_HIDDEN,
            layers=of_layer if plan.has_table else "layer in network[:-1]",
            value=_value(value),
        ).splitlines()
    text = _FORWARD_SOFTMAX if plan.is_softmax else _FORWARD_OUTPUT
    body += block(text, value=_value(plan.output.activation)).splitlines()
    says = "Store z and a of every neuron; return the outputs."
    return function("forward", ["network", "inputs"], says, body)


def _value(activation: str) -> str:
    return f'{activation}(neuron["z"])' if activation else 'neuron["z"]'


def _backward(plan: Plan) -> str:
    output = plan.output
    if plan.is_fused:
        body = block(_FUSED_SIGNAL, why=FUSED_BECAUSE[output.activation])
    elif plan.is_softmax:
        body = block(_SOFTMAX_SIGNAL)
    else:
        body = block(_SIGNAL, **_slope(output, output.activation))
    if plan.hidden:
        hidden = plan.hidden[0]
        name = "" if plan.has_table else hidden.activation
        parts = _slope(hidden, name)
        lookup = ""
        if plan.has_table:
            lookup = "\n    _, derivative = HIDDEN[depth]"
            parts = _product(f'derivative(neuron["{hidden.by}"])')
        body += "\n" + block(_HIDDEN_SIGNAL, table=lookup, **parts)
    body += "\n" + block(_PARAMETERS)
    says = "Store ∂J/∂ every z, a, weight and bias: the chain rule, last layer first."
    return function("backward", ["network", "inputs", "targets"], says, body.splitlines())


def _slope(layer: Layer, activation: str) -> dict[str, str]:
    """∂J/∂z from ∂J/∂a, as a comment and as code."""
    if not activation:
        return {"factors": "∂J/∂a · 1, as a = z", "slope": 'neuron["da"]'}
    return _product(f'{activation}_derivative(neuron["{layer.by}"])')


def _product(derivative: str) -> dict[str, str]:
    return {"factors": "∂J/∂a · ∂a/∂z", "slope": f'neuron["da"] * {derivative}'}


def _predict(plan: Plan) -> str:
    says, text = prediction(plan)
    body = ["outputs = forward(network, inputs)", f"return {text}"]
    if text == "outputs":
        body = ["return forward(network, inputs)"]
    return function("predict", ["network", "inputs"], f"Return {says}.", body)


def _main(plan: Plan) -> str:
    body = [
        "random.seed(1)",
        f"rows = sample_rows({plan.n_rows})",
        "network = new_network()",
        'if "--check" in sys.argv:',
        "    check(network, *rows[0])",
        "    return",
        f"train(network, rows, epochs={plan.epochs}, rate={plan.rate})",
        *result(plan),
    ]
    return function("main", [], "Train on sample rows, or check the gradients.", body)
