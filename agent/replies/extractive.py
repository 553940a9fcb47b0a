"""The composer without an LLM: picks and trims the sentences that answer, and joins them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.replies.asked_again import without_asking_again
from agent.replies.candidates import Candidate, candidates_of, compared
from agent.replies.comparing import answer_compared
from agent.replies.confidence import traits_of
from agent.replies.drafts import Draft
from agent.replies.evidence import Evidence
from agent.replies.following import MAY_ANSWER, followers, is_about, is_torn, says_again
from agent.replies.labels import places_of
from agent.replies.nearness import Closeness, Matter, matter_of
from agent.replies.opening_hours import answer_with_hours, without_desk_hours
from agent.replies.other_names import of_the_same_name
from agent.replies.own_rows import answer_from_own_rows
from agent.replies.phrasing import Piece, join, spoken
from agent.replies.product_rows import answer_from_products
from agent.replies.product_words import is_another_model
from agent.replies.questions import Question, read_question
from agent.replies.scoring import Scored, score, word_weights
from agent.replies.segments import fit, measure
from agent.replies.selection import Read, read_again
from agent.replies.threads import of_what_is_named, read_follow_up, without_neighbours
from agent.replies.words import Unit, units_of
from intents.types import Understanding
from knowledge_base.question import is_elliptic

Similarity = Callable[[str, Sequence[str]], list[float]]
"""Cosine similarities in [-1, 1] of a question to sentences."""


_MOST_SENTENCES = 3

_FAR_MAY_ANSWER = 1.5
"""What reading must say (log-odds) of a row that leaves words of the question unexplained. On the
68 brands with catalogues 48 of 56 such replies are right; a lower bar lets more wrong ones in."""

_TORN = 1.5
"""What a sentence loses (log-odds) that hangs on one which its passage lacks. A guess: nothing that
is as likely may be kept behind it."""


class ExtractiveComposer:
    """Answers with the evidence's own sentences.

    Args:
        max_segments: SMS parts that a reply may take.
        similarity: embedding similarity of sentences to the question; without it words decide.
        read: reads the likeliest sentences together with the question; without it the order by
            words and meaning stands.
    """

    def __init__(
        self,
        *,
        max_segments: int = 2,
        similarity: Similarity | None = None,
        read: Read | None = None,
    ) -> None:
        self._max_segments = max_segments
        self._similarity = similarity
        self._read = read

    @property
    def reads(self) -> bool:
        """Whether sentences are read together with the question."""
        return self._read is not None

    def from_rows(
        self,
        question: str,
        understanding: Understanding | None,
        evidence: Sequence[Evidence],
        *,
        previous: str = "",
    ) -> Draft | None:
        """Answer from typed rows alone; None where the question is not about any.

        ``previous`` is the question before, which names the product of one that leans on it.
        """
        own = answer_from_own_rows(question, understanding, evidence)
        if own is not None:
            return own
        leans = bool(previous) and is_elliptic(question)
        draft = answer_from_products(
            read_question(question),
            understanding,
            evidence,
            earlier=read_question(previous) if leans else None,
        )
        unread = draft is not None and draft.guess and (draft.far or not leans)
        if draft is not None and unread and not self._answers(question, draft):
            return None
        return draft

    def _answers(self, question: str, draft: Draft) -> bool:
        """Whether reading finds that a guess, or a sentence of it, may answer."""
        if self._read is None:
            return not draft.far
        sentences = [unit.text for unit in units_of(draft.text)]
        best = max(self._read(question, [draft.text, *sentences]))
        return best >= (_FAR_MAY_ANSWER if draft.far else MAY_ANSWER)

    def compose(
        self,
        question: str,
        *,
        understanding: Understanding | None = None,
        evidence: Sequence[Evidence],
        context: str = "",
        rarity: Mapping[str, float] | None = None,
        closeness: Closeness | None = None,
    ) -> Draft | None:
        """Return a reply and what it stands on, or None where no sentence fits.

        ``context`` is an earlier question whose words help ('and to Canada?');
        ``rarity`` says how rare each word of the question is in the whole knowledge, ``closeness``
        which other words come near to it in meaning.
        """
        rows = self.from_rows(question, understanding, evidence, previous=context)
        if rows is not None:
            return rows
        goes_on = bool(context) and is_elliptic(question)
        if goes_on:
            context = without_neighbours(context, question, [item.heading for item in evidence])
        asked = read_follow_up(question, context) if goes_on else read_question(question)
        week = answer_with_hours(asked, evidence, self._fits)
        if week is not None:
            return week
        both = answer_compared(asked, evidence, self._fits)
        if both is not None:
            return both
        matter = matter_of(asked, rarity or {}, closeness or {})
        candidates = candidates_of(
            [
                e
                for e in evidence
                if e.kind != "product" or not is_another_model(question, e.heading)
            ]
        )
        candidates = without_asking_again(asked, without_desk_hours(asked, candidates))
        candidates = of_the_same_name(asked, candidates)
        if goes_on:
            candidates = of_what_is_named(question, candidates, matter)
        if not candidates:
            return None
        earlier = read_question(context).stems if context else frozenset()
        weights = word_weights(asked, earlier, candidates, rarity or {})
        scores = score(asked, weights, candidates, self._near(asked, candidates), matter)
        if self._read is not None:
            scores = read_again(asked.text if goes_on else question, candidates, scores, self._read)
        best = max(
            range(len(candidates)),
            key=lambda i: scores[i].total - (_TORN if is_torn(candidates, i) else 0.0),
        )
        if not is_about(scores[best]):
            return None
        return self._join(_Picked(asked, candidates, scores, weights, matter, best))

    def _near(self, asked: Question, candidates: list[Candidate]) -> list[float]:
        if self._similarity is None:
            return [0.0] * len(candidates)
        return self._similarity(asked.text, [compared(c) for c in candidates])

    # ── joining ────────────────────────────────────────────────────────────────────────────

    def _join(self, picked: "_Picked") -> Draft | None:
        asked, candidates, best = picked.asked, picked.candidates, picked.best
        chosen, agreeing = [best], list[int]()
        text = self._text(asked, candidates, chosen)
        if not text:
            return None
        for index in followers(asked, candidates, picked.scores, best):
            if len(chosen) == _MOST_SENTENCES:
                break
            if says_again(asked, candidates[index], [candidates[i] for i in chosen]):
                agreeing.append(index)  # told once, but it speaks for the reply
                continue
            longer = self._text(asked, candidates, [*chosen, index])
            if longer and longer != text and self._fits(longer):
                chosen, text = [*chosen, index], longer
        if not self._fits(text):
            text = self._trimmed(text)
        if not text:
            return None
        used = self._used(asked, candidates, chosen)
        traits = traits_of(
            asked,
            candidates,
            picked.scores,
            picked.weights,
            [*chosen, *agreeing],
            matter=picked.matter,
        )
        return Draft(text=text, evidence=used, traits=traits)

    def _used(
        self, asked: Question, candidates: list[Candidate], chosen: list[int]
    ) -> tuple[Evidence, ...]:
        """Return the evidence of the chosen sentences; rows are known as they are said, too."""
        used = {candidates[i].evidence.id: candidates[i].evidence for i in chosen}
        for i, said in self._pieces(asked, candidates, chosen):
            if candidates[i].unit.kind == "row":
                item = used[candidates[i].evidence.id]
                used[item.id] = replace(item, text=f"{item.text}\n{said}")
        return tuple(used.values())

    def _text(self, asked: Question, candidates: list[Candidate], chosen: list[int]) -> str:
        return join([said for _, said in self._pieces(asked, candidates, chosen)])

    def _pieces(
        self, asked: Question, candidates: list[Candidate], chosen: list[int]
    ) -> list[tuple[int, str]]:
        """Return the chosen sentences as they are said, in their order."""
        order = _in_order(candidates, chosen)
        places = places_of(order, candidates)
        pieces = [
            Piece(
                unit=candidates[i].unit,
                heading=candidates[i].evidence.heading,
                siblings=_siblings(candidates, i),
                first=i == chosen[0] == order[0],
                place=places[i],
            )
            for i in order
        ]
        return [(i, spoken(asked, piece)) for i, piece in zip(order, pieces, strict=True)]

    def _fits(self, text: str) -> bool:
        return measure(fit(text)).segments <= self._max_segments

    def _trimmed(self, text: str) -> str:
        """Take out asides, then what follows a semicolon; what is still too long stays unsaid."""
        for pattern in (r"\s\([^()]*\)", r";[^;]*(?=\.$)"):
            text = re.sub(pattern, "", text)
            if self._fits(text):
                return text
        return ""


@dataclass(frozen=True, slots=True)
class _Picked:
    """The sentences with their scores, and the place of the best one."""

    asked: Question
    candidates: list[Candidate]
    scores: list[Scored]
    weights: Mapping[str, float]
    matter: Matter
    best: int


def _in_order(candidates: list[Candidate], chosen: list[int]) -> list[int]:
    """Return sentences in the order to say them: the best one's passage first, each as written."""
    first = candidates[chosen[0]].evidence.id
    return sorted(chosen, key=lambda i: (candidates[i].evidence.id != first, i))


def _siblings(candidates: list[Candidate], index: int) -> tuple[Unit, ...]:
    """Return all items of the same list, in order."""
    mine = candidates[index]
    if mine.unit.kind != "item":
        return ()
    return tuple(
        c.unit
        for c in candidates
        if c.evidence.id == mine.evidence.id and c.unit.lead_in == mine.unit.lead_in
    )
