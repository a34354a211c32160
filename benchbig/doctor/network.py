"""Does a package index answer, as pip is set up on this machine?"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from benchbig.assets import download
from benchbig.assets.registry import Registry, configured

SECONDS = 4.0  # for all of it, a name server that never answers included
PAGE = "pip/"  # a small page that every index has


@dataclass(frozen=True)
class Answer:
    """What an index did. seconds: until it answered, None where it did not; why: then."""

    index: str
    seconds: float | None
    why: str


def ask(limit_s: float = SECONDS) -> list[Answer]:
    """Each index that pip is configured with; none where pip is to use none."""
    registry = configured()
    answers: dict[str, Answer] = {}
    asked = [
        threading.Thread(target=_ask, args=(place, registry, limit_s, answers), daemon=True)
        for place in registry.indexes
    ]
    for thread in asked:
        thread.start()
    until = time.monotonic() + limit_s
    for thread in asked:
        thread.join(max(0.0, until - time.monotonic()))
    return [
        answers.get(place)
        or Answer(download.redacted(place), None, f"no answer in {limit_s:g} seconds")
        for place in registry.indexes
    ]


def _ask(place: str, registry: Registry, limit_s: float, answers: dict[str, Answer]) -> None:
    import requests
    from requests.adapters import HTTPAdapter

    began, why = time.monotonic(), ""
    parts = urlsplit(place)
    if parts.scheme not in ("http", "https"):  # a folder or a file URL
        there = Path(url2pathname(parts.path)).exists()
        answers[place] = Answer(place, 0.0 if there else None, "" if there else "is not there")
        return
    with download.connected(replace(registry, timeout=limit_s), place) as web:
        for scheme in ("http://", "https://"):
            web.session.mount(scheme, HTTPAdapter(max_retries=0))
        try:
            download.request(web, f"{web.index.rstrip('/')}/{PAGE}", {}).close()
        except requests.HTTPError as error:
            # Told that it may not, or has no such page, it is there all the same.
            why = "" if error.response.status_code == 404 else download.reason(error)
        except requests.RequestException as error:
            why = download.reason(error)
    seconds = time.monotonic() - began
    answers[place] = Answer(download.redacted(place), None if why else seconds, why)
