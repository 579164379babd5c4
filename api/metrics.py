"""What the service measures of itself, for Prometheus: routes, statuses, times and counts, nothing of persons."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.bootstrap import Services
from models.audit import Action
from models.errors import StoreUnavailable
from models.terms import Kind

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""Seconds; a page of matches over 20,000 talents takes about 0.1."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """Requests as they are answered, and where the service stands when it is asked."""

    def __init__(self, services: Services) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "chanjiao_requests", "Answered requests", ["method", "route", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "chanjiao_request_seconds",
            "Time from the request to the end of its answer",
            ["method", "route"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._registry.register(_Standing(services))
        ProcessCollector(registry=self._registry)

    def observe(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request; `route` is the path with its parameters unfilled."""
        # Anybody may send any word as a method, and each new label is kept for good.
        method = method if method in _METHODS else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)


class _Standing(Collector):
    """What is worked out when it is asked for."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def describe(self) -> Iterator[Metric]:
        """Nothing: to say what there is would ask the database."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        shelf, store = self._services.shelf, self._services.store
        indexed = GaugeMetricFamily("chanjiao_indexed_records", "Live records in the index", labels=["kind"])
        for kind in Kind:
            indexed.add_metric([kind.value], len(shelf[kind]))
        yield indexed
        try:
            revision, (entries, _) = store.revision, store.audit.head()
            jobs, backup = store.jobs.count(), store.audit.latest(Action.BACKED_UP)
        except StoreUnavailable:
            yield GaugeMetricFamily("chanjiao_database_up", "Whether the database answers", value=0)
            return
        yield GaugeMetricFamily("chanjiao_database_up", "Whether the database answers", value=1)
        yield GaugeMetricFamily("chanjiao_store_revision", "Revision of the last write", value=revision)
        lag = max(revision - shelf.revision, 0)
        yield GaugeMetricFamily("chanjiao_index_lag", "Changes that the index has not seen", value=lag)
        # A counter that falls has lost entries.
        yield CounterMetricFamily("chanjiao_audit_entries", "Entries of the audit trail", value=entries)
        states = GaugeMetricFamily("chanjiao_jobs", "Jobs", labels=["state"])
        for state, count in jobs.items():
            states.add_metric([state.value], count)
        yield states
        if backup:
            age = (datetime.now(UTC) - backup.at).total_seconds()
            yield GaugeMetricFamily("chanjiao_backup_age_seconds", "Time since the last backup", value=age)
