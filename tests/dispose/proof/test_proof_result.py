"""Every sort of proof has a name in both languages."""

from fanzha.dispose import PROOF_WORDS


def test_proofs_are_named() -> None:
    assert {"snapshot_entry", "test_call", "site_probe", "system_record"} == set(PROOF_WORDS)
    assert all(all(words) for words in PROOF_WORDS.values())
