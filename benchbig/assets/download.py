"""How do the bytes at a URL get into a file, behind a proxy and over a shaky connection?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from benchbig.assets.registry import Registry
from benchbig.errors import BenchError

if TYPE_CHECKING:
    import requests

Progress = Callable[[int, int | None], None]  # bytes done, bytes in all where known

ATTEMPTS = 3  # at a broken connection, each going on where the last one ended
CHUNK = 1 << 20  # bytes
MAX_BYTES = 4 << 30  # no archive that a card pins is near it


@dataclass(frozen=True)
class Web:
    """An HTTP session and the settings every request of it carries."""

    session: requests.Session
    registry: Registry
    index: str  # its credentials go to its own host alone


@contextmanager
def connected(registry: Registry, index: str) -> Iterator[Web]:
    """A session for one index, closed in the end."""
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.util import Retry

    busy = (429, 500, 502, 503, 504)
    retry = Retry(
        2,
        backoff_factor=0.5,
        status_forcelist=busy,
        raise_on_status=False,
        respect_retry_after_header=False,  # it may ask for hours
    )
    with requests.Session() as session:
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry))
        yield Web(session, registry, index)


def request(web: Web, url: str, headers: dict[str, str]) -> requests.Response:
    """GET the URL with pip's proxy, certificates and credentials; the body is not read yet.

    Raises requests.RequestException, an answer of 400 or more included.
    """
    registry, host = web.registry, urlsplit(url)
    trusted = {host.hostname, host.netloc.rpartition("@")[2]} & set(registry.trusted_hosts)
    # Given with the request: what the session holds would yield to REQUESTS_CA_BUNDLE.
    response = web.session.get(
        url,
        headers=headers,
        stream=True,
        auth=_credentials(url, web.index),
        timeout=registry.timeout,
        # As pip does for a host that its trusted-host names, and for no other; what comes is held
        # to the sha256 on the card all the same.
        verify=False if trusted else registry.cert or True,
        cert=registry.client_cert,
        proxies={"http": registry.proxy, "https": registry.proxy} if registry.proxy else None,
    )
    response.raise_for_status()
    return response


def save(web: Web, url: str, target: Path, progress: Progress) -> None:
    """Download the URL into target, resuming a broken connection a few times.

    progress: called with the bytes done and their total. Raises requests.RequestException or
    urllib3's HTTPError when it stays broken.
    """
    import requests
    from urllib3.exceptions import HTTPError

    for attempt in range(1, ATTEMPTS + 1):
        try:
            _append(web, url, target, progress)
            return
        except (requests.ConnectionError, requests.Timeout, HTTPError):
            if attempt == ATTEMPTS:
                raise
            time.sleep(0.3 * attempt)


def _append(web: Web, url: str, target: Path, progress: Progress) -> None:
    """Go on with the file where it ends, or from its start where the server cannot."""
    done = target.stat().st_size if target.exists() else 0
    # identity: some servers label a .tar.gz as a gzip-encoded .tar, and clients unpack it.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={done}-"} if done else {})
    with request(web, url, headers) as response:
        if response.status_code != 206:
            done = 0
        length = response.headers.get("Content-Length", "")
        total = done + int(length) if length.isdigit() else None
        with target.open("ab" if done else "wb") as file:
            for chunk in response.raw.stream(CHUNK, decode_content=False):
                file.write(chunk)
                done += len(chunk)
                progress(done, total)
                if done > MAX_BYTES:
                    raise BenchError(f"{redacted(url)} sends more than {MAX_BYTES >> 30} GB")


def _credentials(url: str, index: str) -> tuple[str, str] | None:
    """The user and password in the index's URL, for files on the index's own host."""
    own, other = urlsplit(index), urlsplit(url)
    if own.username is None or (own.hostname, own.port) != (other.hostname, other.port):
        return None
    return unquote(own.username), unquote(own.password or "")


def redacted(url: str) -> str:
    """The URL without user and password, fit for a message."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def reason(error: Exception) -> str:
    """Why a request failed, in a few words, without the URL, which may hold a password."""
    import requests

    response = getattr(error, "response", None)
    if response is not None:
        return f"answers HTTP {response.status_code}"
    if isinstance(error, requests.exceptions.SSLError):
        return "shows a certificate that is not trusted"
    if isinstance(error, requests.exceptions.ProxyError):
        return "cannot be reached through the proxy"
    if isinstance(error, requests.Timeout):
        return "does not answer in time"
    if isinstance(error, requests.RequestException):
        return "cannot be reached"
    return "broke off the download"
