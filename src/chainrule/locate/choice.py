"""Which of the losses a program may descend explains it best."""

from collections.abc import Sequence
from dataclasses import dataclass

from .cotangents import NotDifferentiable
from .descent import Fit, fits
from .draws import Values
from .fingerprints import Index, over
from .losses import Candidate
from .match import differentiate
from .reading import flat
from .step import Step

_FORMS = ("written", "half_squared_error", "softmax_cross_entropy", "binary_cross_entropy")
_REPLAYS = 3  # to choose; all of them judge


@dataclass(frozen=True, slots=True)
class Tried:
    """A candidate and how well it explains a step.

    Attributes:
        right: share of the parameters that descend its gradient.
        held: share of the parameters whose gradient the backward pass holds somewhere.
        known: share of the forward pass's gradients that the backward pass holds.
    """

    candidate: Candidate
    fits: list[Fit]
    right: float
    held: float
    known: float

    @property
    def score(self) -> tuple[float, float, float, float]:
        """What the choice goes by, best first."""
        form = self.candidate.form
        liking = _FORMS.index(form) if form in _FORMS else len(_FORMS)
        explained = max(self.right, self.held)
        if explained == 1.0:  # equal in what counts: the written one is the one meant
            return (2.0, self.right, -liking, self.known)
        if explained:  # something is wrong: the usual loss is the one meant
            return (1.0, -liking, explained, self.known)
        return (0.0, float(form == "written"), self.known, -liking)


def _backward_index(step: Step, replayed: Sequence[Values]) -> Index:
    """Return the fingerprints of all that the new parameters are computed from."""
    index = Index()
    used = step.ancestors([node for one in step.learned for node in one.new])
    for number in sorted(used):
        vector = over(replayed, number)
        if vector is not None:
            index.add(number, vector)
    return index


def _try(step: Step, candidate: Candidate, replayed: Sequence[Values], index: Index) -> Tried:
    forward, found = differentiate(step, candidate, replayed)
    judged = fits(step, replayed, found)
    weights = [len(one.chains) for one in step.learned]
    total = sum(weights)
    right = sum(w for w, fit in zip(weights, judged, strict=True) if fit.kind == "descends")
    if all(not fit.scale for fit in judged):
        right = 0
    own = {node.number for node in forward}
    known = held = 0
    for number in found[0]:
        hits = index.find(flat([one[number] for one in found]))
        hit = any(label not in own for label, _ in hits)
        known += hit
        held += hit and number in step.old
    return Tried(
        candidate, judged, right / total, held / len(step.old), known / max(1, len(found[0]))
    )


def choose(step: Step, candidates: Sequence[Candidate], replayed: Sequence[Values]) -> list[Tried]:
    """Return the candidates that can be differentiated, the best explanation first.

    Raises:
        NotDifferentiable: none of them can; it names the operation.
    """
    some = replayed[:_REPLAYS]
    index = _backward_index(step, some)
    tried, without_rule = list[Tried](), None
    for candidate in candidates:
        try:
            tried.append(_try(step, candidate, some, index))
        except NotDifferentiable as error:  # a loss of functions that have no rule is not tried
            without_rule = error
    if without_rule is not None and not tried:
        raise without_rule
    tried.sort(key=lambda one: one.score, reverse=True)
    if tried and tried[0].candidate.value is None and any(fit.decay for fit in tried[0].fits):
        # weights decay: a written loss with a penalty says which of them are meant to
        written = [one for one in tried if one.candidate.value is not None and one.right]
        tried = written[:1] + [one for one in tried if one not in written[:1]]
    return tried
