"""Days of retention may be set between the floor and the ceiling of the law; beyond, the refusal names the law."""

from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.command.privacy.retention_settings import bases_text, load_retention_days

TABLE = "exports.Unmasking"


def write(home: Path, value: object) -> None:
    (home / "fanzha.toml").write_text(f'[retention]\n"{TABLE}" = {value}\n')


def test_without_settings_each_table_keeps_the_days_of_its_class(home: Path) -> None:
    days = load_retention_days()
    assert days[TABLE] == 366
    assert "evidence.LogEntry" not in days, "the log does not end by age"


@pytest.mark.parametrize("days", [184, 200, 1096])
def test_days_within_the_limits_are_used(home: Path, days: int) -> None:
    write(home, days)
    assert load_retention_days()[TABLE] == days


@pytest.mark.parametrize(
    ("days", "law", "zh"),
    [
        (183, "Cybersecurity Law, Art. 21", "《网络安全法》第二十一条"),
        (1097, "Protection Law, Art. 19", "《个人信息保护法》第十九条"),
    ],
)
def test_days_beyond_the_limits_are_refused_with_the_law(home: Path, days: int, law: str, zh: str) -> None:
    write(home, days)
    with pytest.raises(UsageError) as refused:
        load_retention_days()
    assert law in str(refused.value) and zh in str(refused.value) and TABLE in str(refused.value)
    assert "184" in str(refused.value.fix) and "1096" in str(refused.value.fix)


@pytest.mark.parametrize("value", ['"long"', "1.5", "true"])
def test_what_is_no_number_of_days_is_refused(home: Path, value: str) -> None:
    write(home, value)
    with pytest.raises(UsageError, match="no number of days"):
        load_retention_days()


@pytest.mark.parametrize("label", ["evidence.LogEntry", "flows.Step", "nothing.AtAll"])
def test_a_table_that_does_not_end_by_age_has_no_setting(home: Path, label: str) -> None:
    (home / "fanzha.toml").write_text(f'[retention]\n"{label}" = 366\n')
    with pytest.raises(UsageError, match="no table with a period"):
        load_retention_days()


def test_bases_are_written_out_in_both_languages() -> None:
    text = bases_text(("PIPL19", "POL"))
    assert text.zh == "《个人信息保护法》第十九条、平台规则（建议）"
    assert text.en == "Personal Information Protection Law, Art. 19; Platform policy (proposal)"
