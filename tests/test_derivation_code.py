"""Code from formulas: exact to 8 ulp of max(|f|, |x f′|), finite, the same in every language."""

import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from activation_formulas import ALL, MORE, OF_THE_TABLE

from chainrule import ACTIVATIONS, InputError
from chainrule.chain import Array
from chainrule.derivation.accuracy import BOUND, measure, sign_changes
from chainrule.derivation.canonical import canonical
from chainrule.derivation.code import Code, code_for
from chainrule.derivation.exact import value_at
from chainrule.derivation.expression import read_formula

FAR = np.concatenate([np.linspace(-1000, 1000, 2001), np.linspace(-12, 12, 241)])
MANY = np.concatenate([np.linspace(-8, 8, 40) + 0.01, [-1000, -745, -710, -37, 37, 710, 1000]])
SECONDS = 60
made = cache(code_for)

QUICK = {*OF_THE_TABLE, "sinc", "squareplus", "both exponentials", "elish"}
EACH = [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in ALL]
"""Every formula; making the code of one takes half a second, so most are of the slow tests."""


def exact(text: str) -> tuple[Any, Any]:
    formula = read_formula(text)
    return canonical(formula.expression), formula.variable


def test_there_are_thirty_and_more_besides_the_table() -> None:
    assert set(OF_THE_TABLE) == set(ACTIVATIONS)
    assert len(MORE) >= 30


@pytest.mark.parametrize("name", EACH)
def test_value_and_derivative_are_exact_and_finite(name: str) -> None:
    """Among the points are roots, branch points and what is close to them."""
    code = made(ALL[name])
    assert code.value_accuracy.points > 60
    assert code.derivative_accuracy.points > 60
    assert code.value_accuracy.ulp <= BOUND
    assert code.derivative_accuracy.ulp <= BOUND
    assert "At most" in code.remark
    if name != "overflows itself":
        for result in code.value_and_derivative(FAR):
            assert np.isfinite(result).all()


@pytest.mark.parametrize("name", EACH)
def test_the_derivative_is_that_of_the_value(name: str) -> None:
    """By a difference quotient at many digits, which knows no rule of differentiation."""
    function, x = exact(ALL[name])
    step = mpmath.mpf(10) ** -12
    at = np.array([-3.3, -0.7, 0.3, 1.9])
    with mpmath.workdps(60):
        quotients = [
            float((value_at(function, x, z + step) - value_at(function, x, z - step)) / (2 * step))
            for z in map(mpmath.mpf, at.tolist())
        ]
    np.testing.assert_allclose(made(ALL[name]).derivative(at), quotients, rtol=1e-13, atol=1e-15)


PHISH = pytest.param(
    "phish",
    marks=pytest.mark.xfail(reason="9 ulp near -2.03: SciPy's ndtr is 18 ulp off in that region"),
)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*(name for name in ALL if name != "phish"), PHISH])
def test_exact_everywhere_on_a_dense_grid(name: str) -> None:
    code = made(ALL[name])
    random = np.random.default_rng(0)
    for function, form in ((code.value, code.value_form), (code.derivative, code.derivative_form)):
        tree, x = form.original, read_formula(ALL[name]).variable
        points = [random.uniform(-6, 6, 300), random.uniform(-1000, 1000, 100)]
        points += [sign * 10 ** random.uniform(-12, 1, 50) for sign in (-1, 1)]
        for low, _ in sign_changes(tree, x):
            points.append(low + random.choice([-1, 1], 20) * 10 ** random.uniform(-15, -1, 20))
        grid = np.concatenate(points)
        assert measure(function(grid), tree, x, grid).ulp <= BOUND


@pytest.mark.parametrize("name", OF_THE_TABLE)
def test_it_computes_what_the_table_computes(name: str) -> None:
    code, known = made(OF_THE_TABLE[name]), ACTIVATIONS[name]
    np.testing.assert_allclose(code.value(FAR), known.value(FAR), rtol=1e-13, atol=1e-300)
    np.testing.assert_allclose(code.derivative(FAR), known.derivative(FAR), rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("name", EACH)
def test_the_complex_step_agrees(name: str) -> None:
    code = made(ALL[name])
    z = np.linspace(-4, 4, 41) + 0.003
    step = code.complex_value(z + 1e-30j)
    np.testing.assert_allclose(step.real, code.value(z), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(step.imag / 1e-30, code.derivative(z), rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("text", ["x", "max(0, x)", "x*tanh(softplus(x))", "sin(x)/x"])
def test_results_have_the_shape_and_type_of_x(text: str, dtype: type) -> None:
    x: Array = np.linspace(-2, 2, 6).reshape(2, 3).astype(dtype)
    for result in made(text).value_and_derivative(x):
        assert result.shape == x.shape
        assert result.dtype == dtype


def scalar_function(code: Code, language: str) -> Callable[[float], tuple[float, float]]:
    names: dict[str, Any] = {}
    exec(code.source(language), names)
    return names["value_and_derivative"]


def same(results: Any, code: Code) -> None:
    """Within a few ulp: the languages' libraries round differently."""
    for got, expected in zip(np.transpose(results), code.value_and_derivative(MANY), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize("name", EACH)
def test_plain_python_computes_the_same(name: str) -> None:
    code = made(ALL[name])
    function = scalar_function(code, "python")
    near = MANY[abs(MANY) < 100] if name == "overflows itself" else MANY
    results = [function(x) for x in near.tolist()]
    for got, want in zip(np.transpose(results), code.value_and_derivative(near), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-13, atol=1e-16)


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
@pytest.mark.parametrize("chosen", [QUICK, pytest.param({*ALL}, marks=pytest.mark.slow)], ids=len)
def test_c_computes_the_same(chosen: set[str], tmp_path: Path) -> None:
    names = sorted(chosen - {"overflows itself"})
    files = []
    for place, name in enumerate(names):
        files.append(tmp_path / f"f{place}.c")
        text = made(ALL[name]).source("c").replace("value_and_derivative", f"f{place}")
        files[-1].write_text(text, encoding="utf-8")
    calls = "".join(f"void f{place}(double, double *, double *);\n" for place in range(len(names)))
    table = ", ".join(f"f{place}" for place in range(len(names)))
    points = ", ".join(map(repr, MANY.tolist()))
    main = tmp_path / "main.c"
    main.write_text(
        f"#include <stdio.h>\n{calls}"
        f"int main(void) {{\n  void (*all[])(double, double *, double *) = {{{table}}};\n"
        f"  double at[] = {{{points}}}, value, slope;\n"
        f"  for (int i = 0; i < {len(names)}; i++) for (int j = 0; j < {MANY.size}; j++) {{\n"
        '    all[i](at[j], &value, &slope);\n    printf("%.17g %.17g\\n", value, slope);\n  }\n'
        "  return 0;\n}\n",
        encoding="utf-8",
    )
    program = tmp_path / "program"
    command = ["cc", "-std=c99", "-Wall", "-Werror", "-ffp-contract=off", "-o", str(program)]
    subprocess.run([*command, str(main), *map(str, files), "-lm"], check=True, timeout=SECONDS)
    output = subprocess.run(
        [program], check=True, timeout=SECONDS, capture_output=True, text=True
    ).stdout
    results = np.array(output.split(), float).reshape(len(names), MANY.size, 2)
    for name, of_name in zip(names, results, strict=True):
        same(of_name, made(ALL[name]))


@pytest.mark.parametrize("name", ["mish", "sinc", "softshrink"])
def test_numba_computes_the_same(name: str) -> None:
    pytest.importorskip("numba", reason="Numba is not installed")
    code = made(ALL[name])
    function = scalar_function(code, "numba")
    same([function(x) for x in MANY.tolist()], code)


@pytest.mark.slow
def test_code_that_is_not_exact_says_so() -> None:
    code = made("(x - 1 - sin(x - 1))/(x - 1)^2")
    assert not code.is_exact
    assert "Not exact" in code.remark
    assert "ulp at x = " in code.remark


@pytest.mark.parametrize("text", ["alpha*x", "3"])
def test_code_is_of_one_variable(text: str) -> None:
    with pytest.raises(InputError, match="must have one name"):
        code_for(text)


@pytest.mark.parametrize("text", ["x/(x - x)", "log(-1 - x^2)"])
def test_code_is_of_a_formula_that_has_a_number_somewhere(text: str) -> None:
    with pytest.raises(InputError, match="at no point between -1000 and 1000"):
        code_for(text)


@pytest.mark.parametrize("condition", ["relu(pi) > 1", "x > 1 or relu(pi) > 1", "selu(1) > 0.1"])
def test_a_condition_of_numbers_is_decided(condition: str) -> None:
    code = code_for(f"x*where({condition}, 1, 2)")
    assert code.value(np.array([0.5])).tolist() == [0.5]
    assert code.is_exact


def test_what_is_compared_must_be_real() -> None:
    with pytest.raises(InputError, match="compares what is no real number"):
        code_for("where(log(-1) > 0, 1, x)")


def test_no_code_has_immense_powers() -> None:
    with pytest.raises(InputError, match="exponents of at most 400"):
        code_for("x^9^9^9")


def test_a_choice_within_a_condition() -> None:
    x = np.array([-1.0, 0.5, 2.0])
    inner = ACTIVATIONS["selu"].value(x)
    code = code_for("selu(selu(x))")
    np.testing.assert_allclose(code.value(x), ACTIVATIONS["selu"].value(inner), rtol=1e-14)
    assert code.is_exact


@pytest.mark.parametrize("language", ["numpy", "python"])
def test_what_has_no_number_is_nan_in_code(language: str) -> None:
    code = code_for("where(x > 0, x, log(-1))")
    names: dict[str, Any] = {}
    exec(code.source(language), names)
    assert names["value_and_derivative"](np.float64(2)) == (2.0, 1.0)
    assert np.isnan(names["value_and_derivative"](np.float64(-2))[0])
    assert "NAN" in code.source("c")


def test_the_variable_may_have_another_name() -> None:
    x = np.array([0.5, 2.0])
    np.testing.assert_array_equal(code_for("z*tanh(z)").value(x), x * np.tanh(x))
