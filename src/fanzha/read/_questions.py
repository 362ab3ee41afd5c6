"""Questions about a proposed map: what is not sure is asked, columns that depend on each other together."""

from collections.abc import Collection, Sequence

import msgspec

from fanzha.base.words import Words
from fanzha.read._map.column_map import ColumnMap
from fanzha.read._propose.proposal import is_sufficient

#: Columns that can only be distinguished by comparison, so one question covers them together.
_TOGETHER = (("caller", "callee"), ("sender", "recipient"), ("occurred_at", "answered_at", "ended_at"))
TABLE = "table"  # `ours` of the question what a row is


class Question(msgspec.Struct):
    """A column of a proposed map that is not sure, with others that are asked about together with it.

    The question what a row is has the name `table`; `theirs` is then the proposed table, samples are the headers.
    """

    ours: str
    theirs: str
    sure: float  # confidence 0-1
    title: Words = Words("", "")  # of the event column
    samples: list[str] = []  # masked
    others: list["Question"] = []

    @property
    def names(self) -> list[str]:
        """The event columns that the question is about."""
        return [question.ours for question in (self, *self.others)]

    @property
    def words(self) -> Words:
        """The question for the operator: in words of the field, with the names of the columns and samples."""
        if self.ours == TABLE:
            heads = "、".join(self.samples), ", ".join(self.samples)
            return Words(
                f"每一行是一次通话吗（{self.theirs}）？列为 {heads[0]}，也可能是短信等记录；"
                "是短信则请以 --table message 读取",
                f"is each row a call ({self.theirs})? The columns {heads[1]} may be those of texts too; if they are, "
                "read them with --table message",
            )
        parts = [question._describe() for question in (self, *self.others)]
        zh, en = "，".join(part.zh for part in parts), ", ".join(part.en for part in parts)
        if not self.others:
            return Words(f"{zh}吗？（把握 {self.sure:.0%}）", f"does {en}? ({self.sure:.0%} sure)")
        return Words(
            f"请一并核对，各列易混：{zh}，对吗？（把握 {self.sure:.0%}）",
            f"these are easily confused, compare them: does {en}? ({self.sure:.0%} sure)",
        )

    def _describe(self) -> Words:
        zh, en = self.title.zh or self.ours, self.title.en or self.ours
        examples = "、".join(self.samples), ", ".join(self.samples)
        return Words(
            f"“{self.theirs}”是“{zh}”（{self.ours}{f'，如 {examples[0]}' if self.samples else ''}）",
            f"{self.theirs!r} hold “{en}” ({self.ours}{f', such as {examples[1]}' if self.samples else ''})",
        )


def group_questions(questions: Sequence[Question]) -> list[Question]:
    """Return the questions, with those that depend on each other joined to one."""
    grouped: list[Question] = []
    for question in questions:
        asked = [part for other in grouped for part in (other, *other.others)]
        same = next((part for part in asked if part.ours == question.ours), None)
        if same is not None:  # a date and a time in two columns
            same.theirs = f"{same.theirs} {question.theirs}"
            continue
        names = next((group for group in _TOGETHER if question.ours in group), ())
        first = next((other for other in grouped if other.ours in names), None)
        if first is None:
            grouped.append(question)
        else:
            first.others = [*first.others, question]
            first.sure = min(first.sure, question.sure)
    return grouped


def leave_out(map_: ColumnMap, questions: Sequence[Question], confirmed: Collection[str]) -> ColumnMap | None:
    """Return the map without the columns that are asked about and not confirmed; None if the rest does not suffice."""
    unsure = {name for question in questions for name in question.names} - {*confirmed}
    columns = {target: source for target, source in map_.columns.items() if target not in unsure}
    if TABLE in unsure or not is_sufficient(map_.table, columns):
        return None
    return msgspec.structs.replace(map_, columns=columns)
