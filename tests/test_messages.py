"""Every word of the site's pages has its Chinese, and what is compiled is what people wrote."""

import ast
import gettext
import io
import re
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "tools"))

from build_messages import SITE, WHERE, apps  # noqa: E402
from catalogue.po import Message, compile_mo, read_po, write_po  # noqa: E402
from catalogue.sources import in_python, in_template, messages_of  # noqa: E402

FIX = "run `make messages`, fill the empty translations in the .po file, run it again"
SAMPLES = {
    Message("Open"): "打开",
    Message("%(count)d day", "%(count)d days"): "%(count)d天",
    Message("Open", context="a state"): "进行中",
    Message('two\nlines, a "quote", a tab\t, a \\'): "两\n行，“引号”\t\\",
}


APPS = [pytest.param(app, id=app.name) for app in apps()]


@pytest.mark.parametrize("app", APPS)
def test_every_word_of_the_sources_has_its_chinese(app: Path) -> None:
    translations = read_po(app / WHERE)
    missing = {
        message.singular: places for message, places in messages_of(app).items() if not translations.get(message)
    }
    assert missing == {}, FIX


@pytest.mark.parametrize("app", APPS)
def test_a_catalogue_holds_nothing_that_no_source_asks_for(app: Path) -> None:
    assert set(read_po(app / WHERE)) - set(messages_of(app)) == set(), FIX


@pytest.mark.parametrize("app", APPS)
def test_the_compiled_catalogue_says_what_the_written_one_says(app: Path) -> None:
    assert (app / WHERE).with_suffix(".mo").read_bytes() == compile_mo(read_po(app / WHERE)), FIX


def test_the_same_words_have_the_same_chinese_in_all_apps() -> None:
    """Django takes the first it finds for all; words that mean two things are told apart by a context."""
    found: dict[Message, set[str]] = {}
    for app in apps():
        for message, text in read_po(app / WHERE).items():
            found.setdefault(message, set()).add(text)
    assert {message.singular: texts for message, texts in found.items() if len(texts) > 1} == {}


@pytest.mark.parametrize("app", APPS)
def test_translations_keep_the_places_that_are_filled_in(app: Path) -> None:
    def places(text: str) -> list[str]:
        return sorted(re.findall(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|</?[a-z]+", text))

    wrong = {
        one.singular: text
        for one, text in read_po(app / WHERE).items()
        if text and places(text) != places(one.plural or one.singular)
    }
    assert wrong == {}


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    write_po(tmp_path / "x.po", SAMPLES, {})
    assert read_po(tmp_path / "x.po") == SAMPLES


def test_gettext_reads_what_is_compiled() -> None:
    read = gettext.GNUTranslations(io.BytesIO(compile_mo(SAMPLES)))
    assert read.gettext("Open") == "打开"
    assert read.pgettext("a state", "Open") == "进行中"
    assert read.ngettext("%(count)d day", "%(count)d days", 3) == "%(count)d天"


def test_calls_in_python_are_found_with_plural_and_context() -> None:
    text = "_('one'); gettext_lazy('two'); x.ngettext('a', 'as', n); pgettext('here', 'three')"
    assert list(in_python(text)) == [Message("one"), Message("two"), Message("a", "as"), Message("three", "", "here")]


def test_words_put_together_at_run_time_are_refused() -> None:
    with pytest.raises(ValueError, match="line 1"):
        list(in_python("_(f'{x} calls')"))


def test_tags_constants_and_blocks_of_templates_are_found() -> None:
    text = (
        """{% load i18n %}{% translate "It's one" %}{% include 'x' with y=_("two") %}"""
        "{% blocktranslate count n=rows trimmed %}\n {{ n }} row\n{% plural %}\n {{ n }} rows\n{% endblocktranslate %}"
        "{% translate 'May' context 'month' %}"
    )
    assert set(in_template(text)) == {
        Message("It's one"),
        Message("two"),
        Message("%(n)s row", "%(n)s rows"),
        Message("May", "", "month"),
    }


def test_templates_show_no_word_past_the_catalogue() -> None:
    """A letter between tags of a template stands in one language only: the name of the platform is all that may."""
    found = {}
    for path in sorted(SITE.rglob("templates/**/*.html")):
        text = re.sub(r"\{%\s*comment.*?endcomment\s*%\}|\{#.*?#\}", "", path.read_text("utf-8"), flags=re.S)
        text = re.sub(r"\{%\s*blocktrans.*?endblocktrans(late)?\s*%\}", "", text, flags=re.S)
        text = re.sub(r"\{%\s*block page\s*%\}.*?\{%\s*endblock\s*%\}", "", text, flags=re.S)
        text = re.sub(r"<(script|kbd|code)\b.*?</\1>|\{%.*?%\}|\{\{.*?\}\}", " ", text, flags=re.S)
        words = [word for word in re.findall(r">([^<>]*[^\W\d_][^<>]*)<", f">{text}<") if not _is_name(word)]
        if words:
            found[path.relative_to(SITE).as_posix()] = words
    assert found == {}


def _is_name(text: str) -> bool:
    return not re.sub(r"&\w+;|\b(中文|English|Fanzha|SVG|CSV|PDF|Esc|Enter|•)\b|•", "", text).strip(" \n:;,.()/·–→#+")


def test_the_settings_name_the_languages_that_pages_are_in() -> None:
    settings = ast.parse((SITE / "web" / "settings.py").read_text("utf-8"))
    named = next(
        node for node in settings.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "LANGUAGES"
    )
    assert [element.elts[0].value for element in named.value.elts] == ["zh-hans", "en"]  # type: ignore[attr-defined]
