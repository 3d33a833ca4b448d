"""Where a value stands along an axis, and which ticks the axis has.

Scales are computed here, not by the drawing library: positions are rounded, so that the last digit of a logarithm,
which differs between processors, moves nothing, and no finite value is too large.
"""

import itertools
import math
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np
import numpy.typing as npt

from generator.errors import GeneratorError
from generator.figures.wording import number

#: Share of the values' span that an axis adds at either end.
PADDING = 0.05

#: Positive values of which the largest is more than so many times the smallest stand on a logarithmic axis.
LOGARITHMIC_FROM = 15.0

#: Differences that reach beyond so many margins stand on an axis that is compressed beyond the margin.
COMPRESSED_FROM = 30.0

#: Below this factor between its ends a logarithmic axis has room for too few round powers.
_SHORT = 5.0

_LARGEST, _SMALLEST = sys.float_info.max, sys.float_info.min
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, kw_only=True)
class Scale:
    """An axis: linear, `log`, or `asinh`, which is linear within `unit` of 0 and logarithmic beyond.

    Values beyond the axis, infinite ones included, stand at its end.
    """

    low: float
    high: float
    kind: str = "linear"
    unit: float = 1.0
    ticks: tuple[float, ...] = ()
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not -math.inf < self.low < self.high < math.inf or (self.kind == "log" and self.low <= 0):
            raise GeneratorError(f"expected an axis with low < high, found {self.kind} {self.low:g} to {self.high:g}")

    def at(self, values: Iterable[float]) -> npt.NDArray[np.float64]:
        """Positions along the axis, from 0 to 1; NaN stays."""
        inside = np.clip(np.array(list(values), dtype=np.float64), self.low, self.high)
        low, high = self._forward(np.array(self.low)), self._forward(np.array(self.high))
        return np.asarray(np.round((self._forward(inside) - low) / (high - low), 6))

    def _forward(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        if self.kind == "log":
            return np.asarray(np.log10(values))
        # A quarter, as the difference of two numbers near the largest would overflow.
        return np.asarray(np.arcsinh(values / self.unit) if self.kind == "asinh" else values / 4)

    def with_ticks(self, most: int, prefix: str = "") -> "Scale":
        """The axis with at most so many ticks, their labels beginning with `prefix`."""
        pairs = {"linear": _linear_ticks, "log": _log_ticks, "asinh": _asinh_ticks}[self.kind](self, most)
        return replace(self, ticks=tuple(t for t, _ in pairs), labels=tuple(prefix + label for _, label in pairs))


def linear(values: Iterable[float]) -> Scale:
    """A linear axis for the finite ones of these values."""
    low, high = _limits(values)
    step = PADDING * high - PADDING * low
    return Scale(low=max(low - step, -_LARGEST), high=min(high + step, _LARGEST))


def logarithmic(values: Iterable[float]) -> Scale:
    """A logarithmic axis for the finite positive ones of these values."""
    low, high = _limits(v for v in values if v > 0)
    factor = min((high / low) ** PADDING if high / low < math.inf else 1e30, 1e30)
    return Scale(low=max(low / factor, _SMALLEST), high=min(high * factor, _LARGEST), kind="log")


def asinh(values: Iterable[float], unit: float) -> Scale:
    """A linear axis within `unit` of 0 and logarithmic beyond, for the finite ones of these values."""
    low, high = _limits(values)
    largest = _LARGEST * min(1.0, unit)
    low, high = min(low, 0.0), max(high, 0.0)
    return Scale(low=max(low * 1.3, -largest), high=min(high * 1.3, largest), kind="asinh", unit=unit)


def of_values(values: Iterable[float]) -> Scale:
    """A logarithmic axis for positive values that span more than `LOGARITHMIC_FROM`, else a linear one."""
    finite = [v for v in values if math.isfinite(v)]
    positive = bool(finite) and min(finite) > 0
    return logarithmic(finite) if positive and max(finite) > LOGARITHMIC_FROM * min(finite) else linear(finite)


def alike(groups: Sequence[Sequence[float]], ticks: int) -> list[Scale]:
    """An axis for each group of values, all of one kind: logarithmic where one needs it and all can have it."""
    positive = all(value > 0 for group in groups for value in group)
    kind = logarithmic if positive and any(of_values(group).kind == "log" for group in groups) else linear
    return [kind(group).with_ticks(ticks) for group in groups]


def categories(names: Sequence[str]) -> Scale:
    """An axis with a place for each name, at 1, 2, 3 and so on."""
    places = range(1, len(names) + 1)
    return Scale(low=0.5, high=len(names) + 0.5, ticks=tuple(map(float, places)), labels=tuple(names))


def of_differences(values: Iterable[float], margin: float) -> Scale:
    """A linear axis, compressed beyond the margin where values reach beyond `COMPRESSED_FROM` margins."""
    finite = [v for v in values if math.isfinite(v)]
    largest = max((abs(v) for v in finite), default=0.0)
    return asinh(finite, margin) if largest > COMPRESSED_FROM * margin else linear(finite)


def _limits(values: Iterable[float]) -> tuple[float, float]:
    """The least and greatest finite value, apart; 0 and 1 where there is none."""
    finite = [float(v) for v in values if math.isfinite(v)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 1.0)
    room = max(abs(low), abs(high)) * 1e-3 or 1.0
    if high / 2 - low / 2 >= room / 1e6:
        return low, high
    return max(low - room, -_LARGEST), min(high + room, _LARGEST)


def _linear_ticks(scale: Scale, most: int) -> list[tuple[float, str]]:
    """Multiples of 1, 2 or 5 times a power of ten."""
    low, high = Decimal(str(scale.low)), Decimal(str(scale.high))
    least = (high - low) / most
    power = least.adjusted()
    steps = (Decimal(m).scaleb(power + up) for m, up in ((1, 0), (2, 0), (5, 0), (1, 1)))
    step = next(step for step in steps if step >= least)
    first = int((low / step).to_integral_value(ROUND_CEILING))
    last = int((high / step).to_integral_value(ROUND_FLOOR))
    return [(float(k * step), _decimal(k * step)) for k in range(first, last + 1)]


def _log_ticks(scale: Scale, most: int) -> list[tuple[float, str]]:
    """1, 2, 5 or 1, 3 or 1 of each power of ten, or of every second, third ... power; even steps on a short axis."""
    if scale.high < _SHORT * scale.low:
        return _linear_ticks(scale, most)
    powers = range(math.floor(math.log10(scale.low)), math.ceil(math.log10(scale.high)) + 1)
    choices = itertools.chain(
        (((1, 2, 5), 1), ((1, 3), 1), ((1,), 1)), (((1,), stride) for stride in range(2, len(powers) + 2))
    )
    for mantissas, stride in choices:
        ticks = [float(f"{m}e{power}") for power in powers if power % stride == 0 for m in mantissas]
        inside = [tick for tick in ticks if scale.low <= tick <= scale.high]
        if len(inside) <= most:
            break
    return [(tick, _power(tick)) for tick in inside]


def _asinh_ticks(scale: Scale, most: int) -> list[tuple[float, str]]:
    """0, the unit, and powers of ten times the unit, on either side."""
    reach = max(abs(scale.low), abs(scale.high))
    powers = range(math.floor(math.log10(reach) - math.log10(scale.unit)) + 1)
    stride = 1 + 2 * len(powers) // most
    sizes = [float(Decimal(str(scale.unit)).scaleb(power)) for power in powers[::stride]]
    ticks = [*(-size for size in reversed(sizes)), 0.0, *sizes]
    return [(tick, _power(tick)) for tick in ticks if scale.low <= tick <= scale.high]


def _decimal(value: Decimal) -> str:
    """Plain digits, all with the decimals of the step; a power of ten where that would be long."""
    if value and not -5 <= value.adjusted() < 6:
        return number(float(value))
    return f"{value:f}".replace("-", "−") if value else "0"


def _power(value: float) -> str:
    """Plain digits, or a power of ten where they would be many."""
    if value and not 1e-4 <= abs(value) < 1e6:
        mantissa, exponent = f"{abs(value):.0e}".split("e")
        power = f"10{str(int(exponent)).translate(_SUPERSCRIPTS)}"
        return f"{'−' if value < 0 else ''}{'' if mantissa == '1' else f'{mantissa}·'}{power}"
    return number(value)
