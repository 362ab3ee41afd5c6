"""What the documents say is true: links lead somewhere, commands exist, reference pages tell what the code does."""

import ast
import importlib
import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from fanzha.cli import fanzha

TOP = Path(__file__).resolve().parent.parent
GENERATED = TOP / "docs" / "reference" / "generated"
PAGES = sorted([*TOP.glob("*.md"), *TOP.glob("docs/**/*.md")])

FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.M | re.S)
ROW = re.compile(r"\|[^\n]*\|")
RULE = re.compile(r"\|[ :|-]+\|")
LINK = re.compile(r"\]\(([^)\s]+)[^)]*\)|(?:src|href|srcset)=\"([^\"]+)\"")
TARGET = re.compile(r"^([a-z-]+):.*##", re.M)


class Block(NamedTuple):
    """One fenced block of a page."""

    page: str
    language: str
    text: str


def name(path: Path) -> str:
    return path.relative_to(TOP).as_posix()


def blocks(path: Path) -> list[Block]:
    return [Block(name(path), found[1], found[2]) for found in FENCE.finditer(path.read_text("utf-8"))]


def lines(path: Path) -> Iterator[str]:
    """Every line of a page that may be a command: those of fenced blocks, and what stands between backticks."""
    for block in blocks(path):
        yield from block.text.replace("\\\n", " ").splitlines()
    yield from re.findall(r"`([^`\n]+)`", FENCE.sub("", path.read_text("utf-8")))


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text("utf-8")), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def commands(path: Path, program: str) -> list[list[str]]:
    """The calls of one program on a page, as words; what follows a pipe or a comment is left out."""
    found = []
    for line in lines(path):
        call = re.match(rf"(?:\$ )?(?:sudo )?(?:[A-Z_]+=\S+ )*(?:\S*/)?{program}(?: (.*))?$", line.strip())
        if call and call[1]:
            lexer = shlex.shlex(call[1], posix=True, punctuation_chars="|;&<>")
            lexer.whitespace_split = True
            words = list(lexer)
            ends = [place for place, word in enumerate(words) if re.fullmatch(r"[|;&<>]+", word)]
            found.append(words[: ends[0]] if ends else words)
    return found


def fanzha_command(words: list[str]) -> click.Command | None:
    context = click.Context(fanzha, info_name="fanzha")
    return fanzha.get_command(context, words[0])


def faults(words: list[str]) -> list[str]:
    """What is wrong with a call of fanzha, nothing when all of it exists."""
    if words[0].startswith("-"):
        return []
    command = fanzha_command(words)
    while isinstance(command, click.Group) and words[1:] and re.match(r"[a-z-]+$", words[1]):
        command, words = command.commands.get(words[1]), words[1:]
    if command is None:
        return [f"no command {words[0]}"]
    known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)} | {"-h", "--help"}
    given = [word.split("=")[0] for word in words[1:] if word.startswith("-") and not re.fullmatch(r"-[\d.]*", word)]
    return [f"{words[0]} has no {option}" for option in given if option not in known]


def shown(path: Path) -> list[str]:
    """The commands that a page shows in its fenced blocks, without comments."""
    calls = [
        line.split("#")[0].strip().removeprefix("$ ") for block in blocks(path) for line in block.text.splitlines()
    ]
    return [call for call in calls if re.match(r"(make|fanzha|\.venv/bin/fanzha|git|cd|apt-get)\b", call)]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_relative_links_lead_to_files_of_the_tree(page: Path) -> None:
    text = re.sub(r"`[^`\n]*`", "", FENCE.sub("", page.read_text("utf-8")))
    targets = [first or second for first, second in LINK.findall(text)]
    here = [target.split("#")[0] for target in targets if not re.match(r"[a-z]+:|#", target)]
    assert [target for target in here if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_to_headings_lead_to_a_heading(page: Path) -> None:
    text = re.sub(r"`[^`\n]*`", "", FENCE.sub("", page.read_text("utf-8")))
    targets = [first or second for first, second in LINK.findall(text)]
    pairs = [(page.parent / path if path else page, anchor) for path, _, anchor in (t.partition("#") for t in targets)]
    assert [
        f"{path}#{anchor}" for path, anchor in pairs if anchor and path.suffix == ".md" and anchor not in anchors(path)
    ] == []


@pytest.mark.parametrize("page", [page for page in PAGES if GENERATED not in page.parents], ids=name)
def test_no_cell_of_a_table_is_empty(page: Path) -> None:
    lines = FENCE.sub("", page.read_text("utf-8")).splitlines()
    body = [
        line
        for line, following in zip(lines, [*lines[1:], ""], strict=True)
        if ROW.fullmatch(line) and not RULE.fullmatch(line) and not RULE.fullmatch(following)
    ]
    assert [line for line in body if any(not cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1])] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_fanzha_commands_and_options_named_exist(page: Path) -> None:
    calls = [words for words in commands(page, "fanzha") if re.match(r"[a-z-]+$", words[0])]
    assert [fault for words in calls for fault in faults(words)] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_make_targets_named_exist(page: Path) -> None:
    targets = set(TARGET.findall((TOP / "Makefile").read_text()))
    named = {word for words in commands(page, "make") for word in words if re.fullmatch(r"[a-z-]+", word)}
    assert named - targets == set()


#: Files that pages let their reader write.
WRITTEN_BY_READERS = ("code_request.py", "silent_calls.py", "resolver_zone.py")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_python_files_named_exist(page: Path) -> None:
    places = (TOP, TOP / "src" / "fanzha", TOP / "src" / "fanzha" / "command")
    missing = [
        path
        for path in re.findall(r"`([a-z_]+/[a-z_/]*\.py)`", page.read_text("utf-8"))
        if not path.endswith(WRITTEN_BY_READERS) and not any((place / path).is_file() for place in places)
    ]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_python_toml_and_json_blocks_are_well_formed(page: Path) -> None:
    for block in blocks(page):
        if block.language == "python":
            compile(block.text, block.page, "exec")
        elif block.language == "toml":
            tomllib.loads(block.text)
        elif block.language == "json":
            json.loads(block.text)


def test_both_readmes_show_the_same_commands() -> None:
    english = shown(TOP / "README.md")
    assert english == shown(TOP / "README.zh.md")
    assert {"make demo", "make test"} <= set(english)


def test_python_on_a_page_imports_what_exists() -> None:
    missing = []
    for block in (block for path in PAGES for block in blocks(path) if block.language == "python"):
        for node in ast.walk(ast.parse(block.text)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "fanzha":
                module = importlib.import_module(str(node.module))
                missing += [
                    f"{block.page}: {node.module}.{alias.name}"
                    for alias in node.names
                    if not hasattr(module, alias.name)
                ]
    assert missing == []


def test_every_page_is_reached_from_the_index() -> None:
    reached: set[Path] = set()
    waiting = [TOP / "docs" / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached and page.suffix == ".md" and page.exists():
            reached.add(page)
            links = [first or second for first, second in LINK.findall(page.read_text("utf-8"))]
            waiting += [(page.parent / link.split("#")[0]).resolve() for link in links if "://" not in link]
    assert [name(page) for page in PAGES if page.is_relative_to(TOP / "docs") and page not in reached] == []


def test_the_layers_shown_to_contributors_are_those_that_are_checked() -> None:
    settings = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    checked = [set(re.findall(r"\w+", layer)) for layer in settings["contracts"][0]["layers"]]
    shown_as = [block.text for block in blocks(TOP / "CONTRIBUTING.md") if "claims   processes" in block.text]
    assert [set(line.split()) for line in shown_as[0].splitlines()] == [
        layer for layer in checked if "__main__" not in layer
    ]


def test_every_decision_stands_in_the_index_under_its_own_title() -> None:
    index = (TOP / "docs" / "decisions" / "README.md").read_text("utf-8")
    pages = sorted(TOP.glob("docs/decisions/0*.md"))
    titles = [page.read_text("utf-8").splitlines()[0].removeprefix("# ") for page in pages]
    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    assert [title for title in titles if title.split(" ", 1)[1] not in index] == []
    assert [title[:4] for title in titles] == [page.name[:4] for page in pages]


def test_every_dependency_stands_in_the_table_with_licence_and_reason() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
    given = [*project["dependencies"], *(d for extra in project["optional-dependencies"].values() for d in extra)]
    needed = {re.split(r"[^a-z0-9-]", dependency)[0] for dependency in given} - {"fanzha"}
    (table,) = TOP.glob("docs/decisions/*-dependencies.md")
    rows = re.findall(r"^\| ([a-z0-9-]+) \| [a-z, ]+ \| ([^|]+) \| [^|]{5,} \|", table.read_text("utf-8"), re.M)
    assert {package for package, _ in rows} - {"package"} == needed
    one = r"(Apache-2\.0|MIT|ISC|BSD-[23]-Clause|MPL-2\.0|PSF-2\.0)"
    allowed = re.compile(f"{one}( OR {one})?")
    others = [row for row in rows if row[0] != "package" and not allowed.fullmatch(row[1].strip())]
    expected = [("pillow", "MIT-CMU"), ("pylopdf-fonts-zh-cn", "OFL-1.1 (fonts)"), ("psycopg", "LGPL-3.0-only")]
    assert [(package, licence.strip()) for package, licence in others] == expected, "see 0026 and 0038"


def test_reference_pages_tell_what_the_code_does(tmp_path: Path) -> None:
    subprocess.run([sys.executable, TOP / "tools" / "build_docs.py", tmp_path], check=True)
    fresh = {page.name: page.read_text("utf-8") for page in tmp_path.iterdir()}
    committed = {page.name: page.read_text("utf-8") for page in GENERATED.iterdir()}
    assert committed.keys() == fresh.keys(), "run make docs"
    assert [page for page in fresh if committed[page] != fresh[page]] == [], "run make docs"


def test_every_command_says_what_it_does_in_both_languages() -> None:
    context = click.Context(fanzha, info_name="fanzha")
    helps = {
        command: (found.help or "") for command in fanzha.list_commands(context) if (found := fanzha_command([command]))
    }
    assert [command for command, text in helps.items() if not re.search(r"[一-鿿]", text)] == []
    assert [command for command, text in helps.items() if not re.search(r"[A-Za-z]{3}", text)] == []


def test_every_make_target_says_what_it_does() -> None:
    text = (TOP / "Makefile").read_text()
    phony = set(re.findall(r"^\.PHONY: (.+)$", text, re.M)) - {"base ready-for-demo dev"}
    assert phony == set(TARGET.findall(text))


def test_make_alone_lists_every_target() -> None:
    listed = subprocess.run(["make", "-s", "-C", TOP], capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^  make ([a-z-]+) +\S", listed, re.M) == TARGET.findall((TOP / "Makefile").read_text())
