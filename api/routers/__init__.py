"""The JSON half of the service, one router for each subject."""

from api.routers import audit, events, features, health, matches, metrics, occupations, outlook, records, search, whynot

ROUTERS = (
    *records.routers(),
    search.router,
    matches.router,
    whynot.router,
    occupations.router,
    outlook.router,
    events.router,
    features.router,
    audit.router,
    health.router,
    metrics.router,
)
"""In the order in which the documentation lists them."""

__all__ = ["ROUTERS"]
