"""Other people's forms of labelled messages: one file each, found by being here.

A module of this folder has a constant ``FORMAT``. To add a form, add a file.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from intents.corpus.formats.form import Columns, Form, row, unreadable

__all__ = ["Columns", "Form", "forms", "row", "unreadable"]


@cache
def forms() -> dict[str, Form]:
    """Return every form by its name.

    Raises:
        ValueError: two modules use the same name or the same file ending.
    """
    found: dict[str, Form] = {}
    endings: set[str] = set()
    for module in sorted(info.name for info in iter_modules(__path__)):
        form = getattr(import_module(f"{__name__}.{module}"), "FORMAT", None)
        if not isinstance(form, Form):
            continue
        if form.name in found or endings & set(form.endings):
            raise ValueError(f"intents/corpus/formats/{module}.py: the name or ending is taken")
        found[form.name] = form
        endings |= set(form.endings)
    return found
