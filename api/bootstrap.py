"""The one place that knows every class and wires them together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Protocol

from api.attempts import Attempts
from api.livelists import LiveLists
from api.settings import Settings
from api.tasks import tasks
from data import sample
from data.jobs import Worker
from data.store import Store
from indexing.adapters import Adapters
from indexing.encode import load_encoder
from indexing.segment import domain_segmenter
from indexing.shelf import Shelf
from indexing.sync import Follower
from matching.congestion import Audience
from matching.matcher import Matcher
from matching.weights import Versions
from models.errors import Unavailable
from models.terms import Kind, Record

if TYPE_CHECKING:
    from api.oidc import Provider


class Recorded(Protocol):
    """A record with its id, wherever it rests."""

    @property
    def kind(self) -> Kind: ...
    @property
    def id(self) -> int: ...
    @property
    def record(self) -> Record: ...


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that a request needs."""

    settings: Settings
    store: Store
    shelf: Shelf
    matcher: Matcher
    follower: Follower
    worker: Worker
    today: Callable[[], date]
    lists: LiveLists
    audience: Audience = field(default_factory=Audience)
    attempts: Attempts = field(default_factory=Attempts)
    provider: Provider | None = None
    """The identity provider that people may sign in with."""

    def recorded(self, kind: Kind, id: int) -> Recorded:
        """The record on the shelf, or else as the store last knew it, withdrawn or not. Raises NotFound."""
        document = self.shelf[kind].documents.get(id)
        return self.store.latest(kind, id) if document is None else document

    def start(self) -> None:
        """Load the sample into an empty store, if wanted; begin to build the index and to do what is due."""
        if self.settings.sample and self.store.revision == 0:
            sample.load(self.store, today=self.today())
        self.lists.freeze_due()
        self.follower.start()
        self.worker.start()

    def stop(self) -> None:
        """Finish the job at hand, save the index and give the connections back."""
        self.worker.stop()
        self.follower.stop()
        self.store.close()


def build(settings: Settings) -> Services:
    """Services over a migrated store; nothing runs before `start`."""
    store = open_store(settings)
    shelf = new_shelf(settings)
    in_force = Adapters(settings.adapters, shelf.encoder.name).current
    seconds = settings.follow_interval.total_seconds()
    follower = Follower(store, shelf, settings.index, seconds=seconds, adapter=in_force)
    matcher = Matcher(shelf, today=settings.today, learned=Versions(settings.learned).current)
    lists = LiveLists(store, today=settings.today, zone=settings.zone)
    worker = Worker(store.jobs, tasks(store, lists, today=settings.today), seconds=seconds, today=settings.today)
    return Services(
        settings, store, shelf, matcher, follower, worker, settings.today, lists, provider=_provider(settings)
    )


def _provider(settings: Settings) -> Provider | None:
    if not settings.oidc.issuer:
        return None
    try:
        from api.oidc import Provider
    except ImportError:
        raise Unavailable("已设置 CHANJIAO_OIDC__ISSUER，但没有安装所需组件，请运行 pip install '.[sso]'") from None
    return Provider(settings.oidc)


def open_store(settings: Settings) -> Store:
    """The store at the settings' URL, migrated."""
    store = Store(settings.url)
    store.migrate()
    return store


def new_shelf(settings: Settings) -> Shelf:
    """An empty shelf with the settings' encoder and the adapter in force."""
    encoder = load_encoder(settings.encoder, settings.models)
    return Shelf(encoder, domain_segmenter(), adapter=Adapters(settings.adapters, encoder.name).current())
