"""Words of the knowledge as a lead tends it: open questions, written answers, own files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from agent.domain.ids import ConversationId, TurnId


class QuestionKind(StrEnum):
    """Why a question got no answer.

    ``NOT_KNOWN``: nothing that was found holds the answer. ``CLAIMS_CUT``: the guard left nothing
    of what was composed. ``OUT_OF_SCOPE``: the models took it for no matter of the brand's, and
    nothing was found either.
    """

    NOT_KNOWN = "not_known"
    CLAIMS_CUT = "claims_cut"
    OUT_OF_SCOPE = "out_of_scope"


class QuestionState(StrEnum):
    """``DISMISSED``: a lead wants no answer to it. ``ANSWERED``: a lead has written one."""

    OPEN = "open"
    DISMISSED = "dismissed"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """A customer's question without an answer; ``text`` is masked.

    ``group`` is the id of the question that stands for all of its kind, empty until sorted.
    """

    id: str
    turn_id: TurnId
    conversation_id: ConversationId
    text: str
    text_hash: str
    kind: QuestionKind
    asked_at: datetime
    group: str = ""
    state: QuestionState = QuestionState.OPEN
    settled_by: str = ""
    answer_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenAnswer:
    """One revision of an answer that a person wrote. It holds until the end of ``valid_until``."""

    id: str
    revision: int
    question: str
    answer: str
    valid_until: date | None
    withdrawn: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFile:
    """An uploaded file without its content. ``size`` is in bytes."""

    name: str
    size: int
    sha256: str
    by: str
    at: datetime


class ChangeKind(StrEnum):
    """How an index became live."""

    INDEXED = "indexed"
    ROLLED_BACK = "rolled_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeChange:
    """An index that became live: by whose act, and what its reading left out (JSON)."""

    collection: str
    kind: ChangeKind
    by: str
    at: datetime
    report: Mapping[str, object]
