"""The loss of a program: its value, which is what training prints, and its derivative by a."""

from ..derivation.expression import read_formula
from ..losses import FUSED as FUSED_LOSSES
from ..losses import LOSSES
from .expressions import Written, written_in
from .layout import Definitions, block, function
from .parts import parts
from .plan import Plan

_TERMS_OF_Z = {  # by NumPy's programs, where the loss is fused with its output activation
    ("logistic", "binary_cross_entropy"): "softplus(z) - y*z",
    ("exponential", "poisson"): "exp(z) - y*z",
}
_WITHOUT_CONSTANT = "a - y*log(a)"  # Poisson's, without log y!
_SLOPES = {"binary_cross_entropy": "(a - y)/max(a*(1 - a), 1e-300)"}  # 0 where a is y

_PYTHON_SOFTMAX = '''
    def softmax(zs):
        """a_j = e^z_j / Σ_k e^z_k; with the largest z taken off, nothing overflows."""
        largest = max(zs)
        powers = [math.exp(z - largest) for z in zs]
        total = sum(powers)
        return [power / total for power in powers]
'''
_NUMPY_SOFTMAX = '''
    def softmax(z):
        """a_j = e^z_j / Σ_k e^z_k; with the largest z taken off, nothing overflows."""
        powers = np.exp(z - z.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)
'''
_NUMPY_ENTROPY = '''
    def loss(z, y):
        """J = −Σ y log a over all rows, with log a_j = z_j − log Σ_k e^z_k, so never log 0."""
        z = z - z.max(axis=1, keepdims=True)
        log_a = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        return -np.sum(y * log_a)
'''
SOFTMAX = {"python": block(_PYTHON_SOFTMAX), "numpy": block(_NUMPY_SOFTMAX)}

FUSED_BECAUSE = {
    "logistic": "∂J/∂a = (a − y)/(a(1 − a)) and ∂a/∂z = a(1 − a), so the product is a − y",
    "softmax": "Σ_k ∂J/∂a_k · ∂a_k/∂z_j = Σ_k (−y_k/a_k) · a_k(δ_jk − a_j) = a_j − y_j",
    "exponential": "∂J/∂a = 1 − y/a and ∂a/∂z = a, so the product is a − y",
}
"""Output activation → why ∂J/∂z is a − y."""


def takes_z(plan: Plan) -> bool:
    """Whether the program's loss is a function of z."""
    return plan.is_fused and plan.language == "numpy"


def loss_formula(plan: Plan) -> str:
    """Return the loss in the notation of the package, as a function of a or of z."""
    key = (plan.architecture.output_activation, plan.architecture.loss.name)
    record = FUSED_LOSSES[key] if takes_z(plan) else LOSSES[plan.architecture.loss.name]
    return _of_outputs(plan, record.formula.replace(" + log y!", ""))


def _of_outputs(plan: Plan, formula: str) -> str:
    """The formula with the number of outputs in place of k."""
    return formula.replace("/k", f"/{plan.sizes[-1]}")


def loss_functions(plan: Plan) -> Definitions:
    """Return the definitions of `loss` and, unless it is fused, of `loss_derivative`."""
    if plan.is_softmax and takes_z(plan):
        return {"loss": block(_NUMPY_ENTROPY)}
    term = _term(plan)
    found = parts(plan.language, term.used) | {"loss": _loss(plan, term.text)}
    if not plan.is_fused:
        text = _SLOPES.get(plan.architecture.loss.name)
        by_a = plan.architecture.loss.by_a
        slope = _written(plan, text) if text else written_in(plan.language, by_a)
        formula = _of_outputs(plan, LOSSES[plan.architecture.loss.name].derivative_formula)
        body = [f"return {slope.text}"]
        found = parts(plan.language, slope.used) | found
        found["loss_derivative"] = function(
            "loss_derivative", ["a", "y"], f"∂J/∂a = {formula}.", body
        )
    return found


def _term(plan: Plan) -> Written:
    """What one output adds to the loss."""
    output, loss = plan.architecture.output_activation, plan.architecture.loss
    if takes_z(plan):
        return _written(plan, _TERMS_OF_Z[output, loss.name])
    if loss.name == "poisson":
        return _written(plan, _WITHOUT_CONSTANT)
    term = written_in(plan.language, loss.term)
    if "cross_entropy" not in loss.name:
        return term
    safe = term.text.replace("math.log(", "safe_log(").replace("np.log(", "safe_log(")
    return Written(safe, (*term.used, "safe_log"))


def _written(plan: Plan, text: str) -> Written:
    return written_in(plan.language, read_formula(text, "a").expression)


def _loss(plan: Plan, text: str) -> str:
    if plan.language == "numpy":
        by, says = "z" if plan.is_fused else "a", f"J = {loss_formula(plan)}, over all rows."
        return function("loss", [by, "y"], says, [f"return np.sum({text})"])
    says = f"What one output adds to J = {loss_formula(plan)}."
    return function("loss", ["a", "y"], says, [f"return {text}"])
