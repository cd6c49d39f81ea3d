"""What formulas call and neither Python nor NumPy has: the program defines it."""

from ..derivation.targets import PYTHON
from .layout import Definitions, block

_PYTHON_LOGISTIC = '''
    def logistic(z):
        """a = 1/(1 + e^−z), which is e^z/(1 + e^z): the exponent is never large."""
        if z < 0:
            return math.exp(z) / (1 + math.exp(z))
        return 1 / (1 + math.exp(-z))
'''
_PYTHON_SOFTPLUS = '''
    def softplus(z):
        """a = log(1 + e^z), which is z + log(1 + e^−z): the exponent is never large."""
        if z < 0:
            return math.log1p(math.exp(z))
        return z + math.log1p(math.exp(-z))
'''
_PYTHON_NORMAL_CDF = '''
    def normal_cdf(z):
        """Φ(z): how much of the standard normal distribution lies below z."""
        return math.erfc(-z / math.sqrt(2)) / 2
'''
_NUMPY_LOGISTIC = '''
    def logistic(z):
        """a = 1/(1 + e^−z); e^−|z| never overflows."""
        decay = np.exp(-np.abs(z))
        return np.where(z > 0, 1, decay) / (1 + decay)
'''
_NUMPY_SOFTPLUS = '''
    def softplus(z):
        """a = log(1 + e^z) = log(e^0 + e^z), which overflows for no z."""
        return np.logaddexp(0, z)
'''
_NUMPY_NORMAL_CDF = '''
    def normal_cdf(z):
        """Φ(z): how much of the standard normal distribution lies below z."""
        return np.vectorize(math.erfc)(-z / math.sqrt(2)) / 2
'''
_NUMPY_ERF = '''
    def erf(u):
        """The error function, element by element."""
        return np.vectorize(math.erf)(u)
'''
_PYTHON_SAFE_LOG = '''
    def safe_log(u):
        """log u, which for u = 0 is not −∞ but −690."""
        return math.log(max(u, 1e-300))
'''
_NUMPY_SAFE_LOG = '''
    def safe_log(u):
        """log u, which for u = 0 is not −∞ but −690."""
        return np.log(np.maximum(u, 1e-300))
'''
_SAYS = {
    "exp": "e^u, infinite where a float cannot hold it.",
    "expm1": "e^u − 1, infinite where a float cannot hold it.",
    "sinh": "(e^u − e^−u)/2, infinite where a float cannot hold it.",
    "cosh": "(e^u + e^−u)/2, infinite where a float cannot hold it.",
    "sign": "1 for positive numbers, −1 for negative ones, 0 for 0.",
}
"""What is said of those functions that the code of a formula calls."""


def _explained(text: str, says: str) -> str:
    head, body = text.strip().split("\n", 1)
    return f'{head}\n    """{says}"""\n{body}'


_PARTS: dict[str, Definitions] = {
    "python": {name: _explained(PYTHON.helpers[name], says) for name, says in _SAYS.items()}
    | {
        "logistic": block(_PYTHON_LOGISTIC),
        "softplus": block(_PYTHON_SOFTPLUS),
        "normal_cdf": block(_PYTHON_NORMAL_CDF),
        "safe_log": block(_PYTHON_SAFE_LOG),
    },
    "numpy": {
        "logistic": block(_NUMPY_LOGISTIC),
        "softplus": block(_NUMPY_SOFTPLUS),
        "normal_cdf": block(_NUMPY_NORMAL_CDF),
        "erf": block(_NUMPY_ERF),
        "safe_log": block(_NUMPY_SAFE_LOG),
    },
}


def parts(language: str, names: tuple[str, ...]) -> Definitions:
    """Return the definitions of those functions that the language does not have."""
    return {name: _PARTS[language][name] for name in names if name in _PARTS[language]}
