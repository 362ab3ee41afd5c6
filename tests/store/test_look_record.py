"""A record is read as it was written; the visit that tells most is that which asks for most."""

from pathlib import Path

import pytest

from fanzha.store.look_record import LookRecord, PageForm, PersonaVisit, encode_record, read_record

PLAIN = PersonaVisit("desktop", dom="d")
LOGIN = PersonaVisit("phone", dom="d", forms=(PageForm("", "", ("card", "name")), PageForm("", "", ("card",))))


def test_a_record_is_read_as_written(tmp_path: Path) -> None:
    record = LookRecord("http://a.example/", 7, visits=(PLAIN, LOGIN))
    (tmp_path / "look.json").write_bytes(encode_record(record))
    assert read_record(tmp_path) == record
    (tmp_path / "look.json").write_bytes(b'{"url": 7}')
    with pytest.raises(ValueError, match="str"):
        read_record(tmp_path)


def test_the_telling_visit_asks_for_most() -> None:
    assert LookRecord("", 0, visits=(PLAIN, LOGIN)).telling_visit == LOGIN
    assert LookRecord("", 0, visits=(PersonaVisit("plain"),)).telling_visit is None
    assert LOGIN.asks == ("card", "name")
