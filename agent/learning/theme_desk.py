"""Emerging topics for the lead: looked for in the background, told with counts and trend."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from pydantic import TypeAdapter

from agent.domain.learning import UNSURE, Job, JobState, LabelItem
from agent.domain.ports import Clock
from agent.errors import NotFoundError
from agent.learning.jobs import JobRunner, Tell
from agent.learning.themes import MOST_MESSAGES, Sighting, Theme, find_themes
from agent.store.unit_of_work import Database
from knowledge_base.ports import EncoderLike

THEMES = "themes"
DAYS = 30
"""How far back is looked."""

EXAMPLES = 8

_THEMES = TypeAdapter(list[Theme])


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeView:
    """A theme with its central message first; messages that are gone are left out."""

    theme: Theme
    examples: tuple[LabelItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemesView:
    """What the last look found. ``looked_at`` messages were clustered."""

    job: Job | None
    found: tuple[ThemeView, ...]
    looked_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeDesk:
    """Looks for themes. Only ids are kept of what it finds: erasing a customer is enough."""

    database: Database
    jobs: JobRunner
    encoder: EncoderLike
    clock: Clock
    zone: ZoneInfo

    def look(self, *, by: str) -> Job:
        """Begin to look; where that is under way, the job under way is returned."""
        return self.jobs.start(THEMES, "", self._find, by=by)

    def view(self) -> ThemesView:
        """Return what the last look found, and the job that looks."""
        with self.database.read() as uow:
            job = uow.jobs.latest(THEMES)
            done = job if job is not None and job.state is JobState.DONE else None
            themes = [] if done is None else _THEMES.validate_python(done.result["themes"])
            items = {item.id: item for item in uow.labels.since(self._since(), limit=MOST_MESSAGES)}
        looked_at = 0 if done is None else int(str(done.result["looked_at"]))
        views = [_view(theme, items) for theme in themes]
        return ThemesView(
            job=job, found=tuple(view for view in views if view.examples), looked_at=looked_at
        )

    def _find(self, tell: Tell) -> Mapping[str, object]:
        with self.database.read() as uow:
            items = uow.labels.since(self._since(), limit=MOST_MESSAGES)
        unsure = [item for item in items if UNSURE.intersection(item.reasons)]
        if not unsure:
            raise NotFoundError("No message of the last 30 days left the models unsure.")
        vectors = []
        for done, item in enumerate(unsure):
            if done % 50 == 0:
                tell("reading messages", done, len(unsure))
            vectors.append(self.encoder.encode([item.text])[0])
        tell("sorting", 0, 0)
        sightings = [self._sighting(item) for item in unsure]
        today = self.clock.now().astimezone(self.zone).date()
        themes = find_themes(sightings, np.stack(vectors), today=today)
        return {"themes": [asdict(theme) for theme in themes], "looked_at": len(unsure)}

    def _sighting(self, item: LabelItem) -> Sighting:
        on = item.created_at.astimezone(self.zone).date()
        return Sighting(id=item.id, text=item.text, on=on, seen=item.seen)

    def _since(self) -> datetime:
        return self.clock.now() - timedelta(days=DAYS)


def _view(theme: Theme, items: Mapping[str, LabelItem]) -> ThemeView:
    ids = dict.fromkeys((theme.example, *theme.members))
    present = [items[item_id] for item_id in ids if item_id in items]
    return ThemeView(theme=theme, examples=tuple(present[:EXAMPLES]))
