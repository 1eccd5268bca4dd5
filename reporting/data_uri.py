"""Content as a data URI, so that a page is one file."""

from base64 import b64encode


def data_uri(kind: str, content: bytes) -> str:
    """kind: as "image/png"."""
    return f"data:{kind};base64,{b64encode(content).decode()}"
