"""Positions and ticks of the axes."""

import math
import sys

import numpy as np
import pytest

from generator.errors import GeneratorError
from generator.figures import scales
from generator.figures.scales import Scale

HOSTILE = [
    [-1e308, 1e308],
    [5e-324, 1e-323],
    [0.0],
    [1e308],
    [-5.0, -5.0],
    [],
    [math.nan, math.inf, -math.inf],
    [2.0, math.inf],
    [1e-300, 1e300],
]


def test_a_linear_axis_is_a_straight_line() -> None:
    scale = Scale(low=-1.0, high=3.0)
    np.testing.assert_allclose(scale.at([-1, 0, 1, 3]), [0, 0.25, 0.5, 1])


def test_a_logarithmic_axis_gives_equal_factors_equal_lengths() -> None:
    scale = Scale(low=0.1, high=1000.0, kind="log")
    np.testing.assert_allclose(scale.at([0.1, 1, 10, 100, 1000]), [0, 0.25, 0.5, 0.75, 1])


def test_a_compressed_axis_is_odd_and_linear_near_zero() -> None:
    scale = Scale(low=-1000.0, high=1000.0, kind="asinh", unit=1.0)
    at = scale.at([-100, -0.02, -0.01, 0, 0.01, 0.02, 100])
    np.testing.assert_allclose(at + at[::-1], 1, atol=2e-6)
    assert at[5] - at[3] == pytest.approx(2 * (at[4] - at[3]), rel=1e-2)
    assert scale.at([100])[0] - scale.at([10])[0] == pytest.approx(scale.at([1000])[0] - scale.at([100])[0], rel=1e-2)


def test_what_lies_beyond_an_axis_stands_at_its_end() -> None:
    scale = Scale(low=1.0, high=10.0, kind="log")
    np.testing.assert_array_equal(scale.at([-math.inf, -3, 0, 0.5, 11, math.inf]), [0, 0, 0, 0, 1, 1])
    assert math.isnan(scale.at([math.nan])[0])


def test_positions_are_rounded_so_that_a_last_digit_moves_nothing() -> None:
    scale = Scale(low=0.5, high=700.0, kind="log")
    values = [0.7, 3.3, 123.4]
    nudged = [math.nextafter(value, math.inf) for value in values]
    np.testing.assert_array_equal(scale.at(values), scale.at(nudged))


@pytest.mark.parametrize("values", HOSTILE, ids=str)
@pytest.mark.parametrize("make", [scales.linear, scales.of_values, lambda v: scales.of_differences(v, 0.01)])
def test_any_values_have_an_axis(values: list[float], make) -> None:  # type: ignore[no-untyped-def]
    scale = make(values).with_ticks(5)
    at = scale.at([v for v in values if not math.isnan(v)])
    assert ((at >= 0) & (at <= 1)).all()
    assert 1 <= len(scale.ticks) <= 7
    assert list(scale.ticks) == sorted(set(scale.ticks))
    assert ((scale.at(scale.ticks) >= 0) & (scale.at(scale.ticks) <= 1)).all()


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.0, 1.0, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (0.0, 4.0, ["0", "1", "2", "3", "4"]),
        (0.42, 0.91, ["0.5", "0.6", "0.7", "0.8", "0.9"]),
        (-0.035, 0.012, ["−0.03", "−0.02", "−0.01", "0", "0.01"]),
        (0.693, 0.6934, ["0.6930", "0.6931", "0.6932", "0.6933", "0.6934"]),
        (0.0, 2e7, ["0", "5e+06", "1e+07", "1.5e+07", "2e+07"]),
    ],
)
def test_linear_ticks_are_round_and_share_their_decimals(low: float, high: float, labels: list[str]) -> None:
    assert list(Scale(low=low, high=high).with_ticks(6).labels) == labels


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.5, 12.0, ["×0.5", "×1", "×2", "×5", "×10"]),
        (0.8, 300.0, ["×1", "×3", "×10", "×30", "×100", "×300"]),
        (0.01, 20000.0, ["×0.01", "×0.1", "×1", "×10", "×100", "×1000", "×10000"]),
        (0.75, 1.4, ["×0.8", "×0.9", "×1.0", "×1.1", "×1.2", "×1.3", "×1.4"]),
        (1e-12, 1e12, ["×10⁻¹²", "×10⁻⁸", "×0.0001", "×1", "×10000", "×10⁸", "×10¹²"]),
    ],
)
def test_ratio_ticks_are_round_and_include_no_effect(low: float, high: float, labels: list[str]) -> None:
    assert list(Scale(low=low, high=high, kind="log").with_ticks(7, prefix="×").labels) == labels


def test_compressed_ticks_are_the_unit_and_its_powers_of_ten() -> None:
    scale = scales.of_differences([-0.008, 1.8], 0.01).with_ticks(7)
    assert scale.kind == "asinh"
    assert list(scale.labels) == ["−0.01", "0", "0.01", "0.1", "1"]


def test_the_rule_for_logarithmic_axes() -> None:
    assert scales.of_values([1.0, 14.9]).kind == "linear"
    assert scales.of_values([1.0, 15.1]).kind == "log"
    assert scales.of_values([-1.0, 100.0]).kind == "linear"
    assert scales.of_values([0.0, 100.0]).kind == "linear"


def test_the_rule_for_compressed_axes() -> None:
    assert scales.of_differences([-0.29, 0.1], 0.01).kind == "linear"
    assert scales.of_differences([-0.31, 0.1], 0.01).kind == "asinh"


def test_values_stay_clear_of_the_ends() -> None:
    for scale in (scales.linear([2.0, 7.0]), scales.logarithmic([2.0, 700.0])):
        low, high = scale.at([2.0, 7.0 if scale.kind == "linear" else 700.0])
        assert 0.03 < low < 0.06
        assert 0.94 < high < 0.97


@pytest.mark.parametrize(("low", "high", "kind"), [(1.0, 1.0, "linear"), (0.0, 1.0, "log"), (0.0, math.inf, "linear")])
def test_an_impossible_axis_is_refused(low: float, high: float, kind: str) -> None:
    with pytest.raises(GeneratorError, match="expected an axis"):
        Scale(low=low, high=high, kind=kind)


def test_the_largest_numbers_do_not_overflow() -> None:
    scale = scales.linear([-sys.float_info.max, sys.float_info.max])
    np.testing.assert_allclose(scale.at([0.0]), [0.5])
