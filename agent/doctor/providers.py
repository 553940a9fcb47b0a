"""Providers, the address they call, the web chat and the language model, as the settings say."""

import re
from collections.abc import Iterator
from ipaddress import ip_address

from pydantic import HttpUrl, SecretStr

from agent.brand import load_brand
from agent.doctor.finding import Concern, Finding, look
from agent.errors import ConfigurationError
from agent.settings import Settings

_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")
_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
"""Twilio's ids: two letters and 32 hexadecimal digits."""


def look_at_providers(settings: Settings) -> Iterator[Finding]:
    """Look at whatever the settings set up."""
    for what, why, check in (
        ("Twilio", "Half a set-up takes texts or sends them, not both.", _twilio),
        ("Telnyx", "Half a set-up takes texts or sends them, not both.", _telnyx),
        ("Vonage", "Half a set-up takes texts or sends them, not both.", _vonage),
        ("public address", "Providers sign it, and links in texts begin with it.", _public_url),
        ("web chat", "Your shop's pages would not show it.", _chat),
        ("proxies", "Otherwise all visitors count as one, or anybody as whom he likes.", _proxies),
        ("simulator", "With it everybody can text as any customer.", _simulator),
        ("LLM", "It words replies; without it they are extracts.", _llm),
    ):  # fmt: skip
        yield look(what, why, lambda check=check: check(settings))  # type: ignore[misc]


def _need(name: str, value: object, without: str) -> None:
    if value is None:
        raise ConfigurationError(f"TEXTWISE_{name} is missing.", hint=without)


def _webhook(settings: Settings, path: str) -> str:
    _need("PUBLIC_URL", settings.public_url,
          "Behind a proxy signatures cannot be checked without it.")  # fmt: skip
    return f"webhook {str(settings.public_url).rstrip('/')}{path}"


def _twilio(settings: Settings) -> str:
    account, token = settings.twilio_account_sid, settings.twilio_auth_token
    service = settings.twilio_messaging_service_sid
    if account is None and token is None and service is None:
        return "not set up"
    _need("TWILIO_AUTH_TOKEN", token, "Webhooks are refused without it.")
    _need("TWILIO_ACCOUNT_SID", account, "Nothing can be sent without it.")
    said = _webhook(settings, "/webhooks/twilio/sms")
    if account is not None and not _ACCOUNT.fullmatch(account):
        raise Concern(
            "TEXTWISE_TWILIO_ACCOUNT_SID does not look like one.",
            hint="It is AC and 32 characters; API keys (SK...) do not check signatures.",
        )
    if service is not None and not _SERVICE.fullmatch(service):
        raise Concern(
            "TEXTWISE_TWILIO_MESSAGING_SERVICE_SID does not look like one.",
            hint="It is MG and 32 characters.",
        )
    return said


def _telnyx(settings: Settings) -> str:
    key, public = settings.telnyx_api_key, settings.telnyx_public_key
    if key is None and public is None and settings.telnyx_messaging_profile_id is None:
        return "not set up"
    _need("TELNYX_PUBLIC_KEY", public, "Webhooks are refused without it.")
    _need("TELNYX_API_KEY", key, "Nothing can be sent without it.")
    return _webhook(settings, "/webhooks/telnyx")


def _vonage(settings: Settings) -> str:
    application, key = settings.vonage_application_id, settings.vonage_private_key
    account, secret = settings.vonage_api_key, settings.vonage_api_secret
    signature = settings.vonage_signature_secret
    if not any((application, key, account, secret, signature)):
        return "not set up"
    _need("VONAGE_SIGNATURE_SECRET", signature, "Webhooks are refused without it.")
    if application is None and key is None:
        _need("VONAGE_API_KEY", account, "Nothing can be sent without it, or an application.")
        _need("VONAGE_API_SECRET", secret, "Nothing can be sent without it, or an application.")
    else:
        _need("VONAGE_APPLICATION_ID", application, "It belongs to the private key.")
        _need("VONAGE_PRIVATE_KEY", key, "It belongs to the application.")
        if key is not None and not key.is_file():
            raise ConfigurationError(
                f"There is no file {key}.", hint="TEXTWISE_VONAGE_PRIVATE_KEY is its path."
            )
    return _webhook(settings, "/webhooks/vonage/inbound")


def is_local(url: HttpUrl) -> bool:
    """Whether an address is on this machine or in a private network, where TLS is no must."""
    host = (url.host or "").strip("[]")
    try:
        return ip_address(host).is_private
    except ValueError:
        return host == "localhost" or "." not in host


def _public_url(settings: Settings) -> str:
    url = settings.public_url
    if url is None:
        return "not set; only needed for providers and the chat on your pages"
    if url.scheme != "https" and not is_local(url):
        raise ConfigurationError(
            f"{url} is not encrypted.", hint="Put a proxy with TLS before it (docs/scale.md)."
        )
    if url.query or url.fragment or url.username:
        raise ConfigurationError(
            "TEXTWISE_PUBLIC_URL has more than a host.",
            hint="Write https://sms.shop.example; paths are added.",
        )
    if (url.path or "/") != "/":
        raise Concern(
            f"{url} has a path, which the proxy must take off before it asks us, or every "
            "webhook is not found.",
            hint="Give the service a host name of its own: https://sms.shop.example",
        )
    return str(url)


def _chat(settings: Settings) -> str:
    if not settings.chat_origins:
        return "on no page of yours"
    if settings.chat is not True and not load_brand(settings.brand).demo:
        raise Concern(
            "TEXTWISE_CHAT_ORIGINS is set, but the chat is off.", hint="Set TEXTWISE_CHAT=true."
        )
    if settings.public_url is None or settings.public_url.scheme != "https":
        raise ConfigurationError(
            "TEXTWISE_CHAT_ORIGINS needs TEXTWISE_PUBLIC_URL with https.",
            hint="Browsers keep the visitor's cookie in a frame over https only.",
        )
    unsafe = [str(o) for o in settings.chat_origins if o.scheme != "https" and not is_local(o)]
    if unsafe:
        raise Concern(f"{unsafe[0]} is not encrypted.", hint="Name your pages with https.")
    return ", ".join(str(origin).rstrip("/") for origin in settings.chat_origins)


def _proxies(settings: Settings) -> str:
    trusted = settings.trusted_proxies
    if any(network.prefixlen == 0 for network in trusted):
        raise ConfigurationError(
            "TEXTWISE_TRUSTED_PROXIES names the whole internet.",
            hint="Name the proxy's own address or network, such as 172.30.238.0/24.",
        )
    url = settings.public_url
    if not trusted and url is not None and url.scheme == "https":
        raise Concern(
            f"{url} means a proxy, but TEXTWISE_TRUSTED_PROXIES names none.",
            hint="Name its network, or the chat's limits count all visitors as one "
            "(docs/scale.md).",
        )
    return ", ".join(str(network) for network in trusted) or "none"


def _simulator(settings: Settings) -> str:
    brand = load_brand(settings.brand)
    on = brand.demo if settings.simulator is None else settings.simulator
    if on and settings.public_url is not None and not is_local(settings.public_url):
        raise Concern(
            f"The phone simulator is open to everybody at {settings.public_url}.",
            hint="Set TEXTWISE_SIMULATOR=false.",
        )
    return "on" if on else "off"


def _llm(settings: Settings) -> str:
    url = settings.llm_base_url
    if not settings.llm_configured or url is None:
        if url is not None or settings.llm_model is not None:
            raise ConfigurationError(
                "An LLM needs both TEXTWISE_LLM_BASE_URL and TEXTWISE_LLM_MODEL.",
                hint="Set both, or neither.",
            )
        return "not set up; replies are extracts"
    if url.scheme != "https" and not is_local(url):
        raise Concern(
            f"{url} is not encrypted: customers' texts and the key go in the clear.",
            hint="Use https.",
        )
    return f"{settings.llm_model} at {url}"


def secret_of(value: SecretStr | None) -> str:
    """Return a secret's text, empty where there is none."""
    return "" if value is None else value.get_secret_value()
