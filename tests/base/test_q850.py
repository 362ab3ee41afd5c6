"""SIP status codes and switch-specific cause names map to ITU-T Q.850 causes."""

import pytest

from fanzha.base.q850 import q850_from_name, q850_from_sip


@pytest.mark.parametrize(("code", "cause"), [(200, 16), (486, 17), (404, 1), (480, 18), (487, 16), (503, 41), (499, 31),
                                             (599, 41), (100, None), (0, None), (700, None)])  # fmt: skip
def test_sip_codes_have_causes(code: int, cause: int | None) -> None:
    assert q850_from_sip(code) == cause


@pytest.mark.parametrize(("name", "cause"), [("NORMAL_CLEARING", 16), ("user_busy", 17), ("16", 16), ("999", None),
                                             ("", None), ("²", None)])  # fmt: skip
def test_names_of_causes(name: str, cause: int | None) -> None:
    assert q850_from_name(name) == cause
