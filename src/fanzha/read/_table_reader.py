"""Readers of tables with named columns: they give cells, and the column map makes events of them."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from fanzha.base.words import Words
from fanzha.read._arrow import Column as ArrowColumn
from fanzha.read._convert.convert import Converter
from fanzha.read._convert.rows import Rows
from fanzha.read._map.column_map import ColumnMap, Layout
from fanzha.read._map.targets import targets
from fanzha.read._propose.propose import Proposal, propose
from fanzha.read._reader import Batch, Reader, Source, Terms
from fanzha.read._rejects import Unreadable

NO_BASIS = Words(
    "含短信或语音内容，但未声明法律依据（《电信条例》第六十五条：除公安、国家安全、检察机关依法检查外，不得检查通信内容）；"
    '请在映射中写 basis = "…"，或加 --basis "…"（如：用户本人举报、发送方合同约定、依法出具的协查函编号）',
    "it holds message content and declares no legal basis (Telecom Regulations Art. 65: only police, state security "
    'and procuratorate may inspect content); write basis = "..." in its map or give --basis "..." (the user\'s own '
    "report, the sender's contract, the number of a lawful order, …)",
)
NOT_UNDERSTOOD = Words(
    "无法判断各列含义；请运行 fanzha read 查看并编写映射",
    "its columns are not understood; run `fanzha read` and write a map",
)

PROPOSED = Words(
    "各列含义由表头与取值推断，请用 fanzha read 核对", "what the columns mean was proposed: check with fanzha read"
)


@dataclass(frozen=True)
class Look:
    """What a table looks like before it is read: names, the first rows, and how the file is written."""

    names: tuple[str, ...]
    sample: dict[str, ArrowColumn]
    layout: Layout = field(default_factory=Layout)
    about: str = ""  # what stands above the header


class Understood(NamedTuple):
    """A table, the map it is read by, and what the operator should check of the map."""

    look: Look
    map: ColumnMap
    notes: tuple[Words, ...] = ()


class TableReader(Reader):
    """A format whose columns mean what the map says."""

    @abstractmethod
    def look(self, source: Source, layout: Layout) -> Look:
        """Return the columns and first rows; what `layout` says is taken for true."""

    @abstractmethod
    def rows(self, source: Source, look: Look, map_: ColumnMap) -> Iterator[Rows]:
        """Yield the cells of the columns the map names (and the first column) in bounded memory."""

    def understand(self, source: Source) -> Understood:
        """Return the look and the map: the written one, or one proposed from headers and values."""
        look = self.look(source, source.map.file if source.map else Layout())
        if source.map is not None:
            return Understood(look, source.map)
        proposal = proposal_of(source, look)
        if proposal.map is None:
            raise Unreadable(NOT_UNDERSTOOD)
        return Understood(look, proposal.map, (PROPOSED, *proposal.notes))

    def read(self, source: Source, terms: Terms) -> Iterator[Batch]:
        """Yield event batches; the last one carries the notes."""
        look, map_, notes = self.understand(source)
        missing = [name for ours in map_.columns for name in _names(map_, ours) if name not in look.names]
        if missing:
            raise Unreadable(_missing(missing, look.names))
        if not (map_.basis or terms.basis) and holds_content(map_):
            raise Unreadable(NO_BASIS)
        converter = Converter(source, map_, terms, self.name)
        for rows in self.rows(source, look, map_):
            yield converter.convert(rows)
        yield Batch(notes=notes + converter.notes(), position=source.size)


def proposal_of(source: Source, look: Look) -> Proposal:
    """Return the map proposed for a source that nobody has described."""
    about = f"{look.about}\n{source.member or source.path.name}"
    return propose(look.names, look.sample, source.table, look.layout, about)


def holds_content(map_: ColumnMap) -> bool:
    """Return whether the map takes words people wrote or spoke."""
    return any(targets(map_.table)[ours].content for ours in map_.columns)


def wanted(look: Look, map_: ColumnMap) -> list[str]:
    """Return the file's columns that are needed, in the file's order: those of the map, and the first."""
    names = {name for ours in map_.columns for name in _names(map_, ours)} | set(look.names[:1])
    if map_.direction is not None:
        names.add(map_.direction.from_)
    return [name for name in look.names if name in names]


def _names(map_: ColumnMap, ours: str) -> tuple[str, ...]:
    take = map_.take(ours)
    return take.names if take else ()


def _missing(missing: list[str], names: tuple[str, ...]) -> Words:
    have, lack = ", ".join(names[:40]), ", ".join(missing[:10])
    return Words(
        f"映射中的列不存在：{lack}；文件有：{have}",
        f"the map names columns that are not there: {lack}; there are: {have}",
    )
