"""The packed extension is complete: words in both languages, files that exist, and nothing of another site."""

import io
import json
import re
import zipfile

from fanzha.command.link_list.extension_pack import extension_files, extension_version, pack_extension

FILES = extension_files("https://site.example/link-list")
MANIFEST = json.loads(FILES["manifest.json"])
WORDS = {folder: json.loads(FILES[f"_locales/{folder}/messages.json"]) for folder in ("en", "zh_CN")}
SCRIPTS = {name: data.decode() for name, data in FILES.items() if name.endswith((".js", ".html"))}


def test_the_archive_has_the_files_and_is_the_same_again() -> None:
    packed = pack_extension("https://site.example/link-list")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == FILES
    pack_extension.cache_clear()
    assert pack_extension("https://site.example/link-list") == packed != pack_extension("")
    assert json.loads(FILES["site.json"]) == {"site": "https://site.example/link-list"}


def test_the_manifest_names_files_that_exist_and_asks_for_no_access_to_pages() -> None:
    named = [MANIFEST["background"]["service_worker"], MANIFEST["options_ui"]["page"]]
    named += [MANIFEST["action"]["default_popup"], MANIFEST["storage"]["managed_schema"]]
    assert set(named) <= FILES.keys() and MANIFEST["manifest_version"] == 3
    assert sorted(MANIFEST["permissions"]) == ["alarms", "storage", "unlimitedStorage", "webNavigation"]
    assert not {"host_permissions", "content_scripts", "web_accessible_resources"} & MANIFEST.keys()
    assert re.fullmatch(r"\d+(\.\d+){0,3}", extension_version()) and MANIFEST["version"] == extension_version()


def test_both_languages_have_all_words_and_no_other() -> None:
    assert WORDS["en"].keys() == WORDS["zh_CN"].keys()
    used = {key for text in SCRIPTS.values() for key in re.findall(r'data-words="(\w+)"', text)}
    used |= {key for text in SCRIPTS.values() for key in re.findall(r'(?:say|getMessage)\("(\w+)"', text)}
    used |= {"headline_warn", "headline_block", "name", "description"}
    assert used == WORDS["en"].keys()
    parts = {key: sorted(entry.get("placeholders", ())) for key, entry in WORDS["en"].items()}
    assert parts == {key: sorted(entry.get("placeholders", ())) for key, entry in WORDS["zh_CN"].items()}


def test_pages_have_no_script_of_their_own_and_nothing_of_another_site() -> None:
    for name, text in SCRIPTS.items():
        assert not re.search(r"<script(?![^>]*\ssrc=\")|\son\w+=|innerHTML|eval\(|new Function", text), name
        addresses = set(re.findall(r"https?://[\w.-]+", text))
        assert addresses <= {"https://fanzha.example"}, name
        imports = re.findall(r'from "\./([\w.]+)"|(?:src|href)="([\w.]+)"', text)
        assert {first or second for first, second in imports} <= FILES.keys(), name
