"""The tree keeps the house rules that no linter knows: what files are called, how long they are, what they may hold."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parent.parent
PACKAGE = TOP / "src" / "fanzha"

#: Codecs and kernels may be longer than 400 lines: their shape is the machine's.
LONG = frozenset[str]()

#: Contracts and doors of rooms are proven by the tests of the modules behind them.
PROVEN_ELSEWHERE = {
    "command/campaigns/ingest_hooks.py": "tests/command/campaigns/test_clustering.py",
    "command/subjects/import_hooks.py": "tests/command/imports/test_presenters.py",
    "command/campaigns/simulated_origins.py": "tests/command/processes/test_services.py",
    "command/subjects/simulated_origins.py": "tests/command/processes/test_services.py",
    "analyze/evaluate.py": "tests/cli/test_evaluate.py",
    "rules/_engine/byte_code.py": "tests/rules/test_semantics.py",
    "rules/window_specs.py": "tests/rules/test_engine.py",
    "windows/call_kernel.py": "tests/windows/test_calls.py",
    "windows/code_kernel.py": "tests/windows/test_codes.py",
    "windows/hash_tables.py": "tests/windows/test_kernel.py",
    "__main__.py": "tests/cli/test_main.py",
    "command/web/settings.py": "tests/command/web/test_configuration.py",
    **{
        f"claims/snapshot_format/{name}.py": "tests/claims/test_snapshot.py"
        for name in ("comparison", "lookup", "validation")
    },
    "detect/_detector.py": "tests/detect/test_examples.py",
    "detect/_text/examples.py": "tests/detect/test_examples.py",
    **{
        f"screen/site/{name}.py": "tests/field/test_screen_site.py"
        for name in ("listeners", "owner", "owner_process", "snapshot_updater", "supervisor")
    },
}

#: Test folders that are not about one room.
OF_THE_WHOLE = ("faults", "field", "outside_plugin")
#: Tests of all apps of the site together.
OF_THE_SITE = (
    "tests/command/test_access_matrix.py",
    "tests/command/test_pages_and_routes.py",
    "tests/command/processes/test_walk_through_pages.py",
)

VAGUE = re.compile(r"(utils?|helpers?|common|misc|manager|core|stuff|tools?)\.py")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError|mark\.(skip|xfail)\b")
ADDRESS = re.compile(
    r"--(extra-)?index-url|\"resolved\": *\"http|(^|\{ *)(url|registry) *= *\"http|pypi\.org/simple|files\.pythonhosted"
)


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the tree that git keeps or would keep; of an unpacked archive, every file but what is made."""
    if not (TOP / ".git").exists():
        made = re.compile(r"\.venv|__pycache__|\.[a-z_]+_cache|\.hypothesis|wheelhouse$|demo-out$|out$|.*\.egg-info")
        found = (path for path in TOP.rglob("*") if not any(made.match(part) for part in path.relative_to(TOP).parts))
        return tuple(sorted(path for path in found if path.is_file()))
    listed = subprocess.run(
        ["git", "-C", str(TOP), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=True,
    ).stdout.decode()
    return tuple(path for name in listed.split("\0") if name and (path := TOP / name).is_file())


@cache
def texts() -> dict[Path, str]:
    """Every tracked file that is text."""
    found = {}
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data[:8_000]:
            found[path] = data.decode("utf-8", "replace")
    return found


def name(path: Path) -> str:
    return path.relative_to(TOP).as_posix()


def python() -> list[Path]:
    """Every Python file that a person writes: Django makes the migrations."""
    return [path for path in tracked() if path.suffix == ".py" and not re.match(r"\d{4}_", path.name)]


def sources() -> list[Path]:
    return [path for path in python() if path.is_relative_to(PACKAGE)]


def has_logic(path: Path) -> bool:
    nodes = statements(ast.parse(texts()[path]))
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in nodes)


def of_one_idea(folder: Path) -> bool:
    """Whether a folder may be tested as a whole: a private one, or a sub-package of a room other than an app."""
    return folder.name.startswith("_") or (folder.parts[0] != "command" and len(folder.parts) == 2)


def matching(pattern: re.Pattern[str], *, but: Path = Path(__file__)) -> list[str]:
    return [
        f"{name(path)}:{number}: {line.strip()[:100]}"
        for path, text in texts().items()
        if path != but
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_file_holds_an_address_of_a_package_registry() -> None:
    assert matching(ADDRESS) == []


@pytest.mark.parametrize("lock", sorted((TOP / "requirements").glob("*.txt")), ids=lambda path: path.name)
def test_locks_pin_every_package_by_hash_and_name_no_address(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    pins = re.split(r"\n(?=\S)", text)
    unpinned = [pin for pin in pins if not pin.startswith("#") and not ("==" in pin and "--hash=sha256:" in pin)]
    assert unpinned == []


def test_no_file_holds_a_path_of_one_machine() -> None:
    home = re.compile(rf"{re.escape(str(TOP.parent))}/|/(home|Users)/[a-z]+/|/root/|/tmp/w\b")
    assert matching(home) == []


def test_nothing_is_left_to_do() -> None:
    assert [place for place in matching(UNFINISHED) if place.split(":")[0].endswith(".py")] == []


def longest(path: Path) -> int:
    """Return how many lines a source may have: `models.py` and `views.py` of an app hold one kind of thing."""
    return 500 if path.name in ("models.py", "views.py") else 400


def test_sources_longer_than_400_lines_are_codecs_or_kernels_on_the_list() -> None:
    long = {name(path) for path in sources() if texts()[path].count("\n") > longest(path)}
    assert long - LONG == set()
    assert LONG - long == set(), "no longer long: take it off the list"


def test_file_names_say_what_is_inside() -> None:
    assert [name(path) for path in tracked() if VAGUE.fullmatch(path.name)] == []


def test_modules_begin_with_one_sentence_saying_why_they_exist() -> None:
    first = {path: texts()[path].splitlines()[0] for path in python()}
    assert {name(path): line for path, line in first.items() if not line.startswith('"""') or len(line) <= 20} == {}


def test_modules_with_logic_have_a_test_of_their_name() -> None:
    accepted = {path: places_of_tests(path) for path in sources() if path.name != "__init__.py" and has_logic(path)}
    lacking = {path: tests for path, tests in accepted.items() if not any(test.is_file() for test in tests)}
    assert {name(path): f"write {name(tests[-1])}" for path, tests in lacking.items()} == {}


def places_of_tests(path: Path) -> list[Path]:
    """Return the files of which one holds the tests of a source."""
    inside = path.relative_to(PACKAGE)
    folders = [
        TOP / "tests" / inside.parent,
        TOP.joinpath("tests", *(part.lstrip("_") for part in inside.parent.parts)),
    ]
    accepted = [folder / f"test_{inside.name.lstrip('_')}" for folder in folders]
    if of_one_idea(inside.parent):
        accepted.append(TOP / "tests" / inside.parent.parent / f"test_{inside.parent.name.lstrip('_')}.py")
    if inside.as_posix() in PROVEN_ELSEWHERE:
        accepted = [TOP / PROVEN_ELSEWHERE[inside.as_posix()]]
    return accepted


def test_test_files_are_named_after_a_source_or_are_known_to_test_the_whole() -> None:
    insides = [path.relative_to(PACKAGE) for path in sources()]
    known = {
        "/".join(["tests", *(part.lstrip("_") for part in i.parent.parts), f"test_{i.name.lstrip('_')}"])
        for i in insides
    }
    known |= {f"tests/command/processes/test_{path.stem}.py" for path in (PACKAGE / "processes").glob("*.yaml")}
    known |= {f"tests/{i.parent.parent.as_posix()}/test_{i.parent.name.lstrip('_')}.py" for i in insides}
    tests = [path for path in python() if path.name.startswith("test_") and name(path).startswith("tests/")]
    strays = []
    for path in tests:
        parts = path.relative_to(TOP).parts
        if len(parts) == 2 or parts[1] in OF_THE_WHOLE or name(path) in OF_THE_SITE:
            continue
        plain = "/".join(part.lstrip("_") for part in parts)
        strays += [] if plain in known or plain in PROVEN_ELSEWHERE.values() else [plain]
    assert strays == [], "name a test after the source that it tests, or add it to OF_THE_SITE"


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """The modules that a file imports, with their lines."""
    for node in statements(ast.parse(texts()[path])):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)


def test_no_package_imports_private_modules_of_another() -> None:
    found = []
    for path in sources():
        own = path.relative_to(PACKAGE).parts[0]
        for line, module in imports(path):
            parts = module.split(".")
            if parts[0] == "fanzha" and parts[1:2] != [own] and any(part.startswith("_") for part in parts[2:]):
                found.append(f"{name(path)}:{line} {module}")
    assert found == [], "publish what other packages need (CONTRIBUTING.md)"


def code_words(path: Path) -> set[str]:
    """Return the words of a file outside the docstrings of its modules, classes and functions."""
    lines = texts()[path].splitlines()
    for node in statements(ast.parse(texts()[path])):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = node.body[0] if node.body and ast.get_docstring(node) else None
            if docstring and docstring.end_lineno:
                lines[docstring.lineno - 1 : docstring.end_lineno] = [""] * (
                    docstring.end_lineno - docstring.lineno + 1
                )
    return set(re.findall(r"\w+", "\n".join(lines)))


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and the statements inside it, without their expressions, which are most of a tree."""
    yield node
    for part in ("body", "orelse", "handlers", "finalbody", "cases"):
        inside = getattr(node, part, None)
        for statement in inside if isinstance(inside, list) else []:
            yield from statements(statement)


def definitions(path: Path) -> Iterator[str]:
    """Yield the names of a file's functions, classes and variables of modules and classes."""
    for node in statements(ast.parse(texts()[path])):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        if isinstance(node, ast.Module | ast.ClassDef):
            for statement in node.body:
                if isinstance(statement, ast.Assign | ast.AnnAssign):
                    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
                    yield from (target.id for target in targets if isinstance(target, ast.Name))


#: Words of rules, events, columns and scenarios, which docstrings may name although their file has no such identifier.
OTHER_NAMES = frozenset({"call_offered", "class", "country", "everyday_life", "except", "let", "marking", "when"})


def test_docstrings_of_functions_name_parameters_and_variables_that_exist() -> None:
    files = [path for path in python() if name(path).startswith(("src/", "tests/"))]
    elsewhere = {word for path in files for word in definitions(path) if "_" in word or not word.islower()}
    found = []
    for path in files:
        if not re.search(r"(?<!`)`[A-Za-z_]\w*`(?!`)", texts()[path]):
            continue
        inside = code_words(path)
        for node in statements(ast.parse(texts()[path])):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                words = re.findall(r"(?<!`)`([A-Za-z_]\w*)`(?!`)", ast.get_docstring(node) or "")
                unknown = set(words) - inside - elsewhere - OTHER_NAMES
                found += [f"{name(path)}:{node.lineno} {node.name}: `{word}`" for word in sorted(unknown)]
    assert found == [], "write the present name"


def runtime_imports(path: Path) -> Iterator[tuple[int, str]]:
    """The modules that a file imports outside `if TYPE_CHECKING:`, each as if imported by `import`."""
    tree = ast.parse(texts()[path])
    for_types = {
        id(node)
        for branch in statements(tree)
        if isinstance(branch, ast.If) and ast.unparse(branch.test) == "TYPE_CHECKING"
        for statement in branch.body
        for node in statements(statement)
    }
    for node in statements(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)


def test_apps_import_only_services_selectors_and_schemas_of_each_other() -> None:
    found = []
    for path in (PACKAGE / "command").glob("*/**/*.py"):
        own = path.relative_to(PACKAGE / "command").parts[0]
        foreign = re.compile(rf"fanzha\.command\.(?!({own}|web)\.)\w+\.(?!(services|selectors|schemas)\b)\w+")
        if path in texts():
            found += [
                f"{name(path)}:{line} {module}" for line, module in runtime_imports(path) if foreign.match(module)
            ]
    assert found == [], "add what another app needs to the services, selectors or schemas of its app"


def test_scoping_is_passed_by_unscoped_alone() -> None:
    found = [name(path) for path in sources() if "_base_manager" in texts()[path]]
    assert found == ["src/fanzha/command/web/scoping.py"], "use unscoped(reason).rows(Model)"


def test_the_readmes_are_short() -> None:
    assert len((TOP / "README.md").read_text("utf-8").split()) <= 900
