"""Everything that can go wrong, as one tree.

    ChanjiaoError
    ├── Malformed                  the input cannot be understood
    │   ├── UnreadableFile           a file is not what its name says, or has no usable rows
    │   ├── InvalidRecord            a record breaks a rule of the domain model
    │   └── UnknownName              a specialty, occupation, task or option that no table has
    ├── NotFound                   no live record has that id
    ├── Refused                    the request is understood and not allowed
    │   ├── NotSignedIn              nobody in particular asks for what is not public
    │   ├── WrongPassword            the login or the password is not right
    │   ├── Forbidden                the account may not do this to that record
    │   ├── IdentityRefused          what an identity provider says is not believed, or belongs to no account
    │   └── TooOften                 more attempts than allowed; the message says when to try again
    ├── Conflict                   the request contradicts what is stored
    │   ├── Withdrawn                the record was withdrawn
    │   │   └── Erased                 a person's data was erased
    │   ├── WrongState               the publication is in a state that does not allow the step
    │   ├── Unvetted                 the organisation has not been vetted, or not lately
    │   ├── Unlawful                 a rule of law forbids to publish the record as it is
    │   ├── SourceTaken              another record already holds that source id
    │   └── ImpossibleEvent          an event cannot have happened after those that are known
    ├── AuditBroken                the audit trail does not fit together
    └── Unavailable                the service cannot answer now, and says what to do
        ├── ModelUnavailable         the encoder's weights cannot be read
        ├── IndexMismatch            an index was built by another encoder, dictionary or layout
        ├── IndexBehind              the index is still being built
        ├── ProviderUnavailable      the identity provider cannot be reached
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


class Refused(ChanjiaoError):
    """The request is understood and not allowed."""


class NotSignedIn(Refused):
    """Nobody in particular asks for what is not public; signing in may help."""


class WrongPassword(Refused):
    """The login or the password is not right; which of them is not said."""


class IdentityRefused(Refused):
    """What an identity provider says is not believed, or belongs to no account here."""


class Forbidden(Refused):
    """The account may not do this to that record."""


class TooOften(Refused):
    """More attempts than allowed; the message says when to try again."""


class Conflict(ChanjiaoError):
    """The request contradicts what is stored."""


class Withdrawn(Conflict):
    """The record was withdrawn; its history remains readable."""


class WrongState(Conflict):
    """The publication is in a state that does not allow the step."""


class Unvetted(Conflict):
    """The organisation has not been vetted, or not within the last six months."""


class Unlawful(Conflict):
    """A rule of law forbids to publish the record as it is; the message names the article."""


class Erased(Withdrawn):
    """A person's data was erased; nothing of it can be read."""


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


class ProviderUnavailable(Unavailable):
    """The identity provider cannot be reached or does not answer as one."""


class StoreUnavailable(Unavailable):
    """The database cannot be reached or its schema is not migrated."""
