"""Exports find the app that writes packs without importing it."""

from fanzha.command.evidence import packs
from fanzha.command.exports.pack_writer import pack_writer


def test_packs_are_written_by_the_evidence_app() -> None:
    assert pack_writer() is packs
