"""A breached pass phrase is found on a list of any length, the first line and the last, and no other one is."""

from hashlib import sha1
from pathlib import Path

import pytest
from django.contrib.auth.password_validation import get_password_validators
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from fanzha.command.organizations.breached_passwords import BreachedPasswordValidator, is_listed

PHRASES = [f"four plain words {number}" for number in range(200)]


def written(path: Path, phrases: list[str], end: str = "\r\n") -> Path:
    """A list as the downloader of Have I Been Pwned writes it."""
    hashes = sorted(sha1(one.encode(), usedforsecurity=False).hexdigest().upper() for one in phrases)
    path.write_bytes("".join(f"{one}:{place + 1}{end}" for place, one in enumerate(hashes)).encode())
    return path


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("many", [0, 1, 2, 3, 200])
def test_each_of_a_list_is_found_and_no_other(tmp_path: Path, many: int, end: str) -> None:
    path = written(tmp_path / "list", PHRASES[:many], end)
    assert [is_listed(one, path) for one in PHRASES[:many]] == [True] * many
    assert not any(is_listed(f"{one}!", path) for one in PHRASES)


def test_a_list_without_an_end_of_its_last_line_is_read_to_the_end(tmp_path: Path) -> None:
    path = written(tmp_path / "list", PHRASES[:5])
    path.write_bytes(path.read_bytes().rstrip())
    assert all(is_listed(one, path) for one in PHRASES[:5])


@given(listed=st.sets(st.text(min_size=1), max_size=30), asked=st.text(min_size=1))
def test_it_says_what_a_set_would(tmp_path_factory: pytest.TempPathFactory, listed: set[str], asked: str) -> None:
    path = written(tmp_path_factory.getbasetemp() / "breached", sorted(listed))
    assert is_listed(asked, path) is (asked in listed)


def test_the_site_refuses_what_stands_on_its_list(tmp_path: Path, settings: Settings) -> None:
    settings.BREACHED_PASSWORDS = str(written(tmp_path / "list", PHRASES[:3]))
    validators = get_password_validators(settings.AUTH_PASSWORD_VALIDATORS)
    (ours,) = (one for one in validators if isinstance(one, BreachedPasswordValidator))
    with pytest.raises(ValidationError, match="leaked"):
        ours.validate(PHRASES[0])
    ours.validate(PHRASES[3])


def test_without_a_list_nothing_is_asked(settings: Settings) -> None:
    settings.BREACHED_PASSWORDS = ""
    BreachedPasswordValidator().validate(PHRASES[0])
