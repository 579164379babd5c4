"""The JSON half of the service, one router for each subject."""

from api.routers import (
    accounts,
    audit,
    checks,
    complaints,
    contacts,
    events,
    features,
    health,
    lists,
    matches,
    metrics,
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
    contacts.router,
    checks.router,
    events.router,
    privacy.router,
    complaints.router,
    features.router,
    accounts.router,
    audit.router,
    health.router,
    metrics.router,
)
"""In the order in which the documentation lists them."""

__all__ = ["ROUTERS"]
