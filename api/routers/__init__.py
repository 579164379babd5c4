"""The JSON half of the service, one router for each subject."""

from api.routers import events, features, health, matches, occupations, outlook, privacy, records, search, whynot

ROUTERS = (
    *records.routers(),
    search.router,
    matches.router,
    whynot.router,
    occupations.router,
    outlook.router,
    events.router,
    privacy.own,
    privacy.review,
    features.router,
    health.router,
)
"""In the order in which the documentation lists them."""

__all__ = ["ROUTERS"]
