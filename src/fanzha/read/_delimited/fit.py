"""Records wider or narrower than the header: kept when there is only one way to understand them."""


def fit(cells: list[str], width: int, content: int | None, needed: int, delimiter: str = ",") -> list[str] | None:
    """Return exactly `width` cells, or None when the record cannot be understood.

    `content` is the place of the column with people's words, which may hold the delimiter; `needed` is the number of
    leading columns that are used.
    """
    if len(cells) == width:
        return cells
    if len(cells) < width:
        return cells + [""] * (width - len(cells)) if len(cells) >= needed else None
    extra = len(cells) - width
    if not any(cell.strip() for cell in cells[width:]):
        return cells[:width]
    if content is None:
        return None
    words = cells[content : content + extra + 1]
    return [*cells[:content], delimiter.join(words), *cells[content + extra + 1 :]]
