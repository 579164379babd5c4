"""Everything that can go wrong, as one tree.

    ChanjiaoError
    ├── Malformed                  the input cannot be understood
    │   ├── UnreadableFile           a file is not what its name says, or has no usable rows
    │   ├── InvalidRecord            a record breaks a rule of the domain model
    │   └── UnknownName              a specialty, occupation, task or option that no table has
    ├── NotFound                   no live record has that id
    ├── Conflict                   the request contradicts what is stored
    │   ├── Withdrawn                the record was withdrawn
    │   ├── SourceTaken              another record already holds that source id
    │   └── ImpossibleEvent          an event cannot have happened after those that are known
    ├── AuditBroken                the audit trail does not fit together
    └── Unavailable                the service cannot answer now, and says what to do
        ├── ModelUnavailable         the encoder's weights cannot be read
        ├── IndexMismatch            an index was built by another encoder, dictionary or layout
        ├── IndexBehind              the index is still being built
        └── StoreUnavailable         the database cannot be reached or is not migrated

The message of every error is Chinese, ends up before a user's eyes, and quotes the offending value.
"""


class ChanjiaoError(Exception):
    """Base of every error that the service raises on purpose."""

    @property
    def message(self) -> str:
        """What a user reads."""
        return str(self)


class Malformed(ChanjiaoError):
    """The input cannot be understood; sending it again unchanged will fail again."""


class UnreadableFile(Malformed):
    """A file is not what its name says, is encoded in an unknown way, or has no usable rows."""


class InvalidRecord(Malformed):
    """A record breaks a rule of the domain model."""


class UnknownName(Malformed):
    """A specialty, occupation, evaluation task or option that no table has."""


class NotFound(ChanjiaoError):
    """No live record has that id."""


class Conflict(ChanjiaoError):
    """The request contradicts what is stored."""


class Withdrawn(Conflict):
    """The record was withdrawn; its history remains readable."""


class SourceTaken(Conflict):
    """Another record already holds that source id."""


class ImpossibleEvent(Conflict):
    """An event cannot have happened after those that are known, or not yet."""


class AuditBroken(ChanjiaoError):
    """An entry of the audit trail was changed or is missing; the message names it."""


class Unavailable(ChanjiaoError):
    """The service cannot answer now; the message says what brings it back."""


class ModelUnavailable(Unavailable):
    """The encoder's weights cannot be read."""


class IndexMismatch(Unavailable):
    """An index was built by another encoder, dictionary or layout; rebuild it."""


class IndexBehind(Unavailable):
    """The index is still being built; the message says how far it is."""


class StoreUnavailable(Unavailable):
    """The database cannot be reached or its schema is not migrated."""
