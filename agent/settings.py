"""Every setting of the service, in one place. The environment's prefix is ``TEXTWISE_``."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BeforeValidator,
    Field,
    HttpUrl,
    IPvAnyNetwork,
    SecretStr,
    ValidationError,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from agent.errors import ConfigurationError

CHECKOUT = Path(__file__).resolve().parent.parent
"""The folder that holds the packages, the training data and the demo brand."""

DEMO_KNOWLEDGE = CHECKOUT / "knowledge_base/demo/content"


def _blank_is_unset(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _split(value: object) -> object:
    return (
        [part.strip() for part in value.split(",") if part.strip()]
        if isinstance(value, str)
        else value
    )


OptionalPath = Annotated[Path | None, BeforeValidator(_blank_is_unset)]
OptionalText = Annotated[str | None, BeforeValidator(_blank_is_unset)]
OptionalSecret = Annotated[SecretStr | None, BeforeValidator(_blank_is_unset)]
OptionalUrl = Annotated[HttpUrl | None, BeforeValidator(_blank_is_unset)]


class Settings(BaseSettings):
    """Typed settings. An environment variable wins over ``.env``, which wins over the default."""

    model_config = SettingsConfigDict(
        env_prefix="TEXTWISE_", env_file=".env", env_file_encoding="utf-8", extra="ignore"
    )

    home: Path = Field(default=Path("var"), description="Folder for all state.")
    models: Path = Field(default=Path("models"), description="Folder of trained versions.")
    encoder: str = Field(
        default="fast",
        description="What training uses: fast, accurate, mixed, or a path or hub name of a model.",
    )
    database_url: OptionalText = Field(
        default=None, description="SQLAlchemy URL; SQLite under the home if unset."
    )
    brand: Path = Field(
        default=CHECKOUT / "knowledge_base/demo/brand.yaml", description="The brand file."
    )
    knowledge: Annotated[Path | None, BeforeValidator(_blank_is_unset)] = Field(
        default=None,
        description="The knowledge folder; unset: the one ingested last, else the demo brand's.",
    )
    flows: Path = Field(
        default=CHECKOUT / "agent/flows/library", description="Folder with flow files."
    )
    escalation: Path = Field(
        default=CHECKOUT / "agent/escalation/rules.yaml",
        description="File with escalation rules and thresholds.",
    )
    training_data: Path = Field(
        default=CHECKOUT / "training_data", description="Folder with training data."
    )
    api_key: OptionalSecret = Field(
        default=None, description="A key accepted by the API besides those in the database."
    )
    llm_base_url: OptionalUrl = Field(default=None, description="An OpenAI-compatible endpoint.")
    llm_api_key: OptionalSecret = Field(default=None, description="Its key.")
    llm_model: OptionalText = Field(default=None, description="The model to ask for.")
    llm_timeout_s: float = Field(default=8.0, gt=0, description="Budget of one LLM call.")
    llm_tokens_per_turn: int = Field(default=1500, gt=0, description="Tokens one turn may use.")
    llm_tokens_per_day: int = Field(
        default=2_000_000, gt=0, description="Tokens a day may use; then extracts answer."
    )
    llm_price: float = Field(
        default=0.0,
        ge=0,
        description="Price of a million tokens of the dearer kind; 0: money is not counted.",
    )
    llm_money_per_turn: float = Field(
        default=0.05, gt=0, description="Money one turn may cost, in the price's currency."
    )
    llm_money_per_day: float = Field(
        default=10.0, gt=0, description="Money a day may cost; then extracts answer."
    )
    chroma_url: OptionalUrl = Field(default=None, description="A Chroma server.")
    public_url: OptionalUrl = Field(
        default=None, description="The address providers call, as they see it; signatures need it."
    )
    twilio_account_sid: OptionalText = Field(default=None, description="Twilio's AccountSid.")
    twilio_auth_token: OptionalSecret = Field(default=None, description="Twilio's auth token.")
    twilio_messaging_service_sid: OptionalText = Field(
        default=None, description="Send through this Messaging Service."
    )
    twilio_shared_key: OptionalSecret = Field(
        default=None, description="Secret of a webhook SharedKey, where Twilio signs with one."
    )
    twilio_base_url: str = Field(
        default="https://api.twilio.com", description="Twilio's REST address."
    )
    twilio_handles_keywords: bool = Field(
        default=True,
        description="Twilio answers single-word STOP, START and HELP itself (its default).",
    )
    telnyx_api_key: OptionalSecret = Field(default=None, description="Telnyx's API key.")
    telnyx_public_key: OptionalText = Field(
        default=None, description="Telnyx's public key (base64), which webhooks are checked with."
    )
    telnyx_messaging_profile_id: OptionalText = Field(
        default=None, description="Send through this messaging profile."
    )
    telnyx_base_url: str = Field(
        default="https://api.telnyx.com", description="Telnyx's REST address."
    )
    vonage_api_key: OptionalText = Field(default=None, description="Vonage's account key.")
    vonage_api_secret: OptionalSecret = Field(
        default=None, description="Its secret; sends with Basic where there is no application."
    )
    vonage_application_id: OptionalText = Field(
        default=None, description="The Vonage application that sends."
    )
    vonage_private_key: OptionalPath = Field(
        default=None, description="File with the application's private key (PEM)."
    )
    vonage_signature_secret: OptionalSecret = Field(
        default=None, description="The account's signature secret: webhooks are checked with it."
    )
    vonage_signature_method: Literal["md5hash", "md5", "sha1", "sha256", "sha512"] = Field(
        default="md5hash",
        description="How the account signs the SMS API's webhooks, as its settings page says.",
    )
    vonage_base_url: str = Field(
        default="https://api.nexmo.com", description="Vonage's Messages API."
    )
    provider_timeout_s: float = Field(
        default=15.0, gt=0, description="How long a provider may take to answer a send."
    )
    burst_silence_s: float = Field(
        default=2.5, ge=0, le=8, description="Silence after which texts become one turn."
    )
    blind_share: float = Field(
        default=0.01,
        ge=0,
        le=1,
        description="Share of live messages drawn for the blind test of the models.",
    )
    simulator: bool | None = Field(
        default=None,
        description="Serve the phone simulator without sign-in; unset: only for the demo brand.",
    )
    gateways: OptionalPath = Field(
        default=None, description="File that names plain HTTP gateways (docs/channels.md)."
    )
    trusted_proxies: Annotated[tuple[IPvAnyNetwork, ...], NoDecode, BeforeValidator(_split)] = (
        Field(
            default=(),
            description="Networks of proxies whose X-Forwarded-For is believed, by comma.",
        )
    )
    chat: bool | None = Field(
        default=None, description="Serve the web chat at /chat; unset: only for the demo brand."
    )
    chat_origins: Annotated[tuple[HttpUrl, ...], NoDecode, BeforeValidator(_split)] = Field(
        default=(),
        description="Sites that may show the chat, by comma, such as https://shop.example.",
    )
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR.")

    @property
    def llm_configured(self) -> bool:
        """Whether replies are composed by an LLM."""
        return self.llm_base_url is not None and self.llm_model is not None

    @property
    def labels(self) -> Path:
        """The folder of labels that people gave to live messages; it may not exist yet."""
        return self.home / "labels"

    @property
    def live_test(self) -> Path:
        """The live messages labelled blind, in the labels' folder; it may not exist yet."""
        return self.labels / "test" / "live.jsonl"

    @property
    def resolved_database_url(self) -> str:
        """The database's URL, SQLite under the home by default."""
        if not self.database_url:
            return f"sqlite:///{(self.home / 'textwise.db').resolve()}"
        if self.database_url.startswith(("postgresql://", "postgres://")):
            return "postgresql+psycopg://" + self.database_url.split("://", 1)[1]
        return self.database_url


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        ConfigurationError: a variable does not parse; the message names each and what is wrong.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"TEXTWISE_{'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
            for problem in error.errors()
        ]
        raise ConfigurationError(
            "Settings are wrong:\n  " + "\n  ".join(lines),
            hint="Correct the environment variable or the .env file.",
        ) from None
