"""Looks through finished turns for what can be learnt of them, off their path.

Each finished turn is looked at once, by whichever process marks it first. What was looked at and
what comes of it is one commit, so that a crash neither loses nor repeats anything.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event

from sqlalchemy.exc import IntegrityError

from agent.domain.ids import MessageId, TurnId
from agent.domain.learning import Guess, Kind, LabelQueue, NewItem, Reason
from agent.domain.messages import Direction
from agent.domain.turns import TurnRecord
from agent.learning.differences import differences
from agent.learning.masked_turn import masked
from agent.learning.shadow import Shadow
from agent.learning.unanswered import keep_unanswered
from agent.learning.worth import (
    BLIND_SHARE,
    blames_the_turn_before,
    drawn_blind,
    message_hash,
    reasons_of,
    value_of,
)
from agent.store.unit_of_work import Database, UnitOfWork

BATCH = 20
"""Turns looked at in one go."""

LOOK_S = 2.0
"""Seconds between looks for finished turns."""

_SALT = "label_salt"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A turn with what the shadow made of it. ``kinds`` is None where no shadow read it."""

    turn: TurnRecord
    shadow_version: str = ""
    shadow: Guess | None = None
    kinds: tuple[Kind, ...] | None = None


@dataclass(slots=True, kw_only=True)
class Observer:
    """Reviews turns. ``live_version`` names the version that answers now."""

    database: Database
    shadow: Shadow
    live_version: Callable[[], str]
    blind_share: float = BLIND_SHARE
    stopping: Event = field(default_factory=Event)
    _salt: str = field(default="", init=False)

    def look(self) -> bool:
        """Review the turns that have finished; True where there may be more."""
        with self.database.read() as uow:
            turns = uow.turns.to_review(limit=BATCH)
        shadow = self.shadow.follow(self.live_version())
        if not turns:
            return False
        seen = [] if shadow is None else [self._read(turn) for turn in turns]
        salt = self._salt or self._secret()
        with self.database.begin() as uow:
            mine = uow.turns.reviewed([turn.id for turn in turns])
            by_id = {one.turn.id: one for one in seen}
            for turn in turns:
                if turn.id in mine:
                    _keep(uow, by_id.get(turn.id) or _Seen(turn=turn), salt, self.blind_share)
            uow.labels.prune()
            for version in {one.shadow_version for one in seen if one.shadow_version}:
                uow.shadows.prune(version)
        return len(turns) == BATCH

    def correct(self, turn_id: TurnId) -> None:
        """Queue a turn that a rep says was misunderstood."""
        salt = self._salt or self._secret()
        with self.database.begin() as uow:
            turn = uow.turns.get(turn_id)
            if turn is not None:
                _queue(uow, turn, (Reason.CORRECTED,), salt)

    def _read(self, turn: TurnRecord) -> _Seen:
        shadow = self.shadow.follow(self.live_version())
        if shadow is None or turn.trace is None or self.stopping.is_set():
            return _Seen(turn=turn)
        signals = turn.trace.signals_before
        if signals.understanding is None or turn.trace.versions.model == shadow.version:
            return _Seen(turn=turn)
        guess = self.shadow.read(shadow, signals)
        return _Seen(
            turn=turn,
            shadow_version=shadow.version,
            shadow=guess,
            kinds=differences(Guess.of(signals.understanding), guess),
        )

    def _secret(self) -> str:
        """Return the salt of this database, made at first use; another process may be first."""
        try:
            with self.database.begin() as uow:
                self._salt = uow.live.active(_SALT) or secrets.token_hex(16)
                uow.live.set_active(_SALT, self._salt)
        except IntegrityError:
            with self.database.read() as uow:
                self._salt = uow.live.active(_SALT) or ""
        return self._salt


def _keep(uow: UnitOfWork, seen: _Seen, salt: str, blind_share: float) -> None:
    """Store what is worth keeping of one turn."""
    turn = seen.turn
    hashed = message_hash(salt, _first_message(uow, turn))
    if drawn_blind(hashed, blind_share):
        _queue_blind(uow, turn, hashed)
    read = None if turn.trace is None else turn.trace.signals_before.understanding
    if read is not None:
        reasons = list(reasons_of(Guess.of(read)))
        if seen.kinds:
            reasons.append(Reason.DISAGREEMENT)
        _queue(uow, turn, reasons, salt)
    keep_unanswered(uow, turn)
    before = uow.turns.before(turn)
    if before is not None and blames_the_turn_before(turn, before):
        _queue(uow, before, (Reason.ESCALATED,), salt)
    _keep_comparison(uow, seen)


def _keep_comparison(uow: UnitOfWork, seen: _Seen) -> None:
    turn, trace = seen.turn, seen.turn.trace
    if seen.shadow is None or trace is None or trace.signals_before.understanding is None:
        return
    live = Guess.of(trace.signals_before.understanding)
    model = trace.versions.model
    uow.shadows.count(seen.shadow_version, model, live.heard, differed=bool(seen.kinds))
    if seen.kinds:
        uow.shadows.add(
            seen.shadow_version,
            model,
            turn_id=turn.id,
            conversation_id=turn.conversation_id,
            text=masked(uow, turn),
            kinds=seen.kinds,
            guesses=(live, seen.shadow),
        )


def _queue(uow: UnitOfWork, turn: TurnRecord, reasons: Sequence[Reason], salt: str) -> None:
    """Put a turn's text into the queue of worth. A blind one stays blind."""
    trace = turn.trace
    if not reasons or trace is None or trace.signals_before.understanding is None:
        return
    guess = Guess.of(trace.signals_before.understanding)
    uow.labels.add(
        NewItem(
            turn_id=turn.id,
            conversation_id=turn.conversation_id,
            message_hash=message_hash(salt, _first_message(uow, turn)),
            queue=LabelQueue.WORTH,
            text=masked(uow, turn),
            reasons=tuple(reasons),
            value=value_of(reasons, guess),
            guess=guess,
            model_version=trace.versions.model,
        )
    )


def _queue_blind(uow: UnitOfWork, turn: TurnRecord, hashed: str) -> None:
    """Put a turn's text into the blind queue, whatever the model made of it.

    Only what a fast path answered without any model is left out: a menu's '1', STOP.
    """
    trace = turn.trace
    if trace is not None and trace.signals_before.understanding is None:
        return
    text = masked(uow, turn)
    if not text.strip():
        return
    read = None if trace is None else trace.signals_before.understanding
    uow.labels.add(
        NewItem(
            turn_id=turn.id,
            conversation_id=turn.conversation_id,
            message_hash=hashed,
            queue=LabelQueue.BLIND,
            text=text,
            reasons=(),
            # In the order of arrival: a value would tell about the guess.
            value=0.0,
            guess=None if read is None else Guess.of(read),
            model_version="" if trace is None else trace.versions.model,
        )
    )


def _first_message(uow: UnitOfWork, turn: TurnRecord) -> MessageId:
    """Return the id that stands for a turn's texts: a burst is read, and drawn, as one."""
    messages = uow.messages.of_turn(turn.id, Direction.INBOUND)
    return messages[0].id if messages else MessageId(turn.id)
