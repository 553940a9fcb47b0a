"""The composition root: the one place where adapters are chosen and put together."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version as distribution_version

from agent.answers import build_answers
from agent.brand import Brand
from agent.channels import LOCAL_PROVIDERS, LocalSender, Sender
from agent.consent.links import no_link
from agent.consent.parts import ConsentParts, make_consent_parts
from agent.decision import Policy
from agent.desk import Desk, SendQueue
from agent.domain.ids import CustomerId
from agent.domain.ports import Clock, Ids
from agent.errors import ConfigurationError
from agent.escalation.ruleset import load_rules
from agent.flows.files import load_flows
from agent.foundation import Foundation, lay_foundation
from agent.handover import Handovers
from agent.inbox import Inbox, TurnQueue
from agent.keywords import load_keywords
from agent.knowledge import LiveKnowledge
from agent.knowledge_desk import KnowledgeDesk
from agent.learning.jobs import JobRunner
from agent.learning.ledger import SharedLedger
from agent.learning.model_desk import Serving
from agent.learning.parts import Ground, Learning, make_learning
from agent.llm_budget import DailyBudget, tokens_per_turn, within_money
from agent.models import LiveModels, LoadVersion, load_version
from agent.outbox import Outbox
from agent.privacy.detaching import Detaching
from agent.privacy.fingerprint import Fingerprint
from agent.privacy.housekeeping import LOOK_EVERY_S as TIDY_EVERY_S
from agent.privacy.housekeeping import Housekeeping
from agent.privacy.returning import Returning
from agent.progress import NowAndThen, Tell
from agent.replies.templates import Templates, load_templates
from agent.routing import load_routing
from agent.runtime.background import Repeated
from agent.runtime.durable import DurableQueue, DurableRuntime, Pulse, Work
from agent.runtime.inline import InlineQueue
from agent.runtime.turn_runner import TurnRunner
from agent.runtime.waiting import WaitingRoom
from agent.runtime.watch import Watch
from agent.secrets_file import Secrets, load_secrets
from agent.seeding import seed_customers, seed_sign_in
from agent.sending.gate import Gate
from agent.sending.proactive import ProactiveTexts
from agent.settings import DEMO_KNOWLEDGE, Settings
from agent.store.engine import create_engine_for_dbos
from agent.store.personal_data import engine_tables
from agent.store.unit_of_work import Database
from agent.turn import TurnTaker
from agent.turn_ports import Answers, HoldsModels
from intents.encoder import Encoder
from intents.errors import IntentsError
from intents.readers import Encoders, retrieval_encoder
from intents.registry import FileLedger, Registry
from intents.understanding import Understander
from knowledge_base.ports import EncoderLike

__all__ = ["Foundation", "lay_foundation"]
"""Laid elsewhere, and asked of here with the rest."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """A running service's parts, for the API and the console."""

    settings: Settings
    secrets: Secrets
    brand: Brand
    clock: Clock
    ids: Ids
    database: Database
    understander: HoldsModels
    answerer: Answers
    learning: Learning
    knowledge: KnowledgeDesk
    inbox: Inbox
    outbox: Outbox
    proactive: ProactiveTexts
    consent: ConsentParts
    desk: Desk
    waiting_room: WaitingRoom
    runtime: DurableRuntime
    housekeeping: Repeated

    @property
    def version(self) -> str:
        """The distribution's version."""
        return distribution_version("textwise")

    def start(self) -> None:
        """Start background work."""
        self.runtime.launch()
        self.learning.start()
        self.consent.start()
        self.housekeeping.start()

    def close(self) -> None:
        """Stop background work and let the database's connections go."""
        self.housekeeping.close()
        self.consent.close()
        self.learning.close()
        self.knowledge.jobs.close()
        self.runtime.close()
        self.database.engine.dispose()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inline:
    """The same parts without background work: each text is answered in the caller's thread."""

    brand: Brand
    clock: Clock
    ids: Ids
    database: Database
    inbox: Inbox
    outbox: Outbox
    runner: TurnRunner
    queue: InlineQueue

    def run_waiting(self) -> None:
        """Take the turns that the inbox has enqueued, and send their replies."""
        self.queue.run(self.runner, self.outbox)


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


def _retrieval_encoder(settings: Settings, encoders: Encoders) -> Encoder:
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
    settings, brand = foundation.settings, foundation.brand
    encoders = Encoders(settings.models)
    encoder = _retrieval_encoder(settings, encoders)
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


def seed(foundation: Foundation, secrets: Secrets) -> None:
    """Add the first sign-in and key, and for the demo brand its customers."""
    settings = foundation.settings
    seed_sign_in(foundation.database, secrets)
    today = foundation.clock.now().astimezone(foundation.brand.zone).date()
    seed_customers(
        foundation.database, settings.brand.with_name("customers.yaml"), foundation.brand, today
    )


def wire(settings: Settings, senders: Mapping[str, Sender], tell: Tell) -> Services:
    """Put the service together. ``senders`` are the set-up channels by provider.

    Raises:
        ConfigurationError: something is missing or wrong; says what to do.
    """
    foundation = lay_foundation(settings)
    secrets = load_secrets(settings.home)
    seed(foundation, secrets)
    return assemble(foundation, load_mind(foundation, tell, in_service=True), secrets, senders)


def assemble(
    foundation: Foundation,
    mind: Mind,
    secrets: Secrets,
    senders: Mapping[str, Sender],
    *,
    pulse: Pulse | None = None,
) -> Services:
    """Put the service's parts together around a foundation and a mind."""
    settings, database, brand = foundation.settings, foundation.database, foundation.brand
    url = foundation.engine.url.render_as_string(hide_password=False)
    # DBOS gets an engine of its own: on one shared engine workers starved each other (DESIGN.md).
    dbos_engine = create_engine_for_dbos(url)
    queue, waiting_room = DurableQueue(dbos_engine), WaitingRoom(database)
    outbox = _outbox(foundation, senders)
    texts = proactive_texts(foundation, queue, senders)
    consent = make_consent_parts(
        texts,
        mind.templates,
        key=secrets.session,
        base_url="" if settings.public_url is None else str(settings.public_url),
    )
    work = Work(
        runner=_runner(foundation, mind, consent.links.link),
        outbox=outbox,
        database=database,
        queue=queue,
        on_turn_done=waiting_room.turn_done,
    )
    taught = learning(foundation, mind)
    return Services(
        settings=settings,
        secrets=secrets,
        brand=brand,
        clock=foundation.clock,
        ids=foundation.ids,
        database=database,
        understander=mind.understander,
        answerer=mind.answerer,
        learning=taught,
        knowledge=knowledge_desk(foundation, mind, taught),
        inbox=_inbox(foundation, mind, queue, settings.burst_silence_s),
        outbox=outbox,
        proactive=texts,
        consent=consent,
        desk=Desk(database=database, queue=queue, brand=brand),
        waiting_room=waiting_room,
        runtime=DurableRuntime(
            engine=dbos_engine,
            work=work,
            ids=foundation.ids,
            single_process=url.startswith("sqlite"),
            pulse=pulse or Pulse(),
            watch=Watch(
                database=database,
                queue=queue,
                outbox=outbox,
                brand=brand,
                clock=foundation.clock,
            ).look,
        ),
        housekeeping=Repeated(
            "housekeeping",
            Housekeeping(database=database, retention=brand.retention, clock=foundation.clock).tidy,
            every_s=TIDY_EVERY_S,
        ),
    )


def learning(foundation: Foundation, mind: Mind) -> Learning:
    """Put together what learns from live traffic."""
    models, understander = mind.models, mind.understander

    def serving() -> Serving:
        refused = None if models is None else models.refused
        return Serving(version=understander.version, refused=refused)

    return make_learning(
        Ground(
            settings=foundation.settings,
            database=foundation.database,
            clock=foundation.clock,
            zone=foundation.brand.zone,
            registry=model_registry(foundation),
            encoder=mind.encoder,
            load=mind.load,
            follow=_nothing if models is None else models.follow,
            serving=serving,
            product_names=() if models is None else models.product_names,
        )
    )


def knowledge_desk(foundation: Foundation, mind: Mind, taught: Learning) -> KnowledgeDesk:
    """Put together what a lead tends the knowledge with."""
    return KnowledgeDesk(
        database=foundation.database,
        knowledge=mind.knowledge or live_knowledge(foundation, mind.encoder),
        questions=taught.questions,
        answers=mind.answerer,
        understander=mind.understander,
        ids=foundation.ids,
        jobs=JobRunner(foundation.database),
    )


def _nothing() -> None:
    """Follow nothing: what understands is given."""


def assemble_inline(
    foundation: Foundation, mind: Mind, senders: Mapping[str, Sender] | None = None
) -> Inline:
    """Put the parts together for the terminal, for simulations and for tests."""
    queue = InlineQueue()
    return Inline(
        brand=foundation.brand,
        clock=foundation.clock,
        ids=foundation.ids,
        database=foundation.database,
        inbox=_inbox(foundation, mind, queue, 0.0),
        outbox=_outbox(foundation, senders or {}),
        runner=_runner(foundation, mind),
        queue=queue,
    )


def _inbox(foundation: Foundation, mind: Mind, queue: TurnQueue, silence_s: float) -> Inbox:
    return Inbox(
        database=foundation.database,
        queue=queue,
        brand=foundation.brand,
        ids=foundation.ids,
        read_consent=mind.understander.read_consent,
        silence_s=silence_s,
        returning=_returning(foundation),
    )


def _runner(
    foundation: Foundation, mind: Mind, preference_link: Callable[[CustomerId], str] = no_link
) -> TurnRunner:
    return TurnRunner(
        database=foundation.database,
        taker=mind.taker,
        brand=foundation.brand,
        handovers=mind.handovers,
        preference_link=preference_link,
        detach=Detaching(
            fingerprint=fingerprint(foundation),
            sender=foundation.brand.slug,
            clock=foundation.clock,
            ids=foundation.ids,
        ),
    )


def _outbox(foundation: Foundation, senders: Mapping[str, Sender]) -> Outbox:
    local = LocalSender()
    return Outbox(
        database=foundation.database,
        senders={**dict.fromkeys(LOCAL_PROVIDERS, local), **senders},
        brand=foundation.brand,
        gate=gate(foundation),
    )


def fingerprint(foundation: Foundation) -> Fingerprint:
    """Return what hashes numbers with the home's key."""
    return Fingerprint.of_home(foundation.settings.home)


def gate(foundation: Foundation) -> Gate:
    """Return what has the last look before a text leaves."""
    return Gate.of(foundation.brand, fingerprint(foundation), foundation.clock)


def proactive_texts(
    foundation: Foundation, queue: SendQueue, senders: Mapping[str, Sender]
) -> ProactiveTexts:
    """Put together what takes texts that the brand sends of its own accord."""
    set_up = [name for name in senders if name not in LOCAL_PROVIDERS]
    wanted = foundation.settings.simulator
    # Where there is only the phone simulator, its phone gets them.
    in_simulator = not set_up and (foundation.brand.demo if wanted is None else wanted)
    return ProactiveTexts(
        database=foundation.database,
        queue=queue,
        brand=foundation.brand,
        gate=gate(foundation),
        clock=foundation.clock,
        channel="web" if in_simulator else "sms",
        default_provider=set_up[0] if set_up else "simulator" if in_simulator else "",
    )


def proactive_texts_from_outside(
    foundation: Foundation, senders: Mapping[str, Sender]
) -> ProactiveTexts:
    """Put the same together for a command: the running service, or the next one, sends the texts.

    Raises:
        ConfigurationError: no service has ever run on this database.
    """
    with foundation.database.read() as uow:
        ready = bool(engine_tables(uow.session))
    if not ready:
        raise ConfigurationError(
            "No service has run on this database yet, so nothing could send a text.",
            hint="Start it with: textwise serve (or: make run).",
        )
    url = foundation.engine.url.render_as_string(hide_password=False)
    queue = DurableQueue(create_engine_for_dbos(url))
    queue.connect()
    return proactive_texts(foundation, queue, senders)


def _returning(foundation: Foundation) -> Returning:
    return Returning(fingerprint=fingerprint(foundation), sender=foundation.brand.slug)
