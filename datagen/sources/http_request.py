"""Requests a file over HTTP from any byte on, and reads the server's answer."""

from collections.abc import Mapping
from http.client import HTTPException, HTTPResponse
from typing import NamedTuple
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

TIMEOUT_S = 60  # without data, not of the whole transfer


class Origin(NamedTuple):
    """The known facts of the file on the server.

    validator: the mark by which the same file is recognised, "" where the server gives none. total:
    its size in bytes, None where the server does not give it.
    """

    validator: str = ""
    total: int | None = None


def ask(url: str, held: int, origin: Origin) -> tuple[HTTPResponse, int]:
    """The answer, and the number of held bytes that it continues from; 0 if it starts again."""
    if held:
        headers = {"Range": f"bytes={held}-", "If-Range": origin.validator}
        response = _request(url, headers)
        if response.status == 206 and _continues(response, held, origin):
            return response, held
        if response.status == 200:
            return response, 0
        # Another range than requested, a changed file, or a shorter file (416).
        response.close()
    return _request(url, {}), 0


def read(response: HTTPResponse, size: int) -> bytes:
    """The next bytes of an answer, `size` at most; OSError where the connection breaks."""
    try:
        return response.read(size)
    except (OSError, HTTPException) as error:
        why = str(error) or type(error).__name__
        raise OSError(broken(response.url, why)) from error


def origin_of(response: HTTPResponse) -> Origin:
    """The facts of the file in an answer that starts from the first byte."""
    length = response.headers.get("Content-Length", "")
    total = int(length) if length.isdigit() else None
    return Origin(_validator(response), total)


def broken(url: str, why: str) -> str:
    """The message on a transfer that ended early."""
    return (
        f"{url}: the connection broke ({why}); "
        "run the same command again, it continues where the server lets it"
    )


def _request(url: str, headers: Mapping[str, str]) -> HTTPResponse:
    """The answer to a GET of `url`; 416 (no such range) is accepted for a range request."""
    request = Request(url, headers={"User-Agent": "Clarion", **headers})
    try:
        return urlopen(request, timeout=TIMEOUT_S)
    except HTTPError as error:
        if error.code == 416 and headers:
            return error
        error.close()
        raise OSError(
            f"{url}: the server answered {error.code} {error.reason}; check the url, or try later"
        ) from None
    except (OSError, HTTPException) as error:
        reason = error.reason if isinstance(error, URLError) else error
        raise OSError(
            f"{url}: no connection ({reason}); check the network or proxy and run again"
        ) from error


def _continues(response: HTTPResponse, held: int, origin: Origin) -> bool:
    """Whether a 206 continues the same file: some servers know Range, but not If-Range."""
    span = response.headers.get("Content-Range", "")
    expected = f"bytes {held}-"
    if origin.total is not None:
        expected = f"bytes {held}-{origin.total - 1}/{origin.total}"
    is_same_file = _validator(response) in ("", origin.validator)
    return span.startswith(expected) and is_same_file


def _validator(response: HTTPResponse) -> str:
    """The value for If-Range: a strong ETag, otherwise the date; "" without both."""
    tag = response.headers.get("ETag", "")
    if tag.startswith('"'):
        return tag
    return response.headers.get("Last-Modified", "")
