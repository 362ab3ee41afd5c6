"""`fanzha exposures` reads nothing without a basis and the organisation whose logs they are."""

from pathlib import Path

from click.testing import CliRunner

from fanzha.cli import fanzha


def test_a_basis_and_an_organisation_must_be_named(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("number,time,host\n")
    for arguments, missing in ((["--as", "Example carrier"], "--basis"), (["--basis", "A"], "--as")):
        result = CliRunner().invoke(fanzha, ["exposures", *arguments, str(path)])
        assert result.exit_code == 2 and missing in result.output
