"""Which trained models are live, and what loads them."""

from agent.errors import ConfigurationError
from agent.foundation import Foundation
from agent.learning.ledger import SharedLedger
from agent.models import LiveModels, LoadVersion, load_version
from agent.settings import Settings
from intents.encoders.encoder import Encoder
from intents.errors import IntentsError
from intents.reading.readers import Encoders, retrieval_encoder
from intents.understanding import Understander
from intents.versions.registry import FileLedger, Registry


def load_understander(settings: Settings, product_names: tuple[str, ...] = ()) -> Understander:
    """Load the active models.

    Raises:
        ConfigurationError: there are none; says which command makes them.
    """
    try:
        return Understander.load(settings.models, product_names=product_names)
    except IntentsError as error:
        raise ConfigurationError(
            str(error), hint=error.hint or "Make them with: textwise intents train (or: make run)."
        ) from error


def encoder_of(settings: Settings, encoders: Encoders) -> Encoder:
    """Open the encoder that finds passages.

    Raises:
        ConfigurationError: it is not there; says which command gets it.
    """
    try:
        return encoders.get(retrieval_encoder(settings.encoder))
    except IntentsError as error:
        raise ConfigurationError(str(error), hint=error.hint) from error


def shared_ledger(foundation: Foundation) -> SharedLedger:
    """Return what says which version of the models is active."""
    return SharedLedger(foundation.database, FileLedger(foundation.settings.models))


def model_registry(foundation: Foundation) -> Registry:
    """Open the trained versions, with the shared answer to which is active."""
    return Registry(foundation.settings.models, ledger=shared_ledger(foundation))


def live_models(foundation: Foundation, encoders: Encoders) -> LiveModels:
    """Make the models that are live; nothing is loaded yet."""
    return LiveModels(
        ledger=shared_ledger(foundation),
        load=version_loader(foundation, encoders),
        clock=foundation.clock,
    )


def version_loader(foundation: Foundation, encoders: Encoders) -> LoadVersion:
    """Return what loads a version on the encoders that it names."""
    registry = model_registry(foundation)
    return lambda version: load_version(registry, encoders, version)
