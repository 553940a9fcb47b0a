"""Models and knowledge: there, loading, and made from the files as they are."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from agent.doctor.finding import Concern, Finding, look
from agent.errors import ConfigurationError
from agent.foundation import Foundation
from agent.knowledge import COLLECTION, FILES, FOLDER
from agent.knowledge_files import fingerprint, own_mark
from agent.replies.selection import LAYERS
from agent.settings import DEMO_KNOWLEDGE, Settings
from agent.wiring.mind import chroma_url
from agent.wiring.models import load_understander, model_registry, version_loader
from intents.encoders.encoder import Encoder
from intents.errors import IntentsError
from intents.reading.readers import Encoders, retrieval_encoder
from knowledge_base.errors import KnowledgeError
from knowledge_base.vectors import VectorStore, encoder_mark


def look_at_knowledge(settings: Settings, foundation: Foundation | None) -> Iterator[Finding]:
    """Load the models and look at the index; None where there are no rows to read yet."""
    yield look(
        "models",
        "Without them the service does not start.",
        lambda: _models(settings, foundation),
    )
    yield look("Chroma", "The knowledge is searched there.", lambda: _chroma(settings))
    yield look("knowledge", "Answers come from it.", lambda: _knowledge(settings, foundation))


def _models(settings: Settings, foundation: Foundation | None) -> str:
    prepared = settings.models / "encoders" / f"cross-{LAYERS.stem}" / "model.onnx"
    try:
        if foundation is None:
            version = load_understander(settings).version
        else:
            version = model_registry(foundation).active_version()
            version_loader(foundation, Encoders(settings.models))(version)
    except IntentsError as error:
        raise ConfigurationError(
            str(error), hint=error.hint or "Make them with: textwise intents train (or: make run)."
        ) from None
    if not prepared.is_file():
        raise Concern(
            f"{version} loads, but the first start has still to make {prepared.parent}.",
            hint="Run `textwise serve --prepare` where TEXTWISE_MODELS can be written.",
        )
    return version


def _chroma(settings: Settings) -> str:
    address = chroma_url(settings)
    if address is None:
        if not settings.resolved_database_url.startswith("sqlite"):
            return "embedded: for processes of one machine; several machines need a server"
        return "embedded"
    return f"{urlsplit(address).netloc}, {len(_indexes(settings))} indexes"


def _indexes(settings: Settings) -> set[str]:
    """Return the names of the complete indexes in Chroma."""
    try:
        store = VectorStore.open(home=settings.home, chroma_url=chroma_url(settings))
        return {collection.name for collection in store.collections()}
    except KnowledgeError as error:
        raise ConfigurationError(str(error), hint=error.hint) from None


def _knowledge(settings: Settings, foundation: Foundation | None) -> str:
    if settings.knowledge is not None and not settings.knowledge.is_dir():
        raise ConfigurationError(
            f"There is no folder {settings.knowledge}.", hint="Correct TEXTWISE_KNOWLEDGE."
        )
    if foundation is None:
        return "indexed at the first start"
    with foundation.database.read() as uow:
        collection, files = uow.live.active(COLLECTION), uow.live.active(FILES)
        last, own = uow.live.active(FOLDER), own_mark(uow)
    if collection is None:
        return "indexed at the first start"
    if collection not in _indexes(settings):
        raise ConfigurationError(
            f"The live index {collection} is not in Chroma.",
            hint="Run `textwise kb ingest`; several machines need TEXTWISE_CHROMA_URL.",
        )
    folder = settings.knowledge or (Path(last) if last and Path(last).is_dir() else DEMO_KNOWLEDGE)
    if fingerprint(folder, encoder_mark(_encoder(settings)), own) != files:
        raise Concern(
            f"{folder} has changed since it was indexed.",
            hint="Run `textwise kb ingest`; a running service does it by itself within seconds.",
        )
    return f"{collection} of {folder}"


def _encoder(settings: Settings) -> Encoder:
    try:
        return Encoders(settings.models).get(retrieval_encoder(settings.encoder))
    except IntentsError as error:
        raise ConfigurationError(str(error), hint=error.hint) from None
