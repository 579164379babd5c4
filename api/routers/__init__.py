"""The JSON half of the service, one router for each subject."""

from api.routers import (
    accounts,
    events,
    features,
    health,
    lists,
    matches,
    occupations,
    outlook,
    privacy,
    publications,
    records,
    search,
    whynot,
)

ROUTERS = (
    *records.routers(),
    lists.router,
    search.router,
    matches.router,
    whynot.router,
    occupations.router,
    outlook.router,
    publications.router,
    events.router,
    privacy.router,
    features.router,
    accounts.router,
    health.router,
)
"""In the order in which the documentation lists them."""

__all__ = ["ROUTERS"]
