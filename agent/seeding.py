"""Seeding a fresh database: the first sign-in and key, and the demo brand's customers."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from agent.brand import Brand
from agent.domain.customers import Appointment, Customer, Order
from agent.domain.ids import CustomerId
from agent.errors import ConfigurationError
from agent.secrets_file import Secrets
from agent.store.unit_of_work import Database

SEEDED = "seeded_customers"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _SeedOrder(_Strict):
    """Days are relative to today, so that the demo never goes stale."""

    number: str
    status: str
    placed_on: int
    items: list[str]
    total: Decimal
    currency: str = "USD"
    carrier: str = ""
    tracking_url: str = ""
    expected_on: int | None = None
    delivered_on: int | None = None


class _SeedAppointment(_Strict):
    number: str
    service: str
    when: str
    place: str
    status: str


class _SeedCustomer(_Strict):
    address: str
    name: str = ""
    email: str = ""
    tier: str = ""
    lifetime_value: Decimal = Decimal(0)
    points: int | None = None
    orders: list[_SeedOrder] = []
    appointments: list[_SeedAppointment] = []
    note: str = ""


class _SeedFile(_Strict):
    customers: list[_SeedCustomer]


def seed_sign_in(database: Database, secrets: Secrets) -> None:
    """Add the first lead and the first API key where nobody can sign in yet."""
    with database.begin() as uow:
        if uow.users.any():
            return
        uow.users.add(
            email=secrets.first_email, name="Lead", role="lead", password=secrets.first_password
        )
        uow.users.keep_api_key("first", secrets.api_key)


def seed_customers(database: Database, path: Path, brand: Brand, today: date) -> int:
    """Add the demo's customers once a day, with days counted from today; return how many.

    Raises:
        ConfigurationError: the file is wrong; the field is named.
    """
    if not brand.demo or not path.exists():
        return 0
    try:
        seeds = _SeedFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(f"{path} is wrong: {error}") from None
    with database.begin() as uow:
        if uow.live.active(SEEDED) == today.isoformat():
            return 0
        for place, seed in enumerate(seeds.customers):
            known = uow.customers.find(seed.address)
            customer_id = CustomerId(f"cus_demo_{place}") if known is None else known.id
            uow.customers.put(
                _customer(customer_id, seed, today), email=seed.email, demo=True, note=seed.note
            )
        uow.live.set_active(SEEDED, today.isoformat())
    return len(seeds.customers)


def _customer(customer_id: CustomerId, seed: _SeedCustomer, today: date) -> Customer:
    return Customer(
        id=customer_id,
        address=seed.address,
        name=seed.name,
        tier=seed.tier,
        lifetime_value=seed.lifetime_value,
        points=seed.points,
        orders=tuple(_order(order, today) for order in seed.orders),
        appointments=tuple(_appointment(item, today) for item in seed.appointments),
    )


def _order(seed: _SeedOrder, today: date) -> Order:
    return Order(
        number=seed.number,
        status=seed.status,
        placed_on=today + timedelta(days=seed.placed_on),
        items=tuple(seed.items),
        total=seed.total,
        currency=seed.currency,
        carrier=seed.carrier,
        tracking_url=seed.tracking_url,
        expected_on=_day(today, seed.expected_on),
        delivered_on=_day(today, seed.delivered_on),
    )


def _day(today: date, offset: int | None) -> date | None:
    return None if offset is None else today + timedelta(days=offset)


def _appointment(seed: _SeedAppointment, today: date) -> Appointment:
    """``when`` is ``"+3 10:30"``: days from today and the local time."""
    days, _, clock = seed.when.partition(" ")
    when = datetime.combine(today + timedelta(days=int(days)), time.fromisoformat(clock))
    return Appointment(
        number=seed.number,
        service=seed.service,
        when=when.isoformat(timespec="minutes"),
        place=seed.place,
        status=seed.status,
    )
