"""The sentences of `where`, the same in every form that is read by people."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..locate.record import Fault, Kind, Line, Note, Parameter, Report, cell_of

_NUMBERS = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"]
_MOST_NAMES = 6  # listed in a sentence; the rest are counted

KINDS: dict[Kind, str] = {
    "missing-factor": "a local derivative is left out",
    "extra-factor": "a factor is there that does not belong to the product",
    "wrong-derivative": "not the derivative of what the forward pass applies",
    "wrong-sign": "the sign is wrong",
    "wrong-scale": "a constant factor is wrong for this parameter alone",
    "wrong-sum": "summed or averaged over the wrong axis, or not summed",
    "wrong-operand": "another layer's, another index's or an unrelated value is used",
    "stale-value": "a value was overwritten between the forward pass and its use",
    "updated-too-early": "the parameter has been changed in this step already",
    "missing-path": "one summand of the total derivative is lost",
    "missing-gradient": "a parameter of the forward pass is never updated",
    "swapped-parameters": "one parameter gets the gradient of another",
    "loss-value-as-gradient": "the value of the loss is used as its derivative",
    "overwritten-gradient": "assigned where it is to be added up",
    "forward-mismatch": "the backward pass differentiates another function",
}
ROLES = {
    "forward": "forward pass",
    "loss": "the loss, J",
    "error_signal": "error signal",
    "local_derivative": "local derivative",
    "chain_rule": "chain rule",
    "parameter_gradient": "gradient of a parameter",
    "update": "update",
    "unknown": "not recognised",
}
BACKWARD = ("error_signal", "local_derivative", "chain_rule", "parameter_gradient")


def place(report: Report, line: int, file: str | None = None) -> str:
    """Return where a line is: "line 58", in a notebook "cell 3, line 5", in a module its file."""
    if file is not None:
        return f"{file}, line {line}"
    cell = cell_of(line, report.cells)
    return f"line {line}" if cell is None else f"cell {cell[0]}, line {cell[1]}"


def places(report: Report, lines: Iterable[int], file: str | None = None) -> str:
    """Return where several lines are: "lines 18 and 19"."""
    numbers = sorted(set(lines))
    if file is not None:
        return f"{places(replace(report, cells=()), numbers)} of {file}"
    if report.cells or len(numbers) == 1:
        return listed(place(report, number) for number in numbers)
    return f"lines {listed(map(str, numbers))}"


def counted(count: int, singular: str, plural: str | None = None) -> str:
    """Return a number of things in words.

    >>> counted(1, "line"), counted(12, "line")
    ('One line', '12 lines')
    """
    number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
    return f"{number} {singular if count == 1 else plural or singular + 's'}"


def listed(items: Iterable[str]) -> str:
    """Return items as a list in a sentence.

    >>> listed(["W1", "b1", "W2"])
    'W1, b1 and W2'
    """
    names = list(dict.fromkeys(items))
    if len(names) > _MOST_NAMES:
        names = [*names[: _MOST_NAMES - 1], f"{len(names) - _MOST_NAMES + 1} more"]
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def answer(report: Report) -> list[str]:
    """Return what was found, in at most five sentences or pairs of sentences."""
    if report.verdict == "no-backprop":
        opening = "No backpropagation was found"
    elif report.verdict == "unknown":
        opening = "No verdict"
    else:
        return [_rule(report), _loss(report), _parameters(report), _verdict(report), _rest(report)]
    reason = (report.reason or "nothing could be followed").rstrip(".")
    return [f"{opening}: {reason}.", *([_loss(report)] if report.loss else []), _rest(report)]


def _rule(report: Report) -> str:
    lines = _lines_with(report, "chain_rule")
    if not report.uses_chain_rule:
        return "No. No line multiplies links: each gradient is a single link."
    yes = "Yes, but not rightly" if report.verdict == "wrong" else "Yes"
    if not lines:
        gradients = _lines_with(report, "parameter_gradient")
        where = "; ".join(places(report, numbers, file) for file, numbers in gradients.items())
        return f"{yes}. Two links are multiplied, an error signal and its input: {where}."
    count = sum(map(len, lines.values()))
    verb = "multiplies" if count == 1 else "multiply"
    where = "; ".join(places(report, numbers, file) for file, numbers in lines.items())
    return f"{yes}. {counted(count, 'line')} {verb} links of the chain: {where}."


def _lines_with(report: Report, role: str) -> dict[str | None, set[int]]:
    """Return the lines of a role, by the files they are in."""
    found: dict[str | None, set[int]] = {}
    for line in report.lines:
        if line.role == role:
            found.setdefault(line.file, set()).add(line.line)
    return found


def _loss(report: Report) -> str:
    loss = report.loss
    if loss is None or (loss.name == "unknown" and not loss.formula):
        return "The loss is not one that is known."
    name = "" if loss.name == "unknown" else f" ({loss.name.replace('_', ' ')})"
    parts = [f"The loss is {loss.formula}{name}" if loss.formula else f"The loss is{name}"]
    if loss.stated_at is None:
        parts.append("never written in the code")
    else:
        parts.append(f"computed in {place(report, loss.stated_at, loss.file)}")
    if loss.scale != 1:
        parts.append(f"descended by {loss.scale:.4g} times its gradient")
    if loss.shown == "different":
        parts.append("but the loss that it shows is a different one")
    elif loss.shown == "scaled":
        parts.append("shown up to a constant factor")
    return ", ".join(parts) + "."


def _parameters(report: Report) -> str:
    by_state: dict[str, list[str]] = {}
    for parameter in report.parameters:
        by_state.setdefault(parameter.gradient, []).append(parameter.name)
    said = {
        "correct": ("gets its gradient", "get its gradient"),
        "scaled": ("gets a multiple of its gradient", "get multiples of their gradients"),
        "wrong": ("gets a wrong gradient", "get wrong gradients"),
        "missing": ("gets no gradient", "get no gradient"),
    }
    parts = [
        f"{listed(names)} {said[state][len(names) > 1]}"
        for state in said
        if (names := by_state.get(state))
    ]
    return "; ".join(parts) + "." if parts else "No parameter was found."


def _verdict(report: Report) -> str:
    if not report.faults:
        return "Every derivative in it is right." if report.verdict == "correct" else "It is wrong."
    first = report.faults[0]
    more = len(report.faults) - 1
    others = f" {counted(more, 'more fault')} below." if more else ""
    where = place(report, first.line, first.file)
    if first.file is None:
        where = f"{where[0].upper()}{where[1:]}"
    return f"{where} is wrong: {first.message.rstrip('.')}.{others}"


def _rest(report: Report) -> str:
    parts = [counted(len({(line.file, line.line) for line in report.lines}), "line") + " labelled"]
    if report.notes:
        parts.append(counted(len(report.notes), "note").lower())
    if report.unlabelled:
        parts.append(counted(len(report.unlabelled), "line").lower() + " not labelled")
    return ", ".join(parts) + "."


def parameter_row(report: Report, parameter: Parameter) -> tuple[str, str, str, str]:
    """Return a parameter's name, its shape, where it is updated, and how its gradient is."""
    shape = " × ".join(map(str, parameter.shape)) or "a number"
    updated = parameter.updated_at
    never = "never updated" if parameter.gradient == "missing" else "gradient handed over"
    where = f"updated in {places(report, updated, parameter.file)}" if updated else never
    scaled = f" ({parameter.scale:.4g} times it)" if parameter.gradient == "scaled" else ""
    return parameter.name, shape, where, f"gradient {parameter.gradient}{scaled}"


def product(line: Line) -> str:
    """Return the product that a line forms, as in "∂J/∂a1 · ∂a1/∂z1"; "" if it forms none."""
    factors = " · ".join(factor.partial for factor in line.factors)
    return f"Σ {factors}" if factors and line.sum_over else factors


def sources(report: Report, line: Line) -> str:
    """Return the lines where a product's factors come from, as in "line 58 · line 41"."""
    return " · ".join(
        "—" if factor.line is None else place(report, factor.line, factor.file)
        for factor in line.factors
    )


def held(line: Line) -> str:
    """Return what a line's value holds of its partial: "delta holds −2 times it"; "" if it all."""
    multiple = line.sign * line.scale
    if multiple == 1:
        return ""
    if multiple == -1:
        return f"{line.value} holds its negative"
    return f"{line.value} holds {'−' if multiple < 0 else ''}{abs(multiple):.4g} times it"


def extras(line: Line) -> list[str]:
    """Return what is to be said of a product besides its factors."""
    said = [f"summed over {line.sum_over}" if line.sum_over else "", held(line)]
    said += [f"{line.times} times a step"] if line.times > 1 else []
    return [text for text in (*said, "" if line.verified else "not verified") if text]


def label(report: Report, line: Line) -> str:
    """Return what a line computes, as in "∂J/∂z1 = ∂J/∂a1 · ∂a1/∂z1 (line 58 · line 41)"."""
    if line.role == "update":
        return f"update of {line.value}" if line.value else "update"
    if line.role not in BACKWARD:
        return ROLES[line.role]
    formula = product(line)
    text = f"{line.partial} = {formula} ({sources(report, line)})" if formula else line.partial
    if line.role == "error_signal":
        text += ", the error signal"
    return "; ".join([text, *extras(line)])


def fault_title(report: Report, fault: Fault) -> str:
    """Return where a fault is and of what kind."""
    inside = f" in {fault.function}" if fault.function else ""
    return f"{place(report, fault.line, fault.file)}{inside}: {KINDS[fault.kind]}"


def fault_details(fault: Fault) -> list[tuple[str, str]]:
    """Return what is known of a fault, under headings."""
    details = [
        ("parameters", ", ".join(fault.parameters)),
        ("found", fault.found),
        ("expected", fault.expected),
        ("repair", fault.repair),
    ]
    return [(heading, text) for heading, text in details if text]


def note_text(report: Report, note: Note) -> str:
    """Return a note with its place."""
    if note.line is None:
        return note.message
    return f"{place(report, note.line, note.file)}: {note.message}"


def unlabelled(report: Report) -> list[str]:
    """Return which lines are not labelled, and why."""
    return [f"{place(report, one.line, one.file)}: {one.reason}" for one in report.unlabelled]


def elsewhere(report: Report) -> list[str]:
    """Return what lines of other files compute: the source beside which it would stand is not."""
    texts = (
        f"{place(report, line.line, line.file)}: {label(report, line)}"
        for line in report.lines
        if line.file is not None
    )
    return list(dict.fromkeys(texts))


def labels(report: Report, by_end: bool = False) -> dict[int, list[Line]]:
    """Return the records of each line of the script, by their first line or by their last."""
    found: dict[int, list[Line]] = {}
    for line in report.lines:
        if line.file is not None:
            continue
        found.setdefault(line.end_line if by_end else line.line, []).append(line)
    return found


def shown_lines(report: Report, source: Sequence[str]) -> list[int]:
    """Return the numbers of the source lines to show: the labelled, the faulty, one around each."""
    spans = [(line.line, line.end_line) for line in report.lines if line.file is None]
    spans += [(fault.line, fault.line) for fault in report.faults if fault.file is None]
    numbers = {n for first, last in spans for n in range(first - 1, last + 2)}
    return sorted(
        number
        for number in numbers
        if 1 <= number <= len(source)
        and (source[number - 1].strip() or {number - 1, number + 1} <= numbers)
    )
