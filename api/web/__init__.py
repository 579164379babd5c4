"""Server-rendered Chinese pages over the same matcher that the JSON API asks."""

from api.web import (
    accounts,
    complaints,
    contacts,
    digests,
    lists,
    pages,
    publishing,
    registration,
    reviewing,
    rights,
    sso,
)
from api.web.pages import static_folder
from api.web.render import error_page

ROUTERS = (
    lists.router,
    pages.router,
    contacts.router,
    accounts.router,
    publishing.router,
    reviewing.router,
    registration.router,
    digests.router,
    rights.router,
    complaints.router,
)

__all__ = ["ROUTERS", "error_page", "sso", "static_folder"]
