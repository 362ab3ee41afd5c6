"""Written numbers for property tests: likely ones, disguised ones, and what hostile rows hold."""

from hypothesis import strategies as st

STARTS = [
    "", "+", "00", "0", "+86", "86", "0086", "+00", "+8600", "+86 0", "+8610", "010", "0571-", "+1 0", "+852",
    "853", "+44 (0)", "１３", "179511", "12593", "++", "tel:+86", "sip:", "1069", "10648",
    "140", "400", "95", "96", "138", "1749",
]  # fmt: skip
ENDS = ["", "110", "95588", "96110", "10086", "转801", "@ims.example", "٣", " ", "x"]
DIGITS = st.text("0123456789", max_size=14)
SEPARATED = st.text("0123456789 -().", max_size=20)


def written_numbers() -> st.SearchStrategy[str]:
    """Text that is, or wants to be, or cannot be a number."""
    shaped = st.builds(
        lambda *parts: "".join(parts), st.sampled_from(STARTS), DIGITS | SEPARATED, st.sampled_from(ENDS)
    )
    return shaped | DIGITS | st.text(max_size=40) | st.text("0123456789+-", max_size=90)
