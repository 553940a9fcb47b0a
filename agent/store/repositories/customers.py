"""Customers with what the brand's systems know of them."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select

from agent.domain.customers import Appointment, Customer, Order
from agent.domain.ids import CustomerId
from agent.domain.ports import Clock, Ids
from agent.store.customer_tables import AppointmentRow, CustomerRow, OrderRow


class Customers:
    """Customers by id and by address."""

    def __init__(self, session: Session, clock: Clock, ids: Ids) -> None:
        self._session = session
        self._clock = clock
        self._ids = ids

    def get(self, customer_id: CustomerId) -> Customer | None:
        """Return the customer with orders (newest first) and appointments, or None."""
        row = self._session.get(CustomerRow, customer_id)
        return None if row is None else self._load(row)

    def find(self, address: str) -> Customer | None:
        """Return the customer with this address, or None."""
        row = self._session.exec(select(CustomerRow).where(CustomerRow.address == address)).first()
        return None if row is None else self._load(row)

    def email(self, customer_id: CustomerId) -> str:
        """Return the customer's email, empty where none is known."""
        row = self._session.get(CustomerRow, customer_id)
        return "" if row is None else row.email

    def names(self, customer_ids: Sequence[CustomerId]) -> Mapping[CustomerId, str]:
        """Return the names of these customers; those without one are left out."""
        rows = self._session.exec(
            select(CustomerRow.id, CustomerRow.name).where(col(CustomerRow.id).in_(customer_ids))
        )
        return {CustomerId(key): name for key, name in rows if name}

    def ensure(self, address: str) -> CustomerId:
        """Return the id of the customer with this address, adding a bare one if there is none."""
        row = self._session.exec(select(CustomerRow).where(CustomerRow.address == address)).first()
        if row is None:
            row = CustomerRow(
                id=self._ids.new("cus"), address=address, created_at=self._clock.now()
            )
            self._session.add(row)
            self._session.flush()
        return CustomerId(row.id)

    def put(
        self, customer: Customer, *, email: str = "", demo: bool = False, note: str = ""
    ) -> None:
        """Add or replace a customer with orders and appointments."""
        row = self._session.get(CustomerRow, customer.id) or CustomerRow(
            id=customer.id, address=customer.address, created_at=self._clock.now()
        )
        row.address = customer.address
        row.name, row.email, row.tier = customer.name, email, customer.tier
        row.lifetime_value, row.points = customer.lifetime_value, customer.points
        row.open_orders = None if customer.orders else customer.open_orders
        row.demo, row.note = demo, note
        row.postal_code, row.region = customer.postal_code, customer.region
        row.time_zone = customer.time_zone
        self._session.add(row)
        self._session.flush()
        for order in customer.orders:
            self._session.merge(_order_row(customer.id, order))
        for appointment in customer.appointments:
            self._session.merge(_appointment_row(customer.id, appointment))
        self._session.flush()

    def demo(self) -> list[tuple[Customer, str]]:
        """Return the seeded customers, each with the line that introduces them, by name."""
        rows = self._session.exec(
            select(CustomerRow).where(col(CustomerRow.demo)).order_by(CustomerRow.name)
        ).all()
        return [(self._load(row), row.note) for row in rows]

    def _load(self, row: CustomerRow) -> Customer:
        orders = self._session.exec(
            select(OrderRow)
            .where(OrderRow.customer_id == row.id)
            .order_by(col(OrderRow.placed_on).desc(), OrderRow.number)
        ).all()
        appointments = self._session.exec(
            select(AppointmentRow)
            .where(AppointmentRow.customer_id == row.id)
            .order_by(AppointmentRow.when_local)
        ).all()
        return _customer(row, orders, appointments)


def _customer(
    row: CustomerRow, orders: Sequence[OrderRow], appointments: Sequence[AppointmentRow]
) -> Customer:
    loaded = tuple(_order(order) for order in orders)
    open_orders = sum(order.is_open for order in loaded)
    return Customer(
        id=CustomerId(row.id),
        address=row.address,
        name=row.name,
        tier=row.tier,
        lifetime_value=row.lifetime_value,
        points=row.points,
        open_orders=open_orders if row.open_orders is None else row.open_orders,
        orders=loaded,
        appointments=tuple(_appointment(item) for item in appointments),
        postal_code=row.postal_code,
        region=row.region,
        time_zone=row.time_zone,
    )


def _order(row: OrderRow) -> Order:
    return Order(
        number=row.number,
        status=row.status,
        placed_on=row.placed_on,
        items=tuple(row.items),
        total=row.total,
        currency=row.currency,
        carrier=row.carrier,
        tracking_url=row.tracking_url,
        expected_on=row.expected_on,
        delivered_on=row.delivered_on,
    )


def _order_row(customer_id: CustomerId, order: Order) -> OrderRow:
    return OrderRow(
        number=order.number,
        customer_id=customer_id,
        status=order.status,
        placed_on=order.placed_on,
        items=list(order.items),
        total=order.total,
        currency=order.currency,
        carrier=order.carrier,
        tracking_url=order.tracking_url,
        expected_on=order.expected_on,
        delivered_on=order.delivered_on,
    )


def _appointment(row: AppointmentRow) -> Appointment:
    return Appointment(
        number=row.number,
        service=row.service,
        when=row.when_local,
        place=row.place,
        status=row.status,
    )


def _appointment_row(customer_id: CustomerId, appointment: Appointment) -> AppointmentRow:
    return AppointmentRow(
        number=appointment.number,
        customer_id=customer_id,
        service=appointment.service,
        when_local=appointment.when,
        place=appointment.place,
        status=appointment.status,
    )
