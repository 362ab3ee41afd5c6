"""Prompts of voice calls: WAV files as G.711 at 8 kHz (ITU-T G.711), recorded by the operator or synthesised."""

import asyncio
import re
import tempfile
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fanzha.base.errors import UsageError

RATE = 8_000
#: RTP payload types (RFC 3551 §6).
PCMU, PCMA = 0, 8
#: A prompt must not be longer: people hang up before its end.
LONGEST_SECONDS = 180
GENERAL = "other"
_SPEECH_SECONDS = 60.0
_TAPS = 63


def find_prompt(folder: Path, wording: str, fraud_type: str) -> Path | None:
    """Return the WAV file of a wording (`fake_loan-1.wav`), of a kind of fraud, or the general one, or None."""
    names = [name for name in (wording.replace("/", "-"), fraud_type, GENERAL) if re.fullmatch(r"[\w-]{1,120}", name)]
    return next((path for name in names if (path := folder / f"{name}.wav").is_file()), None)


async def synthesize(command: Sequence[str], text: str) -> NDArray[np.int16]:
    """Return the samples of a text that a command speaks. `{text}` becomes the text and `{file}` a WAV path.

    Raise UsageError if the command fails.
    """
    with tempfile.TemporaryDirectory(prefix="fanzha-speech-") as folder:
        path = Path(folder) / "prompt.wav"
        arguments = [part.replace("{text}", text).replace("{file}", str(path)) for part in command]
        try:
            process = await asyncio.create_subprocess_exec(
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError as error:
            raise UsageError(f"[deliver.voice] speech_command: {command[0]}: {error.strerror}") from None
        try:
            async with asyncio.timeout(_SPEECH_SECONDS):
                status = await process.wait()
        except TimeoutError:
            raise UsageError(f"[deliver.voice] speech_command: {command[0]} took more than a minute") from None
        finally:
            if process.returncode is None:  # too slow, or the sender is being stopped
                process.kill()
                await process.wait()
        if status or not path.is_file():
            raise UsageError(f"[deliver.voice] speech_command: {command[0]} ended with {status} and wrote no WAV file")
        return read_wav(path)


def read_wav(path: Path) -> NDArray[np.int16]:
    """Return the samples of a WAV file as 16 bits, one channel, 8 kHz. Raise UsageError for other files."""
    try:
        with wave.open(str(path), "rb") as file:
            channels, width, rate, _, _, _ = file.getparams()
            if width != 2 or not 8_000 <= rate <= 192_000:
                raise UsageError(f"{path}: {8 * width} bits, {rate} Hz", fix="record 16 bits at 8 to 192 kHz")
            data = file.readframes(LONGEST_SECONDS * rate)
    except (OSError, EOFError, wave.Error) as error:
        raise UsageError(f"{path} is no WAV file of PCM: {error}", fix="record 16 bits at 8 kHz") from None
    samples = np.frombuffer(data, "<i2").reshape(-1, channels).mean(axis=1)
    return resample(samples, rate)


def resample(samples: NDArray[np.floating], rate: int) -> NDArray[np.int16]:
    """Return samples at 8 kHz; a windowed sinc takes away what 8 kHz cannot carry."""
    if rate > RATE:
        at = np.arange(_TAPS) - _TAPS // 2
        cutoff = 0.9 * RATE / rate
        kernel = np.sinc(at * cutoff) * np.hamming(_TAPS)
        samples = np.convolve(samples, kernel / kernel.sum(), mode="same")
    if rate != RATE:
        count = int(len(samples) * RATE / rate)
        samples = np.interp(np.arange(count) * (rate / RATE), np.arange(len(samples)), samples)
    limited: NDArray[np.int16] = np.clip(np.rint(samples), -32_768, 32_767).astype(np.int16)
    return limited


def encode_g711(samples: NDArray[np.int16], payload_type: int) -> bytes:
    """Return samples in A-law (payload type 8) or μ-law (payload type 0)."""
    return (_a_law if payload_type == PCMA else _mu_law)(samples).tobytes()


def _mu_law(samples: NDArray[np.int16]) -> NDArray[np.uint8]:
    linear = samples.astype(np.int32)
    sign = np.where(linear < 0, 0x80, 0)
    magnitude = np.minimum(np.abs(linear), 32_635) + 132
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    encoded: NDArray[np.uint8] = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8)
    return encoded


def _a_law(samples: NDArray[np.int16]) -> NDArray[np.uint8]:
    linear = samples.astype(np.int32) >> 3  # 13 bits
    sign = np.where(linear >= 0, 0x80, 0)
    magnitude = np.minimum(np.where(linear >= 0, linear, -linear - 1), 4_095)
    exponent = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 4, 0)
    mantissa = np.where(exponent == 0, magnitude >> 1, magnitude >> exponent) & 0x0F
    encoded: NDArray[np.uint8] = ((sign | (exponent << 4) | mantissa) ^ 0x55).astype(np.uint8)
    return encoded
