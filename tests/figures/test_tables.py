"""What changed between two data tables, told with the number that changed the most."""

import pytest

from generator.figures.tables import compare_tables

BEFORE = b"epoch,loss,label\n1,0.5,low\n2,0.4,low\n3,0.2,high\n"


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (BEFORE, "changed no value"),
        (BEFORE.replace(b"0.4", b"0.41"), "changed 1 of 9 values, the most loss in epoch 2: 0.4 to 0.41"),
        # From 0.5 to 1 is a half of the larger, from 0.2 to 0.05 three quarters.
        (
            BEFORE.replace(b"0.5", b"1").replace(b"0.2", b"0.05"),
            "changed 2 of 9 values, the most loss in epoch 3: 0.2 to 0.05",
        ),
        (BEFORE.replace(b"0.5", b"inf"), "changed 1 of 9 values, the most loss in epoch 1: 0.5 to inf"),
        (
            BEFORE.replace(b"high", b"other").replace(b"0.5", b"0.6"),
            "changed 2 of 9 values, the most label in epoch 3: high to other",
        ),
        (BEFORE.replace(b"label", b"name"), "changed its columns"),
        (BEFORE + b"4,0.1,high\n", "changed its number of rows from 3 to 4"),
    ],
)
def test_a_change_is_told(after: bytes, told: str) -> None:
    assert str(compare_tables(BEFORE, after)) == told


def test_a_row_is_called_by_its_words() -> None:
    before = b"set,mark,ratio,verdict\ndigits,estimate,2,yes\ndigits,run 1,3,\n"
    told = str(compare_tables(before, before.replace(b"2,yes", b"4,yes")))
    assert told == "changed 1 of 8 values, the most ratio in digits estimate: 2 to 4"


def test_a_table_of_one_column_names_no_row() -> None:
    assert str(compare_tables(b"loss\n1\n", b"loss\n2\n")) == "changed 1 of 1 values, the most loss: 1 to 2"
