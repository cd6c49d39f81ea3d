"""Lines become the source of a function, in one of the languages of `targets`."""

from collections import Counter

from .lines import Lines
from .targets import BINDING, COMPLEX, NUMBA, NUMPY, TARGETS, C, Target

WIDTH = 60  # of an expression that is still written into its only use
BRACKETED = 0
ATOM = 9


class Printer:
    """Writes the lines that some outputs need: a name each, or in place where used once."""

    def __init__(
        self, lines: Lines, outputs: tuple[int, ...], target: Target, width: int = WIDTH
    ) -> None:
        self.lines = lines
        self.target = target
        self.width = width
        self.needed = lines.needed(outputs)
        self.uses = Counter(outputs)
        for line in self.needed:
            if lines.all[line].name != "number":
                self.uses.update(lines.all[line].args)
        self.text: dict[int, tuple[str, int]] = {}
        self.assigned: list[tuple[str, str]] = []
        for line in self.needed:
            self._write(line)
        self.outputs = [self.text[line][0] for line in outputs]

    @property
    def helpers(self) -> list[str]:
        """The functions that the text calls."""
        names = (self.lines.all[line].name for line in self.needed)
        found = (self.target.helpers.get(name) for name in names)
        return list(dict.fromkeys(helper for helper in found if helper))

    def _write(self, line: int) -> None:
        operation = self.lines.all[line]
        if operation.name == "number":
            value = operation.args[0]
            text = self.target.number(value)
            self.text[line] = (text, BINDING["negative"] if value < 0 else ATOM)
            return
        if operation.name == "x":
            self.text[line] = ("x", ATOM)
            return
        template = self.target.texts[operation.name]
        called = (template[0] != "{" and template.endswith(")")) or operation.name == "minimum"
        binding = ATOM if called else BINDING.get(operation.name, BRACKETED)
        parts = []
        for place, arg in enumerate(operation.args):
            text, strength = self.text[arg]
            # a − (b + c) keeps its brackets, (a + b) − c needs none
            weaker = strength <= binding if place or binding == BRACKETED else strength < binding
            parts.append(f"({text})" if weaker and not called else text)
        text = template.format(*parts)
        if self.uses[line] > 1 or len(text) > self.width:
            self.assigned.append((f"t{len(self.assigned) + 1}", text))
            text, binding = self.assigned[-1][0], ATOM
        self.text[line] = (text, binding)


def python_function(
    name: str, lines: Lines, outputs: tuple[int, ...], target: Target, about: str
) -> str:
    """Return the source of a function of x in Python, NumPy or Numba."""
    printer = Printer(lines, outputs, target)
    arrays = target in (NUMPY, COMPLEX)
    decorator = '@np.errstate(all="ignore")\n' if arrays else ""
    if target is NUMBA:
        decorator = '@njit(error_model="numpy")\n'
    results = [
        _array(text, lines.all[line].name) if arrays else text
        for text, line in zip(printer.outputs, outputs, strict=True)
    ]
    body = [f'    """{about}"""', *(f"    {to} = {text}" for to, text in printer.assigned)]
    body.append(f"    return {', '.join(results)}")
    parts = [*printer.helpers, f"{decorator}def {name}(x):\n" + "\n".join(body) + "\n"]
    return "\n\n".join([target.header, *parts])


def _array(text: str, operation: str) -> str:
    """Of the shape and type of x: a constant, or a choice of constants, has neither by itself."""
    if operation == "number":
        return f"np.full_like(x, {text})"
    return text if operation == "x" else f"np.asarray({text}, x.dtype)"


def c_function(lines: Lines, outputs: tuple[int, ...], about: str) -> str:
    """Return the source of a function in C that writes value and derivative."""
    printer = Printer(lines, outputs, C)
    value, derivative = printer.outputs
    body = [f"    const double {to} = {text};" for to, text in printer.assigned]
    body += [f"    *value = {value};", f"    *derivative = {derivative};"]
    signature = "void value_and_derivative(double x, double *value, double *derivative) {"
    parts = [C.header, *printer.helpers, f"/* {about} */\n{signature}\n" + "\n".join(body) + "\n}"]
    return "\n".join(parts) + "\n"


def source(lines: Lines, outputs: tuple[int, int], language: str, about: str) -> str:
    """Return the source of `value_and_derivative` in a language of `TARGETS`."""
    if language == "c":
        return c_function(lines, outputs, about)
    return python_function("value_and_derivative", lines, outputs, TARGETS[language], about)
