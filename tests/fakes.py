"""Fakes that stand beside the real models and knowledge: scripted, so that tests can steer them."""

import re
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa

from agent.brand import load_brand
from agent.channels import Receipt
from agent.deciding.policy import Policy
from agent.domain.ids import MessageId
from agent.escalation.ruleset import load_rules
from agent.flows.files import load_flows
from agent.foundation import Foundation
from agent.handover import Handovers
from agent.keywords import load_keywords
from agent.replies.evidence import Evidence
from agent.replies.grounded import Answer
from agent.replies.templates import load_templates
from agent.routing import load_routing
from agent.settings import CHECKOUT, Settings
from agent.store.unit_of_work import Database
from agent.turn import TurnTaker
from agent.wiring.mind import Mind
from intents.errors import VersionError
from intents.types import ConsentReading, Expected, Understanding
from tests.agent.builders import understanding

DEMO = CHECKOUT / "knowledge_base/demo"


@dataclass
class FakeUnderstander:
    """Answers by the text; whatever it was not told about is an ordinary question."""

    readings: dict[str, Understanding] = field(default_factory=dict)
    version: str = "fake-1"
    fails: int = 0
    product_names: tuple[str, ...] = ()

    def tell(self, text: str, **changes: Any) -> None:
        self.readings[text] = understanding(text=text, **changes)

    def held(self) -> "FakeUnderstander":
        return self

    def understand(self, text: str, expected: Expected | None = None) -> Understanding:
        if self.fails > 0:
            self.fails -= 1
            raise RuntimeError("the model broke")
        return self.readings.get(text) or understanding("product_info", text=text)

    def read_consent(self, text: str) -> tuple[ConsentReading | None, float]:
        reading = self.readings.get(text)
        return (None, 0.0) if reading is None else (reading.consent, reading.consent_score)

    def know_products(self, names: Sequence[str]) -> None:
        self.product_names = tuple(names)


class WordEncoder:
    """Texts of like words are alike: each word is a direction, chosen by its hash."""

    def encode(self, texts: Sequence[str]) -> Any:
        vectors = np.zeros((len(texts), 256), np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w{4,}", text.casefold()):
                vectors[row, zlib.crc32(word.encode()) % 256] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.where(lengths > 0, lengths, 1)

    def is_word(self, text: str) -> bool:
        del text
        return False


def no_version(version: str) -> FakeUnderstander:
    raise VersionError(f"There is no version {version!r}.")


@dataclass
class FakeAnswerer:
    """Knows the answers it was given, and says of everything else that it does not know."""

    answers: dict[str, str] = field(default_factory=dict)
    version: str = "kb_fake"
    while_answering: Callable[[], None] = lambda: None
    asked: list[tuple[str, str, tuple[Evidence, ...]]] = field(default_factory=list)
    slips: dict[str, str] = field(default_factory=dict)

    def mended(self, text: str) -> str:
        return self.slips.get(text, text)

    def answer(
        self,
        question: str,
        *,
        previous: str = "",
        understanding: Understanding | None = None,
        facts: Sequence[Evidence] = (),
    ) -> Answer:
        self.asked.append((question, previous, tuple(facts)))
        self.while_answering()
        text = self.answers.get(question, "")
        return Answer(
            text=text, answered=bool(text), composer="extractive" if text else "none",
            evidence=tuple(facts), passages=(), cut=(), took_ms={"retrieval": 1.0, "composing": 1.0},
            prompt_version="", failure=None,
        )  # fmt: skip


@dataclass
class FakeSender:
    """Keeps what was sent; raises what it was told to raise, one error a send."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    def send(
        self,
        *,
        message_id: MessageId,
        to: str,
        sender: str,
        text: str,
        media: tuple[str, ...] = (),
    ) -> Receipt:
        del media
        if self.errors:
            raise self.errors.pop(0)
        self.sent.append((to, text))
        return Receipt(provider_id=f"PX{len(self.sent)}_{message_id}")


def fake_mind(
    understander: FakeUnderstander, answerer: FakeAnswerer, clock: Any, chooser: Any = None
) -> Mind:
    """Make a mind of fakes around the real decisions, templates, flows and keywords."""
    brand = load_brand(DEMO / "brand.yaml")
    templates = load_templates(brand)
    handovers = Handovers(brand=brand, templates=templates)
    taker = TurnTaker(
        understander=understander,
        keywords=load_keywords(),
        policy=Policy(
            rules=load_rules(CHECKOUT / "agent/escalation/rules.yaml"), routing=load_routing()
        ),
        flows=load_flows(CHECKOUT / "agent/flows/library"),
        answerer=answerer,
        chooser=chooser,
        templates=templates,
        handovers=handovers,
        clock=clock,
    )
    return Mind(
        understander=understander,
        encoder=WordEncoder(),
        load=no_version,
        answerer=answerer,
        taker=taker,
        handovers=handovers,
        templates=templates,
    )


def foundation(
    engine: sa.Engine, database: Database, clock: Any, ids: Any, home: Path, **settings: Any
) -> Foundation:
    return Foundation(
        settings=Settings(home=home, **settings),
        brand=load_brand(DEMO / "brand.yaml"),
        clock=clock,
        ids=ids,
        engine=engine,
        database=database,
    )
