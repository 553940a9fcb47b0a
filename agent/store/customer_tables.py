"""Tables of customers and what they have bought and booked."""

from datetime import date, datetime
from decimal import Decimal

from sqlmodel import Field, SQLModel

from agent.store.columns import json_column, time_column


class CustomerRow(SQLModel, table=True):
    """A customer; ``address`` is an E.164 number or another channel's address."""

    __tablename__ = "customers"

    id: str = Field(primary_key=True)
    address: str = Field(unique=True, index=True)
    name: str = ""
    email: str = ""
    tier: str = ""
    lifetime_value: Decimal = Field(default=Decimal(0), max_digits=12, decimal_places=2)
    points: int | None = None
    open_orders: int | None = None
    """Given by an import that knows only the count; None where orders tell."""
    demo: bool = False
    note: str = ""
    """Introduces a seeded customer to whoever tries the simulator."""
    postal_code: str = ""
    region: str = ""
    """A US state's two letters, where known; its rules on texting hours hold."""
    time_zone: str = ""
    """Stated or known for sure, such as America/Denver; then the number is not asked."""
    created_at: datetime = time_column()


class OrderRow(SQLModel, table=True):
    """An order as the shop's system tells it."""

    __tablename__ = "orders"

    number: str = Field(primary_key=True)
    customer_id: str = Field(foreign_key="customers.id", index=True)
    status: str
    placed_on: date
    items: list[str] = json_column()
    total: Decimal = Field(max_digits=12, decimal_places=2)
    currency: str
    carrier: str = ""
    tracking_url: str = ""
    expected_on: date | None = None
    delivered_on: date | None = None


class AppointmentRow(SQLModel, table=True):
    """A booked slot; ``when_local`` is ISO 8601 in the brand's time zone."""

    __tablename__ = "appointments"

    number: str = Field(primary_key=True)
    customer_id: str = Field(foreign_key="customers.id", index=True)
    service: str
    when_local: str
    place: str
    status: str
