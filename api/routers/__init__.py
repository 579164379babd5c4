"""The JSON half of the service, one router for each subject."""

from api.routers import (
    accounts,
    contacts,
    events,
    features,
    health,
    matches,
    occupations,
    outlook,
    publications,
    records,
    search,
    whynot,
)

ROUTERS = (
    *records.routers(),
    search.router,
    matches.router,
    whynot.router,
    occupations.router,
    outlook.router,
    publications.router,
    contacts.router,
    events.router,
    features.router,
    accounts.router,
    health.router,
)
"""In the order in which the documentation lists them."""

__all__ = ["ROUTERS"]
