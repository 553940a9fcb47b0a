from collections.abc import Sequence

import pytest

from agent.replies.candidates import candidates_of
from agent.replies.extractive import ExtractiveComposer
from agent.replies.scoring import Scored
from agent.replies.selection import MOST_READ, as_read, read_again, reading_traits
from tests.replies.builders import evidence

PAGES = (
    evidence("Eye tests", "A test takes 30 minutes. It costs $40. Bring your glasses.", 1),
    evidence("Frames", "Frames cost from $60. They come with a case.", 2),
)
CANDIDATES = candidates_of(PAGES)


def scored(*totals: float) -> list[Scored]:
    return [Scored(traits={"near": 0.0}, total=total) for total in totals]


def liking(words: str):
    """Read as someone who takes any sentence with these words for the answer."""

    def read(_question: str, sentences: Sequence[str]) -> list[float]:
        return [5.0 if words in sentence else -5.0 for sentence in sentences]

    return read


def test_a_sentence_is_read_under_its_heading():
    assert as_read(CANDIDATES, 0) == "Eye tests: A test takes 30 minutes."


def test_a_sentence_that_leans_on_the_one_before_is_read_with_it():
    assert as_read(CANDIDATES, 1) == "Eye tests: A test takes 30 minutes. It costs $40."


def test_a_passage_s_first_sentence_leans_on_no_other_passage():
    pages = (PAGES[0], evidence("Lost", "They will be kept for a week.", 3))
    candidates = candidates_of(pages)
    assert as_read(candidates, len(candidates) - 1) == "Lost: They will be kept for a week."


def test_reading_outweighs_the_order_by_words():
    scores = read_again("q", CANDIDATES, scored(3, 2, 1, 0, 0), liking("glasses"))
    assert max(range(5), key=lambda i: scores[i].total) == 2
    assert [one.traits["read"] for one in scores] == [-5, -5, 5, -5, -5]


def test_only_the_likeliest_are_read_and_the_others_come_last():
    candidates = candidates_of([evidence("A", " ".join(f"Fact number {i}." for i in range(40)), 1)])
    seen: list[str] = []

    def read(_question: str, sentences: Sequence[str]) -> list[float]:
        seen.extend(sentences)
        return [-6.0] * len(sentences)

    totals = [i / 10 for i in range(len(candidates))]
    scores = read_again("q", candidates, scored(*totals), read)
    assert len(seen) == MOST_READ
    best = sorted(range(len(scores)), key=lambda i: -scores[i].total)[:MOST_READ]
    assert {as_read(candidates, i) for i in best} == set(seen)


def test_what_lies_far_behind_is_not_read():
    scores = read_again("q", CANDIDATES, scored(9, 8, 0, 0, 0), liking("glasses"))
    assert max(range(5), key=lambda i: scores[i].total) == 0


@pytest.mark.parametrize(
    ("reads", "share"), [((-20.0, -20.0), 0.0), ((0.0, -20.0), 0.5), ((9.0, -20.0), 1.0)]
)
def test_the_share_leaves_room_for_no_answer_at_all(reads, share):
    scores = [Scored(traits={"read": read}, total=read) for read in reads]
    assert reading_traits(CANDIDATES[:2], scores, [0])["read_share"] == pytest.approx(
        share, abs=0.01
    )


def test_without_reading_there_are_no_traits_of_it():
    assert reading_traits(CANDIDATES[:2], scored(1, 2), [0]) == {}


def test_two_likely_sentences_of_a_passage_are_no_rivals_as_those_of_two_are():
    reads = [Scored(traits={"read": read}, total=read) for read in (4.0, 4.0, -20.0, -20.0)]
    one_page = reading_traits([CANDIDATES[i] for i in (0, 1, 3, 4)], reads, [0])
    two_pages = reading_traits([CANDIDATES[i] for i in (0, 3, 1, 4)], reads, [0])
    assert one_page["read_passage"] == pytest.approx(1.0, abs=0.01)
    assert two_pages["read_passage"] == pytest.approx(0.5, abs=0.01)
    assert (one_page["read_elsewhere"], two_pages["read_elsewhere"]) == (-20.0, 4.0)


def test_the_composer_says_what_reading_prefers():
    composer = ExtractiveComposer(read=liking("Frames cost"))
    draft = composer.compose("how much is a test", evidence=PAGES)
    assert draft is not None
    assert draft.text.startswith("Frames cost from $60.")
    assert draft.traits["read"] == 5.0
