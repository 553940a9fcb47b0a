"""What only a call can tell. Nothing is sent to a customer.

Does the model answer in time, is the public address ours, does Twilio know our numbers and call us
there?
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from agent.brand import Brand, load_brand
from agent.doctor.finding import Concern, Finding, look
from agent.doctor.providers import secret_of
from agent.errors import ConfigurationError
from agent.settings import Settings

TIMEOUT_S = 10.0
MOST_APART_S = 60.0
"""Between our clock and a server's; a Date header has whole seconds, and travels."""


class _Number(BaseModel):
    model_config = ConfigDict(extra="ignore")

    phone_number: str
    sms_url: str | None = None


class _Numbers(BaseModel):
    model_config = ConfigDict(extra="ignore")

    incoming_phone_numbers: tuple[_Number, ...]


def look_online(settings: Settings) -> Iterator[Finding]:
    """Ask the set-up services, each once."""
    if settings.llm_configured:
        yield look(
            "LLM online", "A slow or deaf model means extracts.", lambda: _llm_answers(settings)
        )
    if settings.public_url is not None:
        yield look(
            "public address online",
            "Providers call it.",
            lambda: _reaches_us(f"{str(settings.public_url).rstrip('/')}/health/live"),
        )
    if settings.twilio_account_sid is not None and settings.twilio_auth_token is not None:
        yield look(
            "Twilio online",
            "Texts to a number go where Twilio is told.",
            lambda: _twilio_knows(settings, load_brand(settings.brand)),
        )


def _ask(method: str, url: str, *, timeout_s: float = TIMEOUT_S, **how: object) -> httpx.Response:
    try:
        return httpx.request(method, url, timeout=timeout_s, **how)  # type: ignore[arg-type]
    except httpx.HTTPError as error:
        raise ConfigurationError(
            f"{url} does not answer: {str(error) or type(error).__name__}.",
            hint="Check the address and the way there: DNS, proxy, firewall.",
        ) from None


def _llm_answers(settings: Settings) -> str:
    key = secret_of(settings.llm_api_key)
    began = time.monotonic()
    answer = _ask(
        "POST",
        f"{str(settings.llm_base_url).rstrip('/')}/chat/completions",
        timeout_s=settings.llm_timeout_s,
        headers={"Authorization": f"Bearer {key}"} if key else {},
        json={
            "model": settings.llm_model,
            "messages": [{"role": "user", "content": "Say yes."}],
            "max_tokens": 5,
        },
    )
    took_s = time.monotonic() - began
    if answer.is_error:
        raise ConfigurationError(
            f"{settings.llm_base_url} answers {answer.status_code}.",
            hint="Check TEXTWISE_LLM_API_KEY, TEXTWISE_LLM_MODEL and the path, often /v1.",
        )
    if took_s > settings.llm_timeout_s / 2:
        raise Concern(
            f"Five words took {took_s:.1f} s of {settings.llm_timeout_s:g} s.",
            hint="Take a faster model, or raise TEXTWISE_LLM_TIMEOUT_S: customers wait.",
        )
    return f"{settings.llm_model} answers in {took_s:.1f} s"


def _reaches_us(url: str) -> str:
    answer = _ask("GET", url)
    if answer.status_code != httpx.codes.OK or '"status"' not in answer.text:
        raise ConfigurationError(
            f"{url} answers {answer.status_code}, and not as this service does.",
            hint="Start the service, and let the proxy hand the whole host to it.",
        )
    sent = answer.headers.get("date")
    apart_s = 0.0 if sent is None else abs(
        (parsedate_to_datetime(sent) - datetime.now(UTC)).total_seconds()
    )  # fmt: skip
    if apart_s > MOST_APART_S:
        raise Concern(
            f"Our clock and the server's are {apart_s:.0f} seconds apart.",
            hint="Have both set by NTP.",
        )
    return "reaches the service"


def _twilio_knows(settings: Settings, brand: Brand) -> str:
    account = settings.twilio_account_sid or ""
    base = settings.twilio_base_url.rstrip("/")
    answer = _ask(
        "GET",
        f"{base}/2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json?PageSize=1000",
        auth=(account, secret_of(settings.twilio_auth_token)),
    )
    if answer.is_error:
        raise ConfigurationError(
            f"Twilio answers {answer.status_code}.",
            hint="Check TEXTWISE_TWILIO_ACCOUNT_SID and TEXTWISE_TWILIO_AUTH_TOKEN.",
        )
    try:
        numbers = _Numbers.model_validate_json(answer.content).incoming_phone_numbers
    except ValidationError:
        raise ConfigurationError(
            f"{base} does not answer as Twilio does.", hint="Check TEXTWISE_TWILIO_BASE_URL."
        ) from None
    known = {number.phone_number: number.sms_url or "" for number in numbers}
    missing = [number for number in brand.numbers if number not in known]
    if missing:
        raise Concern(
            f"{missing[0]} is not among the account's numbers.",
            hint="Short codes are not listed there; else correct `numbers` in the brand file.",
        )
    if settings.twilio_messaging_service_sid is None:
        _called_at(settings, {number: known[number] for number in brand.numbers})
    return f"{len(brand.numbers)} of {len(known)} numbers are the brand's"


def _called_at(settings: Settings, addresses: dict[str, str]) -> None:
    ours = f"{str(settings.public_url).rstrip('/')}/webhooks/twilio/sms"
    for number, address in addresses.items():
        if address.split("#")[0].split("?")[0] != ours:
            raise ConfigurationError(
                f"Twilio sends texts to {number} to {address or 'nowhere'}, not to {ours}.",
                hint="Correct the number's messaging webhook, or TEXTWISE_PUBLIC_URL.",
            )
