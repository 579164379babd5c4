"""The JSON half of the service, one router for each subject."""

from api.routers import checks, events, features, health, matches, occupations, outlook, records, search, whynot

ROUTERS = (
    *records.routers(),
    search.router,
    matches.router,
    whynot.router,
    occupations.router,
    outlook.router,
    checks.router,
    events.router,
    features.router,
    health.router,
)
"""In the order in which the documentation lists them."""

__all__ = ["ROUTERS"]
