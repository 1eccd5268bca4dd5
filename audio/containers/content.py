"""The kind of a file by its content: audio that libsndfile reads, other audio, or no audio."""

from pathlib import Path

from audio.containers.mpeg import LONGEST_FRAME, first_frame
from audio.containers.ogg import HEAD
from audio.containers.tags import after_tags

READ = 4096
READABLE = "audio"
MAGIC = {  # first bytes of a file: its kind
    b"RIFX": READABLE,
    b"fLaC": READABLE,
    b".snd": READABLE,
    b"dns.": READABLE,
    b"caff": READABLE,
    b"NIST_1A": READABLE,
    b"2BIT": READABLE,
    b"Creative Voice File": READABLE,
    b"ALawSoundFile": READABLE,
    b" paf": READABLE,
    b"fap ": READABLE,
    b"PVF1\n": READABLE,
    b"Extended Instrument:": READABLE,
    b"riff.\x91\xcf\x11": READABLE,
    b"\x64\xa3\x01\x00": READABLE,  # IRCAM: the bytes differ with the machine that wrote it
    b"\x64\xa3\x02\x00": READABLE,
    b"\x64\xa3\x03\x00": READABLE,
    b"\x64\xa3\x04\x00": READABLE,
    b"\x00\x01\xa3\x64": READABLE,
    b"\x00\x02\xa3\x64": READABLE,
    b"\x00\x03\xa3\x64": READABLE,
    b"0&\xb2u\x8ef\xcf\x11": "WMA",
    b"\x1aE\xdf\xa3": "Matroska or WebM",
    b"#!AMR": "AMR",
    b"MAC ": "Monkey's Audio",
    b"wvpk": "WavPack",
    b"MPCK": "Musepack",
    b"MP+": "Musepack",
    b"TTA1": "True Audio",
    b"ajkg": "Shorten",
    b".RMF": "RealAudio",
    b".ra\xfd": "RealAudio",
    b"ADIF": "AAC",
    b"DSD ": "DSD",
    b"FRM8": "DSD",
    b"#!SILK_V3": "SILK",
    b"\x02#!SILK_V3": "SILK",
    b"\x0bw": "AC-3",
    b"OFR ": "OptimFROG",
    b"BW64": "BW64",
}
PICTURES = (
    b"heic",
    b"heix",
    b"hevc",
    b"mif1",
    b"msf1",
    b"avif",
    b"avis",
    b"crx ",
    b"jp2 ",
)  # brands in the first box of an MP4 file that are pictures
OGG_READABLE = (b"\x01vorbis", b"OpusHead", b"\x7fFLAC", b"fLaC")
NAMES = """aac aif aifc aiff amr ape au avr bwf caf flac htk ircam m4a mat4 mat5 mka mp1 mp2 mp3 mpc
mpc2k nist oga ogg opus paf pvf rf64 sd2 sds snd sph spx svx voc w64 wav wave wavex webm wma wv wve
xi"""
SUFFIXES = frozenset(f".{name}" for name in NAMES.split())  # of audio files


def recognise(path: Path) -> str:
    """The kind of the file at `path`.

    It is READABLE for audio that libsndfile may read, the name of the format for audio that
    libsndfile does not read, and "" for anything else. A file of unknown content with one of the
    `SUFFIXES` counts as readable, so that it is opened and not passed over. Raises OSError where
    the file cannot be read.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        begin = after_tags(file, 0, size)
        file.seek(begin)
        content = file.read(READ + 2 * LONGEST_FRAME)
    kind = _kind(content, last=begin + len(content) >= size)
    if not kind and path.suffix.lower() in SUFFIXES:
        return READABLE
    return kind


def _kind(content: bytes, last: bool) -> str:
    """The kind by the first bytes, `content`, as in `recognise`; last: the file ends with them."""
    for magic, kind in MAGIC.items():
        if content.startswith(magic):
            return kind
    if content[:4] in (b"RIFF", b"RF64"):
        return READABLE if content[8:12] == b"WAVE" else ""
    if content[:4] == b"FORM":
        return READABLE if content[8:12] in (b"AIFF", b"AIFC", b"8SVX", b"16SV") else ""
    if content[:4] == b"OggS":
        return _ogg(content)
    if content[4:8] == b"ftyp":
        return "" if content[8:12] in PICTURES else "MP4 or M4A"
    if _adts(content):
        return "AAC"
    return READABLE if first_frame(content, last) == 0 else ""


def _ogg(content: bytes) -> str:
    """The kind of an Ogg file; its first packet names the codec."""
    packet = b""
    if len(content) > HEAD:
        segments = content[HEAD - 1]
        packet = content[HEAD + segments :]
    return READABLE if packet.startswith(OGG_READABLE) else "Ogg with another codec"


def _adts(content: bytes) -> bool:
    """Whether `content` begins with two successive frames of AAC in ADTS.

    The header of an ADTS frame is that of MPEG audio with a layer of 0.
    """
    position = 0
    for _ in range(2):
        head = content[position : position + 7]
        if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
            return False
        length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
        position += length
    return True
