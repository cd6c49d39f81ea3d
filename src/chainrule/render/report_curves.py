"""The curves of trainings as charts: losses, scores, gradients layer by layer."""

from collections.abc import Sequence

from ..observed import Curve
from .chart import Frame, Line, legend, line_chart
from .report_words import Page, Value, mean_points, numbered, points_of

SHADES = 8  # that layers are told apart by


def learning_charts(page: Page) -> str:
    """Return the chart of the losses, and that of the scores, with what their lines mean."""
    folds, whole = page.folds, page.whole
    entries = []
    if folds:
        mean = "mean, each fold thin" if len(folds) > 1 else folds[0].label
        entries = [
            ("training mean", f"rows trained on ({mean})"),
            ("held-out mean", f"rows held out ({mean})"),
        ]
    if whole:
        entries.append(("whole", "final training, on all rows"))
    score = "R²" if page.is_regression else "accuracy"
    frames = (
        Frame("Loss by epoch", page.says_of_losses, "epoch", "loss"),
        Frame(
            f"{score} by epoch",
            f"The {score} of rows trained on and of rows held out, after each epoch.",
            "epoch",
            score,
            percent=not page.is_regression,
            log=False,
            least=-0.5,
        ),
    )
    losses = (lambda e: e.training_loss, lambda e: e.held_out_loss)
    scores = (lambda e: e.training_score, lambda e: e.held_out_score)
    charts = [
        line_chart(frame, _learning_lines(folds, whole, *values))
        for frame, values in zip(frames, (losses, scores), strict=True)
    ]
    return f'{legend(entries)}\n<div class="pair">\n{charts[0]}\n{charts[1]}\n</div>'


def gradient_charts(page: Page) -> str:
    """Return the chart of each layer's gradient and that of its updates, of the training kept."""
    curve = page.whole or page.curves[-1]
    seen = [epoch for epoch in curve.epochs if epoch.looked_at]
    if not seen:
        return ""
    layers = range(len(seen[0].gradient_norms))
    names = [f"layer {place + 1}, {page.layer_name(place)}" for place in layers]
    kinds = [f"layer shade{_shade(place, len(layers))}" for place in layers]
    norms = [
        Line(names[k], kinds[k], [(e.number, e.gradient_norms[k]) for e in seen]) for k in layers
    ]
    ratios = [
        Line(names[k], kinds[k], [(e.number, e.update_ratios[k]) for e in seen]) for k in layers
    ]
    frames = (
        Frame(
            "Gradient of each layer by epoch",
            "The norm of the gradient of the loss by each layer's weights, after each epoch.",
            "epoch",
            "‖∂L/∂W‖",
        ),
        Frame(
            "Change of each layer's weights by epoch",
            "How much an epoch changes each layer's weights, as a share of them.",
            "epoch",
            "‖ΔW‖ / ‖W‖ an epoch",
        ),
    )
    entries = [(kind, numbered(name)) for kind, name in zip(kinds, names, strict=True)]
    charts = [
        line_chart(frame, lines) for frame, lines in zip(frames, (norms, ratios), strict=True)
    ]
    return f'{legend(entries)}\n<div class="pair">\n{charts[0]}\n{charts[1]}\n</div>'


def _shade(place: int, count: int) -> int:
    return place if count <= SHADES else place * SHADES // count


def _learning_lines(
    folds: Sequence[Curve], whole: Curve | None, trained: Value, held_out: Value
) -> list[Line]:
    """Return each fold's lines, thin, above them the means and the final training."""
    lines = []
    if len(folds) > 1:
        for kind, value in (("training", trained), ("held-out", held_out)):
            lines += [
                Line(curve.label, f"{kind} fold", points_of(curve.epochs, value)) for curve in folds
            ]
    if whole is not None:
        lines.append(Line("final training, on all rows", "whole", points_of(whole.epochs, trained)))
    for kind, value in (("training", trained), ("held-out", held_out)):
        lines.append(Line(f"{kind}, mean", f"{kind} mean", mean_points(folds, value)))
    return lines
