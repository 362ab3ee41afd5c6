"""Base class of readers of tables: they yield cells in named columns, which the column map converts to events."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from fanzha.base.clock import moment_ms
from fanzha.base.words import Words
from fanzha.read._arrow import ArrowColumn
from fanzha.read._convert.converter import Converter
from fanzha.read._convert.rows import RawRows
from fanzha.read._convert.zone import Zone
from fanzha.read._map.column_map import BasisDocument, ColumnMap, FileLayout
from fanzha.read._map.targets import target_columns
from fanzha.read._propose.proposal import MapProposal, propose
from fanzha.read._reader import EventBatch, ReadContext, Reader, SourceFile
from fanzha.read._rejects import UnreadableSource

NO_BASIS = Words(
    "含短信或语音内容，但未声明法律依据（《电信条例》第六十五条：除公安、国家安全、检察机关依法检查外，不得检查通信内容）；"
    '请在映射中写 basis = "…"，或加 --basis "…"（如：用户本人举报、发送方合同约定、依法出具的协查函编号）',
    "it holds message content and declares no legal basis (Telecom Regulations Art. 65: only police, state security "
    'and procuratorate may inspect content); write basis = "..." in its map or give --basis "..." (the user\'s own '
    "report, the sender's contract, the number of a lawful order, …)",
)
_DAY_MS = 86_400_000
BASIS_WITHOUT_DOCUMENT = Words(
    "法律依据只有名称，没有批准人、范围与期限；请在映射的 [basis] 中写 document、approver、scope、expires",
    "the legal basis is a name without approver, scope and expiry: write document, approver, scope and expires under "
    "the map's [basis]",
)
OTHER_BASIS = Words(
    "映射中的法律依据是“{document}”，而本次运行指定“{named}”",
    "the legal basis of the map is {document!r}, yet the run names {named!r}",
)
EXPIRED_BASIS = Words(
    "法律依据“{document}”已于 {expires} 到期，内容不再读取",
    "the legal basis {document!r} expired on {expires}: the content is no longer read",
)
NOT_UNDERSTOOD = Words(
    "无法判断各列含义；请运行 fanzha read 查看并编写映射",
    "its columns are not understood; run `fanzha read` and write a map",
)
NO_COLUMNS = Words(
    "列映射没有 [columns]，不知道各列含义；请运行 fanzha read --write 生成",
    "the map has no [columns], so nothing says what the columns mean: `fanzha read --write` proposes them",
)
NO_ROWS = Words("表头下没有数据行", "it has no rows below its header")
PROPOSED = Words(
    "各列含义由表头与取值推断，请用 fanzha read 核对", "what the columns mean was proposed: check with fanzha read"
)


@dataclass(frozen=True)
class TablePreview:
    """Column names, sample rows and file layout of a table, found before it is read."""

    names: tuple[str, ...]
    sample: dict[str, ArrowColumn]
    layout: FileLayout = field(default_factory=FileLayout)
    preamble: str = ""  # the text above the header
    notes: tuple[Words, ...] = ()  # messages for the operator


class ResolvedMap(NamedTuple):
    """The preview of a table, its column map, and what the operator should check."""

    preview: TablePreview
    map: ColumnMap
    notes: tuple[Words, ...] = ()
    proposal: MapProposal | None = None  # None: the map is the source's own, or that of its format


class TableReader(Reader):
    """A format whose columns are interpreted by a column map."""

    @abstractmethod
    def preview(self, source: SourceFile, layout: FileLayout) -> TablePreview:
        """Return the columns and sample rows. Settings in `layout` override detection."""

    @abstractmethod
    def read_rows(self, source: SourceFile, preview: TablePreview, map_: ColumnMap) -> Iterator[RawRows]:
        """Yield the cells of the mapped columns and of the first column, in bounded memory."""

    def resolve_map(self, source: SourceFile) -> ResolvedMap:
        """Return the preview and the map: the source's own, or one proposed from headers and values."""
        preview = self.preview(source, source.map.file if source.map else FileLayout())
        if source.map is not None:
            return ResolvedMap(preview, source.map, preview.notes)
        proposal = _propose_map(source, preview)
        if proposal.map is None:
            raise UnreadableSource(_join_words(NOT_UNDERSTOOD, proposal.notes))
        return ResolvedMap(preview, proposal.map, (PROPOSED, *preview.notes, *proposal.notes), proposal)

    def read(self, source: SourceFile, context: ReadContext) -> Iterator[EventBatch]:
        """Yield event batches. The last batch has the notes."""
        preview, map_, notes, _ = self.resolve_map(source)
        if not map_.columns:
            raise UnreadableSource(NO_COLUMNS)
        missing = [
            name for target in map_.columns for name in _source_columns(map_, target) if name not in preview.names
        ]
        if missing:
            raise UnreadableSource(_describe_missing(missing, preview.names))
        if has_content(map_):
            notes += _check_basis(map_, context)
        converter = Converter(source, map_, context, self.name)
        has_rows = False
        for rows in self.read_rows(source, preview, map_):
            has_rows |= bool(rows.count or rows.rejects or rows.waiting)
            yield converter.convert(rows)
        notes += () if has_rows else (NO_ROWS,)
        yield EventBatch(notes=notes + converter.list_notes(), position=source.size)


def _check_basis(map_: ColumnMap, context: ReadContext) -> tuple[Words, ...]:
    """Raise UnreadableSource if content has no basis, another than the run names, or an expired one; return notes."""
    basis = map_.basis
    if not isinstance(basis, BasisDocument):
        if not (basis or context.basis):
            raise UnreadableSource(NO_BASIS)
        return (BASIS_WITHOUT_DOCUMENT,)
    if context.basis and context.basis != basis.document:
        raise UnreadableSource(OTHER_BASIS.format(document=basis.document, named=context.basis))
    if context.observed_at >= moment_ms(basis.expires, Zone(map_.time.zone).tzinfo) + _DAY_MS:
        raise UnreadableSource(EXPIRED_BASIS.format(document=basis.document, expires=basis.expires))
    return ()


def _propose_map(source: SourceFile, preview: TablePreview) -> MapProposal:
    """Propose a column map for a source without one."""
    about = f"{preview.preamble}\n{source.member or source.path.name}"
    return propose(preview.names, preview.sample, source.table, preview.layout, about)


def _join_words(first: Words, others: tuple[Words, ...]) -> Words:
    return Words("；".join(words.zh for words in (first, *others)), "; ".join(words.en for words in (first, *others)))


def has_content(map_: ColumnMap) -> bool:
    """Return whether the map fills a column with communication content."""
    return any(target_columns(map_.table)[target].content for target in map_.columns)


def list_needed_columns(preview: TablePreview, map_: ColumnMap) -> list[str]:
    """Return the mapped columns and the first column, in the order of the file."""
    names = {name for target in map_.columns for name in _source_columns(map_, target)} | set(preview.names[:1])
    if map_.direction is not None:
        names.add(map_.direction.from_)
    return [name for name in preview.names if name in names]


def _source_columns(map_: ColumnMap, target: str) -> tuple[str, ...]:
    source = map_.column_source(target)
    return source.names if source else ()


def _describe_missing(missing: list[str], names: tuple[str, ...]) -> Words:
    available, absent = ", ".join(names[:40]), ", ".join(missing[:10])
    return Words(
        f"映射中的列不存在：{absent}；文件有：{available}",
        f"the map names columns that are not there: {absent}; there are: {available}",
    )
