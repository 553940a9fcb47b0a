"""What a shadow version read differently."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import Session, col, select

from agent.domain.ids import ConversationId, TurnId
from agent.domain.learning import Difference, Guess, Kind, Tally
from agent.domain.ports import Clock
from agent.store.label_rows import dump_guess, load_guess
from agent.store.learning_tables import ShadowDifferenceRow, ShadowTallyRow

MOST_KEPT = 2_000
"""Differences kept of one shadow; older ones give way, the tallies keep counting."""


class Shadows:
    """Comparisons by shadow version."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    def count(self, shadow: str, live: str, heard: str, *, differed: bool) -> None:
        """Count one comparison."""
        place = (shadow, live, heard)
        row = self._session.get(ShadowTallyRow, place) or ShadowTallyRow(
            shadow=shadow, live=live, intent=heard
        )
        row.compared += 1
        row.differed += differed
        self._session.add(row)

    def add(
        self,
        shadow: str,
        live: str,
        *,
        turn_id: TurnId,
        conversation_id: ConversationId,
        text: str,
        kinds: Sequence[Kind],
        guesses: tuple[Guess, Guess],
    ) -> None:
        """Keep a difference; ``guesses`` are the live version's and the shadow's."""
        self._session.add(
            ShadowDifferenceRow(
                turn_id=turn_id,
                conversation_id=conversation_id,
                shadow=shadow,
                live=live,
                text=text,
                kinds=[str(kind) for kind in kinds],
                live_guess=dump_guess(guesses[0]) or {},
                shadow_guess=dump_guess(guesses[1]) or {},
                created_at=self._clock.now(),
            )
        )

    def differences(self, shadow: str, *, limit: int = 200) -> list[Difference]:
        """Return the newest differences."""
        rows = self._session.exec(
            select(ShadowDifferenceRow)
            .where(ShadowDifferenceRow.shadow == shadow)
            .order_by(col(ShadowDifferenceRow.id).desc())
            .limit(limit)
        )
        return [_difference(row) for row in rows]

    def tallies(self, shadow: str) -> list[Tally]:
        """Return the counts by intent, where most differed first."""
        compared, differed = (
            sa.func.sum(col(ShadowTallyRow.compared)),
            sa.func.sum(col(ShadowTallyRow.differed)),
        )
        rows = self._session.exec(
            select(ShadowTallyRow.intent, compared, differed)
            .where(ShadowTallyRow.shadow == shadow)
            .group_by(col(ShadowTallyRow.intent))
            .order_by(differed.desc(), compared.desc())
        )
        return [Tally(intent=i, compared=int(c), differed=int(d)) for i, c, d in rows]

    def prune(self, shadow: str, *, keep: int = MOST_KEPT) -> None:
        """Drop all but the newest differences."""
        oldest = self._session.exec(
            select(ShadowDifferenceRow.id)
            .where(ShadowDifferenceRow.shadow == shadow)
            .order_by(col(ShadowDifferenceRow.id).desc())
            .offset(keep)
            .limit(1)
        ).first()
        if oldest is not None:
            self._session.execute(
                sa.delete(ShadowDifferenceRow).where(
                    col(ShadowDifferenceRow.shadow) == shadow,
                    col(ShadowDifferenceRow.id) <= oldest,
                )
            )

    def forget(self, shadow: str) -> None:
        """Drop everything about one shadow, before it begins anew."""
        differences, tallies = ShadowDifferenceRow, ShadowTallyRow
        self._session.execute(sa.delete(differences).where(col(differences.shadow) == shadow))
        self._session.execute(sa.delete(tallies).where(col(tallies.shadow) == shadow))


def _difference(row: ShadowDifferenceRow) -> Difference:
    live, shadow = load_guess(row.live_guess), load_guess(row.shadow_guess)
    if live is None or shadow is None:
        raise LookupError(f"the difference {row.id} has lost a reading")
    return Difference(
        turn_id=TurnId(row.turn_id),
        conversation_id=ConversationId(row.conversation_id),
        text=row.text,
        kinds=tuple(Kind(kind) for kind in row.kinds),
        live=live,
        shadow=shadow,
        at=row.created_at,
    )
