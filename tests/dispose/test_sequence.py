"""A file that is missing, comes twice or was put in another's place is seen."""

import pytest

from fanzha.dispose import PLACE_WORDS, Last, Place, place_of


@pytest.mark.parametrize(
    ("sequence", "before", "last", "place"),
    [
        (1, "", Last(), Place.NEXT),
        (2, "a", Last(1, "a"), Place.NEXT),
        (1, "", Last(1, "a"), Place.REPEATED),
        (3, "b", Last(1, "a"), Place.MISSING_BEFORE),
        (2, "x", Last(1, "a"), Place.ANOTHER),
        (1, "x", Last(), Place.ANOTHER),
        (0, "", Last(), Place.REPEATED),
    ],
)
def test_a_file_is_told_by_its_number_and_by_the_one_before(
    sequence: int, before: str, last: Last, place: Place
) -> None:
    assert place_of(sequence, before, last) is place


def test_every_place_is_told_in_both_languages() -> None:
    assert set(PLACE_WORDS) == set(Place) and all(all(words) for words in PLACE_WORDS.values())
