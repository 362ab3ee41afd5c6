"""Each main kind of fraud has a script, whole in both languages; what goes to a handset fits and lures nobody."""

import re

import pytest

from fanzha.base.fraud_types import FRAUD_TYPES
from fanzha.processes import all_processes
from fanzha.warn import CallScript, call_scripts, find_call_script
from fanzha.warn._wording import ucs2_units
from fanzha.warn.flash_sms import MOST_UNITS as FLASH_UNITS
from fanzha.warn.text import MOST_UNITS as TEXT_UNITS

SCRIPTS = [pytest.param(script, id=kind) for kind, script in call_scripts().items()]
_LURE = re.compile(r"[0-9]|https?:|www\.|[a-z0-9]+\.(com|cn|net)|微信号|QQ", re.IGNORECASE)


def test_ten_kinds_and_a_general_one_have_a_script_that_the_process_offers() -> None:
    kinds = set(call_scripts())
    assert len(kinds) >= 11 and kinds <= set(FRAUD_TYPES)
    assert set(all_processes()["dissuasion"].events["open"].evidence["fraud_type"].choices) == kinds


@pytest.mark.parametrize("kind", ["", "sim_box", "victim_at_risk"])
def test_another_kind_has_the_general_script(kind: str) -> None:
    assert find_call_script(kind) == find_call_script("other")


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_is_whole_in_both_languages(script: CallScript) -> None:
    every = [script.opening, script.proof, script.now, script.if_paid, script.if_refused, script.closing]
    every += [*script.asks, *script.points, script.flash, script.text]
    assert all(words.zh and words.en and words.zh != words.en for words in every)
    assert len(script.asks) >= 2 and len(script.points) >= 2
    assert "96110" in script.proof.zh and "96110" in script.proof.en


@pytest.mark.parametrize("script", SCRIPTS)
def test_what_goes_to_a_handset_fits_and_names_no_link_and_no_number(script: CallScript) -> None:
    for words, limit in ((script.flash, FLASH_UNITS), (script.text, TEXT_UNITS)):
        for text in words:
            assert ucs2_units(text) <= limit and not _LURE.search(text), text
