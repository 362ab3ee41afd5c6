"""Prompts become G.711 as ITU-T G.711 defines it, whatever rate they were recorded at."""

import asyncio
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from tests.deliver.smsc import wait_for

from fanzha.base.errors import UsageError
from fanzha.deliver.prompts import PCMA, PCMU, encode_g711, find_prompt, read_wav, synthesize


def write_wav(path: Path, rate: int, channels: int = 1, width: int = 2, seconds: float = 0.1) -> None:
    """Write a tone of 440 Hz."""
    tone = (8_000 * np.sin(2 * np.pi * 440 * np.arange(int(rate * seconds)) / rate)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        file.writeframes(np.repeat(tone, channels).tobytes()[: len(tone) * channels * width])


@pytest.mark.parametrize(
    ("payload_type", "samples", "encoded"),
    [
        (PCMA, [0, 8, -8, 1_000, -1_000, 32_767, -32_768], [0xD5, 0xD5, 0x55, 0xFA, 0x7A, 0xAA, 0x2A]),
        (PCMU, [0, 1_000, -1_000, 32_767, -32_768], [0xFF, 0xCE, 0x4E, 0x80, 0x00]),
    ],
)
def test_known_samples_have_their_known_codes(payload_type: int, samples: list[int], encoded: list[int]) -> None:
    assert list(encode_g711(np.array(samples, np.int16), payload_type)) == encoded


def test_a_speech_command_does_not_outlive_its_sender(tmp_path: Path) -> None:
    started = tmp_path / "pid"
    code = f"import os, time; open({str(started)!r}, 'w').write(str(os.getpid())); time.sleep(60)"

    async def scenario() -> int:
        speaking = asyncio.create_task(synthesize([sys.executable, "-S", "-c", code], "x"))
        await wait_for(lambda: started.exists() and started.read_text())
        speaking.cancel()
        await asyncio.gather(speaking, return_exceptions=True)
        return int(started.read_text())

    pid = asyncio.run(scenario())
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (16_000, 1), (22_050, 2), (44_100, 1)])
def test_a_recording_of_any_rate_is_the_same_tone_at_8_khz(tmp_path: Path, rate: int, channels: int) -> None:
    write_wav(tmp_path / "a.wav", rate, channels)
    samples = read_wav(tmp_path / "a.wav")
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    assert abs(len(samples) - 800) <= 1
    assert abs(np.argmax(spectrum) * 8_000 / len(samples) - 440) <= 10


def test_other_files_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    write_wav(tmp_path / "b.wav", 8_000, width=1)
    for name in ("a.wav", "b.wav", "none.wav"):
        with pytest.raises(UsageError, match=name):
            read_wav(tmp_path / name)


def test_the_prompt_of_the_kind_of_fraud_goes_before_the_general_one(tmp_path: Path) -> None:
    assert find_prompt(tmp_path, "fake_loan/1", "fake_loan") is None
    (tmp_path / "other.wav").touch()
    (tmp_path / "fake_loan.wav").touch()
    assert [find_prompt(tmp_path, "fake_loan/1", kind) for kind in ("fake_loan", "romance", "../fake_loan")] == [
        tmp_path / "fake_loan.wav",
        tmp_path / "other.wav",
        tmp_path / "other.wav",
    ]
    (tmp_path / "fake_loan-1.wav").touch()
    assert find_prompt(tmp_path, "fake_loan/1", "fake_loan") == tmp_path / "fake_loan-1.wav"


def test_a_command_speaks_the_text_or_fails_with_its_name(tmp_path: Path) -> None:
    write_wav(tmp_path / "said.wav", 16_000)
    said = str(tmp_path / "said.wav")
    script = f"import shutil, sys; assert sys.argv[2] == '请 \"勿\" $转账'; shutil.copy({said!r}, sys.argv[1])"
    command = (sys.executable, "-c", script, "{file}", "{text}")
    assert len(asyncio.run(synthesize(command, '请 "勿" $转账'))) == 800
    for wrong in (("no-such-command",), (sys.executable, "-c", "raise SystemExit(3)")):
        with pytest.raises(UsageError, match="speech_command"):
            asyncio.run(synthesize(wrong, "x"))
