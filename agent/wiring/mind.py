"""What takes turns, put together: models, knowledge, rules and words."""

import threading
from dataclasses import dataclass

from threadpoolctl import threadpool_limits

from agent.answers import build_answers
from agent.deciding.policy import Policy
from agent.escalation.ruleset import load_rules
from agent.flows.files import load_flows
from agent.foundation import Foundation
from agent.handover import Handovers
from agent.keywords import load_keywords
from agent.knowledge import LiveKnowledge
from agent.llm_budget import DailyBudget, tokens_per_turn, within_money
from agent.models import LiveModels, LoadVersion
from agent.progress import NowAndThen, Tell
from agent.replies.templates import Templates, load_templates
from agent.routing import load_routing
from agent.settings import DEMO_KNOWLEDGE, Settings
from agent.turn import TurnTaker
from agent.turns.ports import Answers, HoldsModels
from agent.wiring.models import encoder_of, live_models, version_loader
from intents.reading.readers import Encoders
from knowledge_base.ports import EncoderLike


@dataclass(frozen=True, slots=True, kw_only=True)
class Mind:
    """What takes turns: models, knowledge, rules and words. Knows no queue and no HTTP.

    ``models`` and ``knowledge`` are None where what understands and answers is neither a trained
    version nor an index (in tests).
    """

    understander: HoldsModels
    encoder: EncoderLike
    load: LoadVersion
    models: LiveModels | None = None
    knowledge: LiveKnowledge | None = None
    answerer: Answers
    taker: TurnTaker
    handovers: Handovers
    templates: Templates


def chroma_url(settings: Settings) -> str | None:
    """Return the Chroma server's address, None where Chroma is embedded."""
    return None if settings.chroma_url is None else str(settings.chroma_url)


def live_knowledge(foundation: Foundation, encoder: EncoderLike) -> LiveKnowledge:
    """Make the knowledge that is live; nothing is read yet."""
    settings = foundation.settings
    return LiveKnowledge(
        database=foundation.database,
        home=settings.home,
        folder=settings.knowledge,
        fallback=DEMO_KNOWLEDGE,
        encoder=encoder,
        chroma_url=chroma_url(settings),
        today=lambda: foundation.clock.now().astimezone(foundation.brand.zone).date(),
    )


def load_mind(foundation: Foundation, tell: Tell, *, in_service: bool = False) -> Mind:
    """Load models and knowledge, indexing the knowledge folder if it has changed.

    ``in_service``: leave what can wait to the background.

    Raises:
        ConfigurationError: models are missing or a file is wrong.
    """
    # BLAS threads wait by spinning: with two of them a text took 208 ms of CPU instead of 65.
    threadpool_limits(limits=1, user_api="blas")
    settings, brand = foundation.settings, foundation.brand
    encoders = Encoders(settings.models)
    encoder = encoder_of(settings, encoders)
    models = live_models(foundation, encoders)
    models.open()
    knowledge = live_knowledge(foundation, encoder)
    report = knowledge.ensure_indexed(NowAndThen(tell))
    if report is not None:
        tell(f"Knowledge indexed: {report.passages} passages, {report.products} products.")
        for broken in report.broken:
            tell(f"  left out: {broken}")
    if in_service:
        knowledge.follow_files(threading.Event())
    templates = load_templates(brand)
    budget = DailyBudget(
        database=foundation.database,
        clock=foundation.clock,
        tokens_per_day=within_money(
            settings.llm_tokens_per_day, settings.llm_money_per_day, price=settings.llm_price
        ),
        tokens_per_turn=tokens_per_turn(settings),
    )
    answerer, chooser = build_answers(
        settings,
        brand,
        knowledge,
        encoder,
        templates,
        budget,
        warm_in_background=in_service,
    )
    models.know_products(tuple(p.name for p in knowledge.base.catalogue.products))
    policy = Policy(rules=load_rules(settings.escalation), routing=load_routing())
    handovers = Handovers(brand=brand, templates=templates)
    taker = TurnTaker(
        understander=models,
        keywords=load_keywords(),
        policy=policy,
        flows=load_flows(settings.flows),
        answerer=answerer,
        chooser=chooser,
        templates=templates,
        handovers=handovers,
        clock=foundation.clock,
    )
    return Mind(
        understander=models,
        encoder=encoder,
        load=version_loader(foundation, encoders),
        models=models,
        knowledge=knowledge,
        answerer=answerer,
        taker=taker,
        handovers=handovers,
        templates=templates,
    )
