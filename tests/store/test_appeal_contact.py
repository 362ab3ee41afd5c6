"""One table says where somebody objects; what cannot be used in an answer to a call is a mistake."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.store.appeal_contact import AppealContact, load_appeal_contact


def test_a_contact_is_read_and_other_keys_are_left_to_the_desk(tmp_path: Path) -> None:
    assert load_appeal_contact(tmp_path) == AppealContact() and AppealContact().text == ""
    text = '[appeals]\naddress = "https://a.example/appeal/"\nhotline = "+861010000"\ndays = 15\n'
    (tmp_path / "fanzha.toml").write_text(text)
    contact = load_appeal_contact(tmp_path)
    assert contact == AppealContact("https://a.example/appeal/", "+861010000", "")
    assert contact.text == "https://a.example/appeal/, +861010000"


@pytest.mark.parametrize(
    "line", ['address = "http://a.example"', 'address = "https://a.example;x"', 'hotline = "10000"', "email = 3"]
)
def test_a_contact_that_cannot_be_used_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "fanzha.toml").write_text(f"[appeals]\n{line}\n")
    with pytest.raises(UsageError, match="appeals"):
        load_appeal_contact(tmp_path)
