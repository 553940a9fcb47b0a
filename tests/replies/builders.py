"""Small things that the tests of this room are built from."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from agent.brand import Brand
from agent.replies.evidence import Evidence
from intents.types import Candidate, Doubt, Entity, EntityType, Sentiment, Understanding
from knowledge_base.types import DocumentKind, Hit, Passage, Product, SearchResult


def brand(**changes: Any) -> Brand:
    values: dict[str, Any] = {
        "name": "Fernhill",
        "slug": "fernhill",
        "about": "a shop for outdoor gear",
        "time_zone": "America/Denver",
        "currency": "USD",
        "numbers": ["+15550100200"],
        "contact": {"phone": "+1 555 010 0210", "email": "help@fernhill.example"},
        "hours": {
            day: {"opens": "08:00", "closes": "18:00"}
            for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
        },
        "queues": {"general": {"title": "General", "reply_within_minutes": 30}},
    }
    return Brand.model_validate(values | changes)


def passage(heading: str, text: str, *, faq: bool = False, url: str = "") -> Passage:
    return Passage(
        id=f"{heading}/{text[:20]}",
        kind=DocumentKind.FAQ if faq else DocumentKind.PAGE,
        source="page.md",
        heading=heading,
        text=text,
        url=url,
    )


def evidence(heading: str, text: str, number: int = 1) -> Evidence:
    return Evidence(id=f"p{number}", kind="passage", source="page.md", heading=heading, text=text)


def product(name: str = "Ridgeline", price: str = "129.95", **changes: Any) -> Product:
    values: dict[str, Any] = {
        "sku": name,
        "name": name,
        "category": "trail shoes",
        "price": Decimal(price),
        "currency": "USD",
        "sizes": ("8", "9", "10"),
        "colors": ("moss", "black"),
        "url": f"https://fernhill.example/p/{name.lower().replace(' ', '-')}",
    }
    return Product(**(values | changes))


def found(
    *passages: Passage, products: Sequence[Product] = (), answerability: float = 0.9
) -> SearchResult:
    hits = tuple(
        Hit(passage=p, score=1.0 / (i + 1), cosine=0.6, bm25=3.0) for i, p in enumerate(passages)
    )
    return SearchResult(
        question="",
        hits=hits,
        products=tuple(products),
        answerability=answerability,
        took_ms=1.0,
    )


def understanding(intent: str, *entities: tuple[EntityType, str]) -> Understanding:
    return Understanding(
        text="",
        intent=intent,
        confidence=0.9,
        candidates=(Candidate(intent=intent, confidence=0.9),),
        doubt=Doubt.NONE,
        out_of_scope=False,
        out_of_scope_score=0.1,
        sentiment=Sentiment.NEUTRAL,
        sentiment_score=0.0,
        frustration=0.0,
        consent=None,
        consent_score=0.0,
        topics=(),
        entities=tuple(
            Entity(type=kind, text=value, value=value, start=0, end=len(value))
            for kind, value in entities
        ),
        model_version="test",
        took_ms=1.0,
    )
