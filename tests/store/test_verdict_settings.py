"""How verdicts are made is the operator's to say, within what no setting may do."""

import re
from pathlib import Path

import pytest

from fanzha.base.errors import UsageError
from fanzha.claims.difference import Limits
from fanzha.claims.policy import Policy
from fanzha.claims.treatment import Treatment
from fanzha.store.verdict_settings import VerdictSettings, load_verdict_settings


def settings(tmp_path: Path, text: str) -> VerdictSettings:
    (tmp_path / "fanzha.toml").write_text(text, "utf-8")
    return load_verdict_settings(tmp_path)


def test_without_a_file_it_is_as_it_ships(tmp_path: Path) -> None:
    assert load_verdict_settings(tmp_path) == VerdictSettings() == settings(tmp_path, "[budget]\n")


def test_policy_trust_and_limits_are_read(tmp_path: Path) -> None:
    found = settings(
        tmp_path,
        '[verdicts]\norganisation = "虚构运营商"\nsuspected = 0.9\ntreat_suspected = "withhold"\n'
        '[verdicts.trust]\n"虚构银行" = 0.8\n[verdicts.limits]\nnewly_refused = 5\n',
    )
    assert found.policy == Policy(
        organization="虚构运营商", suspected=0.9, treat_suspected=Treatment.WITHHOLD, trust={"虚构银行": 0.8}
    )
    assert found.limits == Limits(newly_refused=5)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("verdicts = 1", "must be a table"),
        ("[verdicts]\nsuspectd = 0.9", "unknown key 'suspectd'"),
        ("[verdicts]\nsuspected = 2.0", r"\[verdicts\]: .*must hold"),
        ('[verdicts]\ntreat_suspected = "refuse"', "takes a decision"),
        ("[verdicts.limits]\nnewly_refused = 'many'", r"\[verdicts.limits\]"),
        ("[verdicts.limits]\nmost = 1", "unknown key 'most'"),
        ("[verdicts", "fanzha.toml"),
    ],
)
def test_what_cannot_be_is_named(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        settings(tmp_path, text)


def test_the_settings_of_the_reference_page_are_those_that_ship_but_for_names(tmp_path: Path) -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "reference" / "verdicts.md"
    (example,) = re.findall(r"^```toml\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)
    found = settings(tmp_path, example)
    assert found == VerdictSettings(Policy(organization="虚构运营商", trust={"虚构银行": 0.8, "wangiri": 0.9}))
