"""Rows: tables, repositories and the unit of work. The only room that knows SQLModel."""
