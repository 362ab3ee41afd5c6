"""A challenge is signed and ends, and its solution is what the page looks for."""

from datetime import UTC, datetime, timedelta

import pytest

from fanzha.command.reports.proof_of_work import LONGEST, is_solved, make_challenge, read_challenge, solve

pytestmark = pytest.mark.usefixtures("home")
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


def test_a_challenge_of_this_site_is_read_until_it_ends() -> None:
    text = make_challenge(NOW)
    assert read_challenge(text, NOW) is not None
    assert read_challenge(text, NOW + LONGEST - timedelta(seconds=1)) is not None
    assert read_challenge(text, NOW + LONGEST + timedelta(seconds=1)) is None


@pytest.mark.parametrize("text", ["", "a.b", "1.2.3", "1790000000.ff.\udcff"])
def test_what_this_site_did_not_sign_is_no_challenge(text: str) -> None:
    assert read_challenge(text, NOW) is None


def test_a_changed_challenge_is_none() -> None:
    text = make_challenge(NOW)
    assert read_challenge("9" + text[1:], NOW) is None


def test_a_solution_fits_its_challenge_alone() -> None:
    number = solve("challenge", 8)
    assert is_solved("challenge", number, 8)
    assert not all(is_solved(f"other {other}", number, 8) for other in range(8))


@pytest.mark.parametrize("solution", ["", "-1", "1.5", "९", "9" * 13])
def test_what_is_no_number_solves_nothing(solution: str) -> None:
    assert not is_solved("challenge", solution, 0)
