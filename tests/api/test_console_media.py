"""Pictures and files in the console: links, and nothing foreign that loads by itself."""

import re

import pytest
from fastapi.testclient import TestClient

from agent.domain.messages import InboundMessage
from agent.wiring.services import Services
from api.app import create_app
from api.console.media import attachments
from tests.api.conftest import PUBLIC_URL

FOREIGN = 'https://media.example/one.jpg?x="><script>alert(1)</script>'
OWN = f"{PUBLIC_URL}/media/two.PNG"


@pytest.mark.parametrize(
    ("link", "words", "thumbnail"),
    [
        ("https://m.example/a.jpg", "Picture 1, on m.example", ""),
        ("https://m.example/a.pdf?b.jpg", "File 1, on m.example", ""),
        ("https://m.example", "File 1, on m.example", ""),
        (OWN, "Picture 1, on sms.shop.example", "/media/two.PNG"),
        (f"{PUBLIC_URL}/media/list.pdf", "File 1, on sms.shop.example", ""),
        (f"{PUBLIC_URL}:8443/a.jpg", "Picture 1, on sms.shop.example", ""),
        ("http://sms.shop.example/a.jpg", "Picture 1, on sms.shop.example", ""),
        (f"{PUBLIC_URL}.evil.example/a.jpg", "Picture 1, on sms.shop.example.evil.example", ""),
    ],
)
def test_only_our_own_pictures_are_shown(link: str, words: str, thumbnail: str) -> None:
    (file,) = attachments([link], public_url=f"{PUBLIC_URL}/")

    assert (file.words, file.thumbnail, file.link) == (words, thumbnail, link)


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "", "/a.jpg", "https://"]
)
def test_what_is_no_address_is_left_out(link: str) -> None:
    assert attachments([link]) == ()


def test_a_rep_sees_links_to_what_a_customer_sent(services: Services) -> None:
    # Over https, as the session's cookie asks for where the public address is.
    with TestClient(create_app(services, []), base_url=PUBLIC_URL) as client:
        accepted = services.inbox.accept(
            InboundMessage(
                provider="twilio", provider_id="SM1", channel="sms", sender="+15550100301",
                recipient="+15550100200", text="", received_at=services.clock.now(),
                media=(FOREIGN, OWN),
            )
        )  # fmt: skip
        sign_in(client, services)
        page = client.get(f"/console/conversations/{accepted.conversation_id}").text

    found = re.search(r'<ul class="files">.*?</ul>', page, re.DOTALL)
    assert found is not None
    assert re.findall(r'<img[^>]*src="([^"]*)"', found[0]) == ["/media/two.PNG"]
    assert "<script>alert" not in page
    assert found[0].count('target="_blank" rel="noopener noreferrer"') == 2
    assert "Picture 1, on media.example" in found[0]
    assert "(no text)" in page


def sign_in(client: TestClient, services: Services) -> None:
    token = re.search(r'name="csrf" value="([^"]+)"', client.get("/console/sign-in").text)
    assert token is not None
    secrets = services.secrets
    form = {"csrf": token[1], "email": secrets.first_email, "password": secrets.first_password}
    client.post("/console/sign-in", data=form)
