"""The sound devices of this machine (extra: live)."""

from typing import Any

from options.extras import install

PORTAUDIO = "on Linux PortAudio too, such as by apt install libportaudio2"
LIST = "--list-devices"


def sound_devices() -> Any:
    """The module for sound devices; raises ValueError if it or PortAudio is missing."""
    try:
        import sounddevice
    except (ImportError, OSError) as error:  # OSError: PortAudio is missing
        raise ValueError(
            f"live sound needs the extra 'live': {install('live')}; {PORTAUDIO}"
        ) from error
    return sounddevice


def list_devices() -> None:
    """Print the devices with their numbers N for `input=mic:N output=speaker:N`.

    Prints a line if the extra is missing.
    """
    try:
        devices = sound_devices().query_devices()
    except ValueError as error:
        raise SystemExit(f"enhance.py: {error}") from error
    print(devices if len(devices) else "no sound devices here")
