"""The error tree.

TextwiseError
├── ConfigurationError      settings or files are wrong; says what to do; the command exits with 2
├── NotFoundError           no such conversation, message, version …  (HTTP 404)
├── ConflictError           the thing is in a state that does not allow this  (HTTP 409)
├── InvalidInputError       the caller's data is wrong  (HTTP 422)
└── SendError               a provider did not take a message
    ├── TransientSendError  try again later; ``retry_after_s`` where the provider said when
    ├── PermanentSendError  never try again; ``code`` is the provider's
    └── UnknownSendError    nobody knows whether it was taken: never repeat blindly
"""

from enum import StrEnum


class SendProblem(StrEnum):
    """What a provider's refusal means for us, whatever its code.

    ``BUSY``: too fast or a passing fault; try again. ``LATER``: nothing more today on this number.
    ``BAD_NUMBER``: this number never takes texts. ``OPTED_OUT``: the provider holds a STOP.
    ``BLOCKED``: refused by the carrier, perhaps at the customer's wish. ``FILTERED``: taken for
    spam. ``CONFIGURATION``: our account, number or credentials are wrong; someone must look.
    ``EXPIRED``: too late to deliver. ``OTHER``: a refusal without a meaning of its own.
    """

    BUSY = "busy"
    LATER = "later"
    BAD_NUMBER = "bad_number"
    OPTED_OUT = "opted_out"
    BLOCKED = "blocked"
    FILTERED = "filtered"
    CONFIGURATION = "configuration"
    EXPIRED = "expired"
    OTHER = "other"


class TextwiseError(Exception):
    """Base of every error raised on purpose. ``hint`` says what to do about it."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class ConfigurationError(TextwiseError):
    """Settings or files are wrong."""


class NotFoundError(TextwiseError):
    """There is no such thing."""


class ConflictError(TextwiseError):
    """The thing is in a state that does not allow this."""


class InvalidInputError(TextwiseError):
    """The caller's data is wrong. ``field`` names where."""

    def __init__(self, message: str, *, field: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.field = field


class SendError(TextwiseError):
    """A provider did not take a message. ``code`` is the provider's own, empty if none."""

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        problem: SendProblem = SendProblem.OTHER,
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.problem = problem


class TransientSendError(SendError):
    """Try again later."""

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        problem: SendProblem = SendProblem.BUSY,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message, code=code, problem=problem)
        self.retry_after_s = retry_after_s


class PermanentSendError(SendError):
    """Never try this message again; ``problem`` says what else follows."""


class UnknownSendError(SendError):
    """The outcome is unknown."""
