"""The contacts of a column are those of each message."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from fanzha.kinds.message import extract_contacts, is_service_number
from fanzha.kinds.messaging.contact_columns import read_contacts

PIECES = (
    "加微信", "点", "vx:abc12345", "你好", "13800138000", "+86 95588", "400-820-8820", "http://a.example/x", "b[.]top",
    "【某店】", " ", "，", "1", "/", "Telegram",
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=6).map("".join), max_size=5))
def test_columns_and_messages_agree(texts: list[str]) -> None:
    found = read_contacts(pa.array(texts, pa.string()))
    for row, text in enumerate(texts):
        one = extract_contacts(text)
        assert found.hosts[row] == tuple(dict.fromkeys(link.location.host for link in one.links))
        assert found.signatures[row] == one.signature and found.handles[row] == bool(one.handles)
        service = list(map(is_service_number, one.numbers))
        assert (found.service_numbers[row], found.numbers[row]) == (any(service), not all(service))
