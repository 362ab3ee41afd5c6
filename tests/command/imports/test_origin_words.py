"""Every origin that a spared number may have is told in words."""

from fanzha.command.imports.origin_words import INGRESS_WORDS, origin_words
from fanzha.events.call_offered import INGRESS


def test_every_ingress_has_words() -> None:
    assert set(INGRESS_WORDS) == set(INGRESS)
    assert origin_words("ingress", "leased_line").zh == "语音专线"


def test_a_trunk_is_called_by_its_name() -> None:
    assert origin_words("trunk", "MSC-1").en == "trunk MSC-1"
