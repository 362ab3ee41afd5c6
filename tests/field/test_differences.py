"""Mutated calls through Kamailio never pass unscreened, never pass where they must be refused, and read alike."""

import os
from pathlib import Path

import pytest
from tests.field.differences import find_differences

pytestmark = pytest.mark.field

CASES, SEED = int(os.environ.get("FANZHA_FUZZ_CASES", "2000")), int(os.environ.get("FANZHA_FUZZ_SEED", "1"))


@pytest.mark.parametrize("config", ["redirect.cfg", "http.cfg"])
def test_proxy_and_screen_treat_mutated_calls_alike(config: str, tmp_path: Path) -> None:
    differences, fuzzer = find_differences(config, CASES // 2, SEED, tmp_path)
    assert differences == []
    assert fuzzer.answered > CASES // 8 and fuzzer.relayed > CASES // 100
