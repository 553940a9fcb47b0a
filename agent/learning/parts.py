"""The parts of learning, put together; the composition root says what they stand on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from agent.domain.ports import Clock
from agent.learning.jobs import JobRunner
from agent.learning.label_files import LabelFiles
from agent.learning.labelling import Labelling
from agent.learning.model_desk import ModelDesk
from agent.learning.model_views import Serving
from agent.learning.observer import LOOK_S as OBSERVE_S
from agent.learning.observer import Observer
from agent.learning.question_desk import LOOK_S as SORT_S
from agent.learning.question_desk import QuestionDesk
from agent.learning.shadow import Shadow
from agent.learning.theme_desk import ThemeDesk
from agent.models import LOOK_S, LoadVersion
from agent.runtime.background import Repeated
from agent.settings import Settings
from agent.store.unit_of_work import Database
from intents.errors import IntentsError
from intents.versions.registry import Registry
from knowledge_base.ports import EncoderLike


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What learning stands on. ``follow`` loads what is active, ``serving`` says what answers."""

    settings: Settings
    database: Database
    clock: Clock
    zone: ZoneInfo
    registry: Registry
    encoder: EncoderLike
    load: LoadVersion
    follow: Callable[[], None]
    serving: Callable[[], Serving]
    product_names: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """Everything that learns from live traffic, for the console and the command line."""

    desk: ModelDesk
    labelling: Labelling
    themes: ThemeDesk
    questions: QuestionDesk
    observer: Observer
    jobs: JobRunner
    serving: Callable[[], Serving]
    follower: Repeated
    watcher: Repeated
    sorter: Repeated

    def start(self) -> None:
        """Begin to follow what is active, and to look through finished turns."""
        for task in (self.follower, self.watcher, self.sorter):
            task.start()

    def close(self) -> None:
        """Stop all that, and the job under way."""
        self.observer.stopping.set()
        for task in (self.follower, self.watcher, self.sorter):
            task.close()
        self.jobs.close()


def make_learning(ground: Ground) -> Learning:
    """Put the parts together; nothing runs yet."""
    database = ground.database
    follower = Repeated("models", ground.follow, every_s=LOOK_S)
    jobs = JobRunner(database)
    observer = Observer(
        database=database,
        shadow=Shadow(
            database=database,
            load=ground.load,
            clock=ground.clock,
            product_names=ground.product_names,
        ),
        live_version=lambda: ground.serving().version,
        blind_share=ground.settings.blind_share,
    )
    questions = QuestionDesk(database=database, encoder=ground.encoder, clock=ground.clock)
    return Learning(
        desk=ModelDesk(
            settings=ground.settings,
            database=database,
            registry=ground.registry,
            clock=ground.clock,
            jobs=jobs,
            changed=follower.nudge,
        ),
        labelling=make_labelling(
            ground.settings, database, ground.registry, lambda: ground.serving().version
        ),
        themes=ThemeDesk(
            database=database,
            jobs=jobs,
            encoder=ground.encoder,
            clock=ground.clock,
            zone=ground.zone,
        ),
        questions=questions,
        observer=observer,
        jobs=jobs,
        serving=ground.serving,
        follower=follower,
        watcher=Repeated("observer", observer.look, every_s=OBSERVE_S),
        sorter=Repeated("questions", questions.look, every_s=SORT_S),
    )


def make_labelling(
    settings: Settings, database: Database, registry: Registry, live: Callable[[], str]
) -> Labelling:
    """Make what labels are given with. ``live`` names the version whose intents they are."""
    return Labelling(
        database=database,
        files=make_label_files(settings, database),
        intents=lambda: _intents(registry, live()),
    )


def make_label_files(settings: Settings, database: Database) -> LabelFiles:
    """Make what writes labels to files under the home."""
    return LabelFiles(
        database=database,
        folder=settings.labels,
        training_data=settings.training_data,
    )


def _intents(registry: Registry, version: str) -> Sequence[str]:
    try:
        return registry.manifest(version).intents
    except IntentsError:
        # The folder of the version that answers has been deleted; another one's labels will do.
        versions = registry.versions()
        return versions[-1].intents if versions else ()
