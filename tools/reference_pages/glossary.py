"""The words of the pages: roles, things, states, steps, rules of work, organisations."""

from fanzha.base.words import Words
from fanzha.command.web.glossary import GROUP_TITLES, glossary
from reference_pages.markdown import page, table


def glossary_page() -> str:
    """Every term in both languages with its meaning, by group."""
    parts = []
    for group, title in GROUP_TITLES.items():
        rows = [
            [term.zh, term.en, term.about.zh, term.about.en, "、".join(term.avoid)]
            for term in glossary().values()
            if term.group == group
        ]
        parts += [f"## {title.en} {title.zh}", table(["中文", "English", "含义", "meaning", "not 不用"], rows)]
    return page(
        Words("页面用语", "Glossary of the pages"),
        Words(
            "网页、通知和接口说明中每个角色、事物、状态和步骤只用一个名称。最后一列为不得使用的说法，由测试检查。",
            "Each role, thing, state and step has one name on pages, in messages and in the API. A test searches all "
            "texts of the site for the words of the last column. The names in the code are in "
            "[the glossary for contributors](../../../CONTRIBUTING.md#glossary-术语).",
        ),
        parts,
    )
