"""Mutated calls never pass unscreened, never pass where they must be refused, and are read alike by all."""

import os
from pathlib import Path

import pytest
from tests.field.differences import CHAINS, find_differences

pytestmark = pytest.mark.field

CASES, SEED = int(os.environ.get("FANZHA_FUZZ_CASES", "2000")), int(os.environ.get("FANZHA_FUZZ_SEED", "1"))


@pytest.mark.parametrize("chain", CHAINS)
def test_a_mutated_call_is_the_same_call_to_all_that_read_it(chain: str, tmp_path: Path) -> None:
    cases = CASES // len(CHAINS)
    differences, fuzzer = find_differences(chain, cases, SEED, tmp_path)
    assert differences == []
    assert fuzzer.answered > cases // 4 and fuzzer.relayed > cases // 20
    assert all(remade > fuzzer.relayed // 2 for remade in fuzzer.remade.values())
