"""A network as HTML and as text: what it says, that it is well formed, and that names are safe."""

import re
from xml.etree import ElementTree

import pytest
from rich.cells import cell_len

from chainrule.render.network_drawing import MOST_UNITS, drawing
from chainrule.render.network_html import network_html
from chainrule.render.network_text import network_text
from chainrule.reports import LayerSummary, NetworkSummary

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>&\x1b[2J\"'" + "x" * 100
RELU = ("relu", "max(0, z)", "1 if a > 0 else 0")
SOFTMAX = ("softmax", "e^z/Σ e^z", "a_j(δ_jk − a_k)")


def network(*sizes: int, hidden: tuple[str, str, str] = RELU, **changes: object) -> NetworkSummary:
    functions = [hidden] * (len(sizes) - 2) + [SOFTMAX]
    pairs = zip(sizes[:-1], sizes[1:], functions, strict=True)
    values: dict[str, object] = {
        "layers": tuple(LayerSummary(n, m, *texts) for n, m, texts in pairs),
        "loss": "categorical_cross_entropy",
        "loss_formula": "−Σ y log a",
        "error_formula": "a − y",
        "fused": True,
        "alpha": 0.0001,
        "dtype": "float64",
        "itemsize": 8,
    }
    return NetworkSummary(**(values | changes))  # type: ignore[arg-type]


NETWORKS = {
    "small": network(4, 16, 3),
    "one layer": network(2, 1),
    "digits": network(784, 128, 64, 10),
    "deep": network(30, *[8] * 20, 1),
    "large": network(1_000_000, 50_000, 3),
    "hostile": network(4, 16, 3, hidden=(HOSTILE,) * 3, loss=HOSTILE, loss_formula=HOSTILE),
    "wide names": network(4, 16, 3, hidden=("活性化" * 20,) * 3),
}
every_network = pytest.mark.parametrize("summary", NETWORKS.values(), ids=NETWORKS)


def cells(summary: NetworkSummary) -> list[list[str]]:
    """The table's rows as lists of texts, read as XML: so it is well formed too."""
    page = re.sub(r"<style>.*</style>|<br>", " ", network_html(summary), flags=re.DOTALL)
    table = ElementTree.fromstring(page).find("table")
    assert table is not None
    return [["".join(cell.itertext()).strip() for cell in row] for row in table.iter("tr")]


@every_network
def test_the_drawing_is_well_formed_and_described(summary: NetworkSummary) -> None:
    svg = ElementTree.fromstring(drawing(summary))
    assert svg.get("role") == "img"
    title, description = svg.findtext(f"{SVG}title"), svg.findtext(f"{SVG}desc")
    assert title is not None
    assert f"{summary.n_parameters:,} parameters" in title
    assert description is not None
    assert f"{summary.layers[0].n_inputs} inputs" in description


@every_network
def test_everything_drawn_lies_inside_the_drawing(summary: NetworkSummary) -> None:
    svg = ElementTree.fromstring(drawing(summary))
    width, height = float(svg.get("width", 0)), float(svg.get("height", 0))
    assert width <= 450
    for circle in svg.iter(f"{SVG}circle"):
        x, y, radius = (float(circle.get(name, "nan")) for name in ("cx", "cy", "r"))
        assert radius <= x <= width - radius
        assert radius <= y <= height - radius


def units(summary: NetworkSummary) -> dict[str, int]:
    """How many units each column of the drawing shows, by its place."""
    columns: dict[str, int] = {}
    for circle in ElementTree.fromstring(drawing(summary)).iter(f"{SVG}circle"):
        if float(circle.get("r", 0)) > 2:
            columns[circle.get("cx", "")] = columns.get(circle.get("cx", ""), 0) + 1
    return columns


def test_few_units_are_all_drawn_and_of_many_a_few() -> None:
    assert list(units(network(4, MOST_UNITS, 3)).values()) == [4, MOST_UNITS, 3]
    assert list(units(network(4, MOST_UNITS + 1, 3)).values()) == [4, MOST_UNITS - 2, 3]
    assert list(units(NETWORKS["deep"]).values()) == [6, 8, 8, 8, 1]
    assert "17 more" in drawing(NETWORKS["deep"])


def test_every_drawn_unit_is_joined_with_every_unit_of_the_next_layer() -> None:
    paths = ElementTree.fromstring(drawing(network(4, 5, 3))).iter(f"{SVG}path")
    assert [path.get("d", "").count("M") for path in paths] == [4 * 5, 5 * 3]


def test_the_table_holds_shapes_formulas_and_sizes() -> None:
    head, first, second, total = cells(NETWORKS["small"])
    assert head == ["layer", "shapes", "activation", "parameters", "bytes"]
    assert first[:2] == ["1", "W (4, 16) b (16,)"]
    assert first[2:] == ["relu a = max(0, z) ∂a/∂z = 1 if a > 0 else 0", "80", "640"]
    assert second[3:] == ["51", "408"]
    assert total == ["total", "", "", "131", "1,048"]


def test_equal_layers_share_a_row() -> None:
    rows = cells(NETWORKS["deep"])[1:-1]
    assert [row[0] for row in rows] == ["1", "2–20", "21"]
    assert rows[1][3:] == ["19 × 72", "19 × 576"]


def test_what_is_descended_is_said() -> None:
    for shown in (network_html(NETWORKS["small"]), network_text(NETWORKS["small"])):
        assert "categorical cross entropy, ℓ = −Σ y log a" in shown
        assert "∂ℓ/∂z = a − y" in shown
        assert "½ α Σ W²" in shown
        assert "α = 0.0001" in shown
    plain = network_text(network(2, 1, alpha=0.0, fused=False, error_formula="sign(a − y)"))
    assert "∂ℓ/∂a = sign(a − y)" in plain
    assert "α" not in plain


def test_functions_without_a_formula_are_named_only() -> None:
    summary = network(4, 5, 3, hidden=("mine", "", ""), loss="own", loss_formula="")
    assert cells(summary)[1][2] == "mine"
    assert "ℓ =" not in network_text(summary)


def test_dropout_is_shown_where_there_is_some() -> None:
    layers = (LayerSummary(4, 5, *RELU, dropout=0.25), LayerSummary(5, 3, *SOFTMAX))
    _, first, last, _ = cells(network(4, 5, 3, layers=layers))
    assert first[2].endswith("dropout 0.25")
    assert "dropout" not in last[2]


def test_names_are_escaped() -> None:
    for shown in (network_html(NETWORKS["hostile"]), drawing(NETWORKS["hostile"])):
        assert "<script" not in shown
        assert "\x1b" not in shown
    assert "\x1b" not in network_text(NETWORKS["hostile"])
    assert HOSTILE.replace("\x1b", "\\x1b") in cells(NETWORKS["hostile"])[1][2]


@every_network
def test_the_piece_of_a_page_stands_alone(summary: NetworkSummary) -> None:
    page = network_html(summary)
    assert "http" not in page.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"<script|<link|@import|url\(|\bid=", page)
    style = re.search(r"<style>(.*)</style>", page, re.DOTALL)
    assert style is not None
    selectors = re.findall(r"([^{}]+)\{", re.sub(r"@media[^{]*\{", "", style[1]))
    for selector in ",".join(selectors).split(","):
        assert selector.strip().startswith("div.chainrule-network"), selector


@every_network
def test_text_fits_80_columns_without_colours(summary: NetworkSummary) -> None:
    lines = network_text(summary).splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert all(line == line.rstrip() for line in lines)
    assert "\x1b" not in network_text(summary)
    assert f"{summary.n_parameters:,}" in network_text(summary)


def test_text_is_plain_where_colours_are_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "20")
    assert network_text(NETWORKS["small"]).splitlines()[2:5] == [
        "layer  shapes     activation                 parameters  bytes",
        "1      W (4, 16)  relu                               80    640",
        "       b (16,)    a = max(0, z)",
    ]
