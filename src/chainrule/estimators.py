"""MLPClassifier and MLPRegressor: the network as scikit-learn estimators, gradients included.

Names and defaults are scikit-learn's; docs/coming-from-scikit-learn.md lists what is added.
`compute_loss` is J over the rows given, which a full batch descends (a minibatch, as
scikit-learn's, divides the penalty by its own rows), and `gradients` is exactly J's gradient.
"""

from .classifier import MLPClassifier
from .regressor import MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]
