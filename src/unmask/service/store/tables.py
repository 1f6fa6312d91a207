"""Tables of the service. Times are seconds since 1970; the same for SQLite and PostgreSQL."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)

VERSION = 2
"""Of the tables; a database of another version is not touched."""

metadata = MetaData()

facts = Table("facts", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

media = Table(
    "media",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("bytes", BigInteger, nullable=False),
    Column("kept", Boolean, nullable=False, default=True),
    Column("created", Double, nullable=False),  # when it came last
)

checks = Table(
    "checks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("media", Text, ForeignKey("media.sha256"), nullable=False),
    Column("name", Text, nullable=False),
    Column("options", JSON, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("deaths", Integer, nullable=False, default=0),
    Column("stumbles", Integer, nullable=False, default=0),
    Column("worker", Text),
    Column("lease", Text),
    Column("lease_until", Double),
    Column("seconds_done", Double),
    Column("seconds_of", Double),
    Column("created", Double, nullable=False),
    Column("started", Double),
    Column("finished", Double),
    Column("word", Text),
    Column("probability", Double),
    Column("low", Double),
    Column("high", Double),
    Column("sentence", Text),
    Column("error", JSON(none_as_null=True)),
    Column("result", Text),
    Column("label", Text),
    Column("note", Text),
    Column("labelled", Double),
    Column("owner", Text),  # the key whose check it is; none where it was asked without one
    Index("checks_by_age", "created", "id"),
    Index("checks_by_media", "media"),
    # One index for what waits and one for what is worked at: a single query over both was quadratic in the queue.
    Index(
        "checks_waiting",
        "priority",
        "created",
        "id",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
    Index(
        "checks_leased",
        "lease_until",
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
    Index("checks_by_owner", "owner", "created", "id"),
    Index(
        "checks_waiting_by_owner",
        "owner",
        sqlite_where=text("state = 'queued'"),
        postgresql_where=text("state = 'queued'"),
    ),
)

events = Table(
    "events",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("check_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("told", JSON, nullable=False),
    Column("at", Double, nullable=False),
    Column("owner", Text),  # of the check
    Index("events_by_check", "check_id", "kind"),
    Index("events_by_age", "at"),
    sqlite_autoincrement=True,  # a number is never given twice, so that whoever resumes misses nothing
)

keys = Table(
    "keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("owner", Text, nullable=False),  # the key whose checks it sees: itself, or the one that it stands in for
    Column("sha256", Text, nullable=False),  # of the key itself, which is kept nowhere
    Column("created", Double, nullable=False),
    Column("expires", Double),
    Column("revoked", Double),
)

senders = Table(
    "senders",
    metadata,
    Column("media", Text, ForeignKey("media.sha256", ondelete="CASCADE"), primary_key=True),
    Column("owner", Text, primary_key=True),
)
"""Which keys sent a file in."""

audit = Table(
    "audit",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),  # milliseconds: whole numbers read the same in every database
    Column("who", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("more", Text, nullable=False),  # JSON as it was written, which is what the hash is over
    Column("hash", Text, nullable=False),
)

shares = Table(
    "shares",
    metadata,
    Column("id", Text, primary_key=True),
    Column("check_id", Text, ForeignKey("checks.id", ondelete="CASCADE"), nullable=False),
    Column("sha256", Text, nullable=False, unique=True),  # of the token, which is kept nowhere
    Column("created", Double, nullable=False),
    Column("expires", Double, nullable=False),
    Index("shares_by_check", "check_id"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("check_id", Text, ForeignKey("checks.id", ondelete="CASCADE"), primary_key=True),
    Column("place", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("at", Double, nullable=False),  # when the check was over
    Column("next", Double, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("over", Boolean, nullable=False),
    Index("deliveries_due", "over", "next"),
)
