"""A web server on the loopback address as helpful or as awkward as real ones are, and tiny corpora for it."""

import hashlib
import io
import stat
import tarfile
import threading
import zipfile
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hydra import compose, initialize_config_dir

from command.download import download

CONF = Path(__file__).resolve().parents[1] / "conf" / "download"


class Handler(BaseHTTPRequestHandler):
    """Serves `server.content` as the fields of `server` say, and counts what it is asked for and sends."""

    def do_GET(self):
        server, span = self.server, self.headers.get("Range")
        server.asked.append(span)
        server.sent.append(0)
        if self.path != "/file":
            return self.send_error(404)
        start = self._start(span)
        if start >= len(server.content):
            return self.send_error(416)
        self.send_response(206 if start else 200)
        if server.etag:
            self.send_header("ETag", server.etag)
        if start:
            self.send_header(
                "Content-Range", f"bytes {start}-{len(server.content) - 1}/{len(server.content)}"
            )
        body = server.content[start:]
        return self._send_chunked(body) if server.chunked else self._send(body)

    def _start(self, span):
        condition = self.headers.get("If-Range")
        fresh = self.server.obeys_if_range and condition != self.server.etag
        return (
            0 if span is None or not self.server.ranges or fresh else int(span[len("bytes=") : -1])
        )

    def _send(self, body):
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self._write(body[: self.server.cut])

    def _send_chunked(self, body):
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        body = body[: self.server.cut]
        self.wfile.write(b"%x\r\n" % len(body))
        self._write(body)
        self.wfile.write(b"\r\n" if self.server.cut else b"\r\n0\r\n\r\n")
        self.close_connection = True

    def _write(self, body):
        self.wfile.write(body)
        self.server.sent[-1] += len(body)

    def log_message(self, *_):
        pass


@contextmanager
def serving():
    """The server on the loopback address; its `url` serves `content`."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.content, server.etag, server.cut = b"", '"one"', None
        server.ranges, server.obeys_if_range, server.chunked = True, True, False
        server.asked, server.sent = [], []
        server.url = f"http://127.0.0.1:{server.server_port}/file"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def refused(error, call, *args, **kwargs):
    """The message of the error that `call` raises, which must be one line."""
    with pytest.raises(error) as caught:
        call(*args, **kwargs)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def flac():
    buffer = io.BytesIO()
    soundfile.write(buffer, np.zeros(160, dtype="int16"), 16000, format="FLAC")
    return buffer.getvalue()


LIBRISPEECH = {
    "LibriSpeech/SPEAKERS.TXT": b"84 | F | dev-clean | 8.02 | Christie Nowak\n",
    "LibriSpeech/LICENSE.TXT": b"CC BY 4.0\n",
    "LibriSpeech/dev-clean/84/121123/84-121123-0000.flac": flac(),
    "LibriSpeech/dev-clean/84/121123/84-121123-0001.flac": flac(),
    "LibriSpeech/dev-clean/84/121123/84-121123.trans.txt": b"84-121123-0000 GO\n84-121123-0001 ON\n",
}


def tar_of(files, links=()):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        for name, kind in links:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/hostname"
            archive.addfile(member)
    return buffer.getvalue()


def wav(samples=500):
    buffer = io.BytesIO()
    soundfile.write(buffer, np.zeros(samples, dtype="int16"), 100, format="WAV")
    return buffer.getvalue()


ESC50 = {
    "ESC-50-master/LICENSE": b"CC BY-NC 3.0\n",
    "ESC-50-master/utils/script.py": b"not wanted\n",
    "ESC-50-master/meta/esc50.csv": b"filename,fold,category\n1-1-A-0.wav,1,dog\n2-2-A-0.wav,2,cat\n",
    "ESC-50-master/audio/1-1-A-0.wav": wav(),
    "ESC-50-master/audio/2-2-A-0.wav": wav(),
}


def zip_of(files, links=()):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
        for name in links:
            member = zipfile.ZipInfo(name)
            member.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(member, "/etc/hostname")
    return buffer.getvalue()


ARCHIVES = [("librispeech_dev_clean", tar_of(LIBRISPEECH)), ("esc50", zip_of(ESC50))]


def fetch(server, corpus, data_root, *overrides, keep_archive=False):
    """What the script does with its config, on the loopback server's archive."""
    overrides = [
        f"corpus={corpus}",
        f"data_root={data_root}",
        f"keep_archive={keep_archive}",
        *overrides,
    ]
    if corpus == "esc50":
        overrides += [f"sources.esc50.url={server.url}", "sources.esc50.recordings=2"]
    if corpus.startswith("librispeech"):
        digest = hashlib.sha256(server.content).hexdigest()
        source = f"sources.{corpus}"
        overrides += [
            f"{source}.url={server.url}",
            f"{source}.sha256={digest}",
            f"{source}.recordings=2",
        ]
    with initialize_config_dir(str(CONF), version_base="1.3"):
        cfg = compose("download", overrides)
    return download(cfg)


def tree(folder):
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )
