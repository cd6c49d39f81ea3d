"""Formulas: what is read, what is refused and where the caret stands; nothing is executed."""

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from chainrule import InputError
from chainrule.derivation import functions as known
from chainrule.derivation.expression import read_formula, template
from chainrule.derivation.grammar import MAX_DEPTH, MAX_OPERATIONS, symbol
from chainrule.derivation.tokens import MAX_LENGTH

x, y, a = map(symbol, "xya")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1 + 2*x - x/4", 1 + 2 * x - x / 4),
        ("-x^2", -(x**2)),
        ("2**3**2", sympy.Integer(512)),
        ("2**-x", 2 ** (-x)),
        ("1/x/2", 1 / (2 * x)),
        ("x − 2·σ(x²)", x - 2 * known.sigmoid(x**2)),
        ("e**x + pi", sympy.exp(x) + sympy.pi),
        ("0.1*x + 1e-3", x / 10 + sympy.Rational(1, 1000)),
        ("-(y*log(a)+(1-y)*ln(1-a))", -(y * sympy.log(a) + (1 - y) * sympy.log(1 - a))),
        ("where(0 < x < 1, x, 0)", known.where(sympy.And(x > 0, x < 1), x, 0)),
        ("where(x < 0 or x > 1, x, 0)", known.where(sympy.Or(x < 0, x > 1), x, 0)),
        ("√(x) + arctan(abs(x))", sympy.sqrt(x) + sympy.atan(sympy.Abs(x))),
    ],
)
def test_a_formula_is_read_as_it_is_meant(text: str, meant: sympy.Expr) -> None:
    assert sympy.simplify(read_formula(text).expression.doit() - meant) == 0


def test_the_order_written_is_kept() -> None:
    assert read_formula("exp(x) + 1").expression.args == (sympy.exp(x), 1)
    assert read_formula("1 + exp(x)").expression.args == (1, sympy.exp(x))


def test_parameters_left_out_have_their_defaults() -> None:
    assert read_formula("elu(x)").expression == read_formula("elu(x, 1)").expression


def test_the_variable_is_x_or_the_only_name() -> None:
    assert read_formula("a*x").variable == x
    assert read_formula("z*tanh(z)").variable == symbol("z")
    assert read_formula("alpha*z", alpha=0.1).variable == symbol("z")
    assert read_formula("a*x", by="a").variable == a


def test_a_parameter_is_exactly_its_decimals() -> None:
    formula = read_formula("slope*x", slope=0.1)
    assert formula.values == ((symbol("slope"), sympy.Rational(1, 10)),)
    assert formula.with_values.doit() == x / 10


@pytest.mark.parametrize(
    ("text", "reason", "place"),
    [
        ("(x", "this bracket is not closed", 0),
        ("x*(1 + tanh(x)", "this bracket is not closed", 2),
        ("x)", "closes nothing", 1),
        ("x +", "it ends where", 3),
        ("2x", "write `*` before 'x'", 1),
        ("x²x", "write `*` before 'x'", 2),
        ("x(1 + x)", "write `*` before the bracket", 1),
        ("tanh x", "'tanh' is a function: write tanh(…)", 0),
        ("1 + tahn(x)", "there is no function 'tahn'; did you mean 'tanh'?", 4),
        ("alhpa*x", "the name 'alhpa' is not known; did you mean 'alpha'?", 0),
        ("slope*x", "a parameter takes a number, as in `slope=0.1`", 0),
        ("nosuch(x)", "the functions are exp, log", 0),
        ("x = 2", "write only what stands right of `=`", 2),
        ("f(x) = x^2", "write only what stands right of `=`", 5),
        ("x > 0", "a comparison is used as in where", 2),
        ("where(x, 1, 2)", "argument 1 of 'where' must be a comparison", 0),
        ("max(1, 2 > 1)", "argument 2 of 'max' must be a number", 0),
        ("where(x > 0 and x < 1 or x > 2, 1, 2)", "either `and` or `or`", 22),
        ("exp(x, 2)", "'exp' takes 1 arguments, got 2", 0),
        ("x if x > 0 else 0", "write where(condition, this, other)", 2),
        ("x, 1", "a comma", 1),
        ("|x|", "write abs(…)", 0),
        ("x.__class__", "no attributes", 1),
        ("x[0]", "'[' cannot stand here", 1),
        ("'x'", "no text in quotes", 0),
        ("__import__('os')", "no text in quotes", 11),
        ("lambda: x", "':' cannot stand here", 6),
        ("exec(x)", "there is no function 'exec'", 0),
        ("s\u0456n(x)", "'\u0456' is no letter of a–z or α–ω, but cyrillic small letter", 0),
        ("2*\uff58", "but fullwidth latin small letter x", 2),
        ("(x := 2)", "':' cannot stand here", 3),
        ("nan*x", "the name 'nan' is not known", 0),
        ("1e999", "at most 60 digits", 0),
    ],
)
def test_what_cannot_be_read_is_shown_with_its_place(text: str, reason: str, place: int) -> None:
    with pytest.raises(InputError) as refused:
        read_formula(text)
    sentence, shown, caret = str(refused.value).split("\n")
    assert reason in sentence
    assert shown == f"  {text}"
    assert caret == " " * (2 + place) + "^"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty"),
        ("  ", "it is empty"),
        ("x" * (MAX_LENGTH + 1), "at most 1000 characters"),
        ("-" * (MAX_DEPTH + 1) + "x", "nested deeper"),
        ("(" * (MAX_DEPTH + 1) + "x" + ")" * (MAX_DEPTH + 1), "nested deeper"),
        ("x" + "**x" * (MAX_DEPTH + 1), "nested deeper"),
        ("x" + "+x" * (MAX_OPERATIONS + 1), "more than 100 operations"),
    ],
)
def test_limits(text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_formula(text)


@pytest.mark.parametrize("name", ["exp", "pi", "lambda", "not a name", ""])
def test_the_variable_has_a_name_of_its_own(name: str) -> None:
    with pytest.raises(InputError, match="`by` must be"):
        read_formula("x", by=name)


@pytest.mark.parametrize("value", ["many", float("nan"), float("inf"), None])
def test_a_parameter_is_a_finite_number(value: object) -> None:
    with pytest.raises(InputError, match="`alpha` must be a finite number"):
        read_formula("alpha*x", alpha=value)  # type: ignore[arg-type]


def test_the_variable_takes_no_number() -> None:
    with pytest.raises(InputError, match="`x` is what the formula is differentiated by"):
        read_formula("x", by="x", x=1)


def test_a_number_is_for_a_name_of_the_formula() -> None:
    with pytest.raises(InputError, match=r"`alhpa` has a number, but is not in .* names: x"):
        read_formula("x", alhpa=0.1)


WORDS = [
    *known.NAMES,
    *"xyae0123456789.+-*/^(),<>=! ²³σ_[]'\"{}:;@",
    "**",
    "<=",
    "1e5",
    "and",
    "if",
]


@given(st.lists(st.sampled_from(WORDS), max_size=60).map("".join) | st.text(max_size=80))
def test_any_text_is_a_formula_or_is_refused(text: str) -> None:
    try:
        formula = read_formula(text)
    except InputError:
        return
    assert isinstance(formula.expression, sympy.Expr)


@pytest.mark.parametrize("row", known.FUNCTIONS.values(), ids=lambda row: row.name)
def test_the_rows_of_the_table_are_formulas(row: known.KnownFunction) -> None:
    for text in filter(None, (row.derivative, row.by_output, row.inverse, row.definition)):
        names = {str(name) for name in template(text, row.parameters).free_symbols}
        assert names <= {*row.parameters, "a"}
