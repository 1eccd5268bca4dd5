"""Notes as a MIDI file: type 0 of the Standard MIDI Files 1.0 specification."""

from collections.abc import Sequence

from datagen.melodies.tune import TICKS, Note

NOTE_ON, NOTE_OFF, LOUDNESS = 0x90, 0x80, 80  # of channel 1
SET_TEMPO, END_OF_TRACK = b"\xff\x51\x03", b"\xff\x2f\x00"
MICROSECONDS = 60_000_000  # of a minute


def midi_bytes(notes: Sequence[Note], tempo: float) -> bytes:
    """A MIDI file of one track: `notes` at `tempo` quarter notes per minute.

    Raises ValueError for a tempo below 3.6, which the format cannot hold.
    """
    microseconds = round(MICROSECONDS / tempo)
    if not 0 < microseconds < 2**24:
        raise ValueError(f"tempo={tempo:g}: a MIDI file has 4 to 60,000,000 quarter notes a minute")
    track = b"\x00" + SET_TEMPO + microseconds.to_bytes(3)
    waited = 0  # ticks since the last event
    for pitch, ticks in notes:
        if pitch is None:
            waited += ticks
            continue
        track += _number(waited) + bytes([NOTE_ON, pitch, LOUDNESS])
        track += _number(ticks) + bytes([NOTE_OFF, pitch, 0])
        waited = 0
    track += _number(waited) + END_OF_TRACK
    header = (0).to_bytes(2) + (1).to_bytes(2) + TICKS.to_bytes(2)
    return _chunk(b"MThd", header) + _chunk(b"MTrk", track)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + len(content).to_bytes(4) + content


def _number(value: int) -> bytes:
    """A number of variable length: 7 bits per byte, the highest bit set in all but the last."""
    digits = [value & 0x7F]
    while value := value >> 7:
        digits.append(0x80 | value & 0x7F)
    return bytes(reversed(digits))
