"""Content as a data URI, so that a page is one file."""

from base64 import b64encode


def data_uri(kind: str, content: bytes) -> str:
    """The data URI of `content`; kind: a media type such as "image/png"."""
    return f"data:{kind};base64,{b64encode(content).decode()}"
