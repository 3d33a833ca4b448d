"""Records: rounding, reading back exactly what was written, and clear refusals."""

import json
import math
from decimal import ROUND_HALF_EVEN, Context, Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import GeneratorError, UnknownNameError
from generator.records.record import QUANTILES, Cell, CurveSummary, Record, dumps, loads, read
from generator.records.rounding import rounded, rounded_all

RECORD = Record(
    experiment="an-experiment",
    replicates=(0, 2),
    registration={"C01": "ab"},
    provenance={"versions": {"numpy": "1"}, "runs": {"one/a": ["k"]}},
    cells={
        "one": {
            "a": Cell(
                metrics={"last of loss": (0.25, math.inf)},
                curves={
                    "loss": CurveSummary(
                        quantiles=((1.0, 0.5),) * len(QUANTILES), runs={0: (1.0, math.nan), 10: (2.0, 3.0)}
                    )
                },
                diverged=1,
            )
        }
    },
)


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 12))
def test_rounding_is_half_to_even_of_the_exact_value(value: float, digits: int) -> None:
    """The decimal module rounds the exact binary value by the same rule."""
    exact = Context(prec=digits, rounding=ROUND_HALF_EVEN).create_decimal(Decimal(value))
    assert rounded(value, digits) == float(exact)


def test_rounding_twice_changes_nothing_and_infinities_stay() -> None:
    """A record read, rounded and written again is the same record."""
    assert rounded(rounded(0.123456)) == rounded(0.123456) == 0.1235
    assert rounded_all([math.inf, -math.inf]) == (math.inf, -math.inf)
    assert math.isnan(rounded(math.nan))


def test_a_record_comes_back_as_it_was() -> None:
    """Numbers that JSON does not know too."""
    back = loads(dumps(RECORD))
    assert dumps(back) == dumps(RECORD)
    assert back.metric("one", "a", "last of loss") == (0.25, math.inf)
    assert math.isnan(back.curve("one", "a", "loss").runs[0][1])
    assert back.cell("one", "a").diverged == 1


@given(st.lists(st.floats(width=32), max_size=5))
def test_any_numbers_come_back(values: list[float]) -> None:
    """Bit for bit, NaN included."""
    cell = Cell(metrics={"m": tuple(values)}, curves={}, diverged=0)
    record = Record(experiment="e", replicates=(0, 1), registration={}, provenance={}, cells={"d": {"c": cell}})
    back = loads(dumps(record)).metric("d", "c", "m")
    assert [repr(v) for v in back] == [repr(v) for v in values]


def test_text_is_strict_json_with_an_array_a_line() -> None:
    """A changed number is a changed line in a diff."""
    text = dumps(RECORD)
    json.loads(text, parse_constant=lambda name: pytest.fail(f"bare {name}"))
    assert '   "last of loss": [0.25, "Infinity"]' in "\n".join(line[2:] for line in text.splitlines())
    assert text.endswith("}\n")


def test_a_record_without_a_name_says_what_is_there() -> None:
    """For data sets, conditions, metrics and curves alike."""
    with pytest.raises(UnknownNameError, match="data set in the record of an-experiment 'two'"):
        RECORD.cell("two", "a")
    with pytest.raises(UnknownNameError, match="condition"):
        RECORD.cell("one", "b")
    with pytest.raises(UnknownNameError, match="did you mean 'last of loss'"):
        RECORD.metric("one", "a", "last of los")
    with pytest.raises(UnknownNameError, match="curve"):
        RECORD.curve("one", "a", "accuracy")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"schema": 1}',
        dumps(RECORD)[:-40],
        dumps(RECORD).replace("0.25", "NaN"),
        dumps(RECORD).replace("0.25", '"x"'),
    ],
)
def test_damaged_text_is_refused_in_one_line(text: str) -> None:
    """Naming the file."""
    with pytest.raises(GeneratorError, match=r"^here\.json: expected a record, found") as caught:
        loads(text, "here.json")
    assert "\n" not in str(caught.value)


def test_other_schemas_and_missing_files_are_refused(tmp_path: Path) -> None:
    """With what was found."""
    with pytest.raises(GeneratorError, match="expected record schema 1, found 2"):
        loads(dumps(RECORD).replace('"schema": 1', '"schema": 2'))
    with pytest.raises(GeneratorError, match=r"expected a record at .* found No such file"):
        read(tmp_path / "absent.json")
