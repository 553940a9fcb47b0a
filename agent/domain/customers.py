"""Who writes, and what the brand's systems know of them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from agent.domain.ids import CustomerId


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order as the shop's system tells it. Dates are in the brand's time zone."""

    number: str
    status: str
    placed_on: date
    items: tuple[str, ...]
    total: Decimal
    currency: str
    carrier: str = ""
    tracking_url: str = ""
    expected_on: date | None = None
    delivered_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether the customer still waits for it."""
        return self.status not in {"delivered", "cancelled", "returned"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A booked slot; ``when`` is ISO 8601 local time."""

    number: str
    service: str
    when: str
    place: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer. ``tier`` is the brand's own word; ``lifetime_value`` in the brand's currency."""

    id: CustomerId
    address: str
    name: str = ""
    tier: str = ""
    lifetime_value: Decimal = Decimal(0)
    points: int | None = None
    open_orders: int = 0
    orders: tuple[Order, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    postal_code: str = ""
    region: str = ""
    """A US state's two letters, where known."""
    time_zone: str = ""
    """Where known for sure, such as America/Denver."""

    @property
    def known(self) -> bool:
        """Whether the brand's systems know more than the address."""
        return bool(self.name or self.orders or self.tier)
