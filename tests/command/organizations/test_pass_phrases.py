"""What attackers try first is refused; what is long and unexpected is taken, whatever its characters."""

import pytest
from django.contrib.auth.hashers import ScryptPasswordHasher, get_hasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from tests.command.people import PASSWORD
from tests.password_cost import SITE_COST

from fanzha.command.organizations.models import Person
from fanzha.command.organizations.pass_phrases import CommonPiecesValidator, is_easy


@pytest.mark.parametrize(
    "phrase",
    ["password1234", "Password!!!2024", "qwertyqwerty12", "dragonmonkey77", "fanzha password", "111111111111"],
)
def test_common_passwords_put_together_are_easy(phrase: str) -> None:
    assert is_easy(phrase)


@pytest.mark.parametrize(
    "phrase", [PASSWORD, "correct horse battery staple", "春风又绿江南岸明月何时", "g7 Lk0 pQz 19 vTr"]
)
def test_long_and_unexpected_ones_are_not(phrase: str) -> None:
    assert not is_easy(phrase)


def test_the_site_hashes_them_by_scrypt_at_the_cost_that_owasp_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """N = 2¹⁴, r = 8, p = 5, as in the Password Storage Cheat Sheet."""
    assert type(get_hasher()) is ScryptPasswordHasher
    for name, value in SITE_COST.items():
        monkeypatch.setattr(ScryptPasswordHasher, name, value)
    algorithm, work_factor, _salt, block_size, parallelism, _hash = get_hasher().encode(PASSWORD, "salt").split("$")
    assert (algorithm, work_factor, block_size, parallelism) == ("scrypt", "16384", "8", "5")


def test_twelve_characters_are_wanted_and_no_kind_of_them() -> None:
    with pytest.raises(ValidationError, match="12"):
        validate_password("tin lamp fo")
    validate_password("tin lamp fog wool")


def test_the_mail_address_is_no_pass_phrase() -> None:
    with pytest.raises(ValidationError, match="similar"):
        validate_password("somebody.known", Person(email="somebody.known@carrier.example"))


def test_the_rule_says_what_to_do_instead() -> None:
    assert "words" in CommonPiecesValidator().get_help_text()
    with pytest.raises(ValidationError, match="Use four unrelated words"):
        CommonPiecesValidator().validate("password1234")


def test_one_that_keeps_the_machine_busy_is_refused() -> None:
    with pytest.raises(ValidationError, match="1,000"):
        CommonPiecesValidator().validate("ab cd ef gh " * 100)
