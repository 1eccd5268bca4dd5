"""Content as a link that holds it: a page stands alone."""

from base64 import b64encode


def data_uri(kind: str, content: bytes) -> str:
    """kind: as "image/png"."""
    return f"data:{kind};base64,{b64encode(content).decode()}"
