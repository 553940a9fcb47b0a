"""The running service: all its parts, started and stopped together."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version as distribution_version

from agent.brand import Brand
from agent.channels import Sender
from agent.consent.parts import ConsentParts, make_consent_parts
from agent.desk import Desk
from agent.domain.ports import Clock, Ids
from agent.foundation import Foundation, lay_foundation
from agent.inbox import Inbox
from agent.knowledge_desk import KnowledgeDesk
from agent.learning.parts import Learning
from agent.outbox import Outbox
from agent.privacy.housekeeping import LOOK_EVERY_S as TIDY_EVERY_S
from agent.privacy.housekeeping import Housekeeping
from agent.progress import Tell
from agent.runtime.background import Repeated
from agent.runtime.durable import WORKERS, DurableRuntime, Pulse
from agent.runtime.overdue import LOOK_EVERY_S as OVERDUE_EVERY_S
from agent.runtime.overdue import Overdue
from agent.runtime.queueing import DurableQueue
from agent.runtime.right_of_way import THINKERS, Beacon, RightOfWay
from agent.runtime.waiting import WaitingRoom
from agent.runtime.watch import Watch
from agent.runtime.work import Work
from agent.secrets_file import Secrets, load_secrets
from agent.seeding import seed_customers, seed_sign_in
from agent.sending.proactive import ProactiveTexts
from agent.settings import Settings
from agent.store.engine import create_engine_for_dbos
from agent.store.unit_of_work import Database
from agent.turns.ports import Answers, HoldsModels
from agent.wiring.mind import Mind, load_mind
from agent.wiring.proactive import proactive_texts
from agent.wiring.teaching import knowledge_desk, learning
from agent.wiring.texts import make_inbox, make_outbox, make_runner


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
    overdue: Repeated

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
        self.overdue.start()

    def close(self) -> None:
        """Stop background work and let the database's connections go."""
        self.overdue.close()
        self.housekeeping.close()
        self.consent.close()
        self.learning.close()
        self.knowledge.jobs.close()
        self.runtime.close()
        self.database.engine.dispose()


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
    outbox = make_outbox(foundation, senders)
    texts = proactive_texts(foundation, queue, senders)
    consent = make_consent_parts(
        texts,
        mind.templates,
        key=secrets.session,
        base_url="" if settings.public_url is None else str(settings.public_url),
    )
    right_of_way = RightOfWay(
        thinkers=WORKERS if settings.llm_configured else THINKERS,
        beacon=None if url.startswith("sqlite") else Beacon(settings.home / "arriving"),
    )
    work = Work(
        runner=make_runner(foundation, mind, consent.links.link, right_of_way),
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
        inbox=make_inbox(foundation, mind, queue, settings.burst_silence_s, right_of_way),
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
        overdue=Repeated(
            "overdue",
            Overdue(
                database=database,
                queue=queue,
                handovers=mind.handovers,
                clock=foundation.clock,
            ).look,
            every_s=OVERDUE_EVERY_S,
        ),
    )
