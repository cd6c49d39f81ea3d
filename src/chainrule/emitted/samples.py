"""The rows that a program draws, what it predicts of them, and how it says how well."""

from .layout import block
from .plan import Plan

_RULES = {
    "classes": "the class is the largest of {k} weighted sums of the inputs",
    "labels": "a label is 1 where a weighted sum of the inputs is positive",
    "counts": "a count is e^s rounded up, s a weighted sum of the inputs",
    "waves": "a target is the sine of a weighted sum of the inputs",
    "shares": "a target is (1 + sin s)/2, s a weighted sum of the inputs",
}
_TARGETS = {
    "python": {
        "classes": "1.0 if score == max(scores) else 0.0",
        "labels": "1.0 if score > 0 else 0.0",
        "counts": "float(math.ceil(math.exp(score)))",
        "waves": "math.sin(score)",
        "shares": "(1 + math.sin(score)) / 2",
    },
    "numpy": {
        "classes": "np.eye({k})[scores.argmax(axis=1)]",
        "labels": "(scores > 0).astype(float)",
        "counts": "np.ceil(np.exp(scores))",
        "waves": "np.sin(scores)",
        "shares": "(1 + np.sin(scores)) / 2",
    },
}
_ROWS = {
    "python": '''
        def sample_rows(n_rows):
            """Draw (inputs, targets): $rule."""
            weights = [[random.gauss(0, 1) for _ in range($n)] for _ in range($k)]
            rows = []
            for _ in range(n_rows):
                inputs = [random.gauss(0, 1) for _ in range($n)]
                scores = [sum(w * x for w, x in zip(ws, inputs)) for ws in weights]
                scores = [score / math.sqrt($n) for score in scores]
                targets = [$target for score in scores]
                rows.append((inputs, targets))
            return rows
    ''',
    "numpy": '''
        def sample_rows(rng, n_rows):
            """Draw X and y: $rule."""
            X = rng.normal(size=(n_rows, $n))
            scores = X @ rng.normal(size=($n, $k)) / np.sqrt($n)
            return X, $target
    ''',
}
_PREDICTIONS = {  # of outputs: the kind of targets → what it is, how it is found
    "python": {
        "classes": ("the class of a row, its largest output", "outputs.index(max(outputs))"),
        "labels": ("the labels of a row, 0 or 1", "[1 if a > 0.5 else 0 for a in outputs]"),
        "": ("the outputs of a row", "outputs"),
    },
    "numpy": {
        "classes": ("the class of each row, its largest output", "{a}.argmax(axis=1)"),
        "labels": ("the labels of each row, 0 or 1", "({a} > 0.5).astype(int)"),
        "": ("the outputs of each row", "{a}"),
    },
}
_RESULTS = {
    "python": {
        "classes": """
            right = sum(predict(network, x) == y.index(1) for x, y in rows)
            print(f"{right} of {len(rows)} rows right")
        """,
        "labels": """
            right = sum(predict(network, x) == y for x, y in rows)
            print(f"{right} of {len(rows)} rows right")
        """,
        "": """
            for x, y in rows[:3]:
                outputs = [round(a, 3) for a in predict(network, x)]
                print(f"predicted {outputs}, target {[round(value, 3) for value in y]}")
        """,
    },
    "numpy": {
        "classes": """
            right = np.sum(predicted == y.argmax(axis=1))
            print(f"{right} of {len(X)} rows right")
        """,
        "labels": """
            right = np.all(predicted == y, axis=1).sum()
            print(f"{right} of {len(X)} rows right")
        """,
        "": """
            for outputs, targets in zip(predicted[:3], y):
                print(f"predicted {outputs.round(3)}, target {targets.round(3)}")
        """,
    },
}


def sample_rows(plan: Plan) -> str:
    """Return the definition of `sample_rows`."""
    n, k = plan.sizes[0], plan.sizes[-1]
    rule = _RULES[plan.targets].format(k=k)
    target = _TARGETS[plan.language][plan.targets].format(k=k)
    return block(_ROWS[plan.language], n=n, k=k, rule=rule, target=target)


def prediction(plan: Plan) -> tuple[str, str]:
    """Return what `predict` returns, in words and as an expression of the outputs."""
    kinds = _PREDICTIONS[plan.language]
    says, text = kinds.get(plan.targets, kinds[""])
    return says, text.format(a=f"a{plan.output.number}")


def result(plan: Plan) -> list[str]:
    """Return the lines that say how well the rows are predicted."""
    kinds = _RESULTS[plan.language]
    return block(kinds.get(plan.targets, kinds[""])).splitlines()
