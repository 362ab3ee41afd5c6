"""Compare the names of signers, so that one person cannot sign as two."""

import unicodedata


def name_key(name: str) -> str:
    """Return a name for comparison: without case, full width, spaces and invisible characters; "" if nothing is left.

    >>> name_key(" 王 某") == name_key("王某") and name_key("ＬＩ") == name_key("li")
    True
    """
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in plain if not sign.isspace() and unicodedata.category(sign) != "Cf")
