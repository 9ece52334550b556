"""Triggers that refuse to rewrite what was written down; made again after every migration, since batch migrations drop them."""

from sqlalchemy import Connection

from partnerhub.models.history import START

# Tables of which no row is ever changed or removed.
APPEND_ONLY = ("event", "submission_version")
# Tables of which some rows stay: they are never emptied.
NEVER_EMPTIED = (*APPEND_ONLY, "questionnaire_version", "grant_agreement", "letter")

FIRST_HEAD = f"INSERT INTO history_head (id, seq, hash) SELECT 1, 0, '{START}' WHERE NOT EXISTS (SELECT 1 FROM history_head)"

SQLITE = """CREATE TRIGGER {name} BEFORE {deed} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
SQLITE_PUBLISHED = """CREATE TRIGGER questionnaire_version_frozen BEFORE UPDATE OF document, digest, number, questionnaire_id
ON questionnaire_version WHEN OLD.status <> 'draft' BEGIN SELECT RAISE(ABORT, 'a published questionnaire never changes'); END"""
SQLITE_PUBLISHED_STAYS = """CREATE TRIGGER questionnaire_version_no_delete BEFORE DELETE ON questionnaire_version
WHEN OLD.status <> 'draft' BEGIN SELECT RAISE(ABORT, 'a published questionnaire never changes'); END"""

# What an agreement says never changes, and who signed it when neither, once it is written down; no agreement is ever removed.
SQLITE_AGREEMENT = """CREATE TRIGGER grant_agreement_frozen BEFORE UPDATE ON grant_agreement
WHEN (NEW.award_id, NEW.number, NEW.text, NEW.digest) IS NOT (OLD.award_id, OLD.number, OLD.text, OLD.digest)
OR (OLD.partner_signed_at IS NOT NULL
    AND (NEW.partner_signed_by_id, NEW.partner_signed_at) IS NOT (OLD.partner_signed_by_id, OLD.partner_signed_at))
OR (OLD.office_signed_at IS NOT NULL
    AND (NEW.office_signed_by_id, NEW.office_signed_at) IS NOT (OLD.office_signed_by_id, OLD.office_signed_at))
BEGIN SELECT RAISE(ABORT, 'a grant agreement never changes'); END"""

# A letter that went out stays as it was read and with whom may read it, and stays.
SQLITE_LETTER = """CREATE TRIGGER letter_frozen BEFORE UPDATE ON letter
WHEN OLD.released_at IS NOT NULL
AND (NEW.id, NEW.decision_id, NEW.application_id, NEW.round_id, NEW.organisation_id, NEW.outcome, NEW.status,
     NEW.text, NEW.feedback, NEW.facts, NEW.released_by_id, NEW.released_at) IS NOT
    (OLD.id, OLD.decision_id, OLD.application_id, OLD.round_id, OLD.organisation_id, OLD.outcome, OLD.status,
     OLD.text, OLD.feedback, OLD.facts, OLD.released_by_id, OLD.released_at)
BEGIN SELECT RAISE(ABORT, 'a released letter never changes'); END"""
SQLITE_LETTER_STAYS = """CREATE TRIGGER letter_no_delete BEFORE DELETE ON letter
WHEN OLD.released_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a released letter never changes'); END"""

POSTGRES_FUNCTION = """CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$"""
POSTGRES_PUBLISHED = """CREATE OR REPLACE FUNCTION refuse_published_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF OLD.status <> 'draft' AND (TG_OP = 'DELETE' OR (NEW.document::text, NEW.digest, NEW.number, NEW.questionnaire_id)
   IS DISTINCT FROM (OLD.document::text, OLD.digest, OLD.number, OLD.questionnaire_id))
THEN RAISE EXCEPTION 'a published questionnaire never changes'; END IF; RETURN COALESCE(NEW, OLD); END $$"""

POSTGRES_AGREEMENT = """CREATE OR REPLACE FUNCTION refuse_agreement_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF (NEW.award_id, NEW.number, NEW.text, NEW.digest) IS DISTINCT FROM (OLD.award_id, OLD.number, OLD.text, OLD.digest)
OR (OLD.partner_signed_at IS NOT NULL
    AND (NEW.partner_signed_by_id, NEW.partner_signed_at) IS DISTINCT FROM (OLD.partner_signed_by_id, OLD.partner_signed_at))
OR (OLD.office_signed_at IS NOT NULL
    AND (NEW.office_signed_by_id, NEW.office_signed_at) IS DISTINCT FROM (OLD.office_signed_by_id, OLD.office_signed_at))
THEN RAISE EXCEPTION 'a grant agreement never changes'; END IF; RETURN NEW; END $$"""
POSTGRES_AGREEMENT_TRIGGER = (
    "CREATE TRIGGER grant_agreement_frozen BEFORE UPDATE ON grant_agreement FOR EACH ROW EXECUTE FUNCTION refuse_agreement_change()"
)

POSTGRES_LETTER = """CREATE OR REPLACE FUNCTION refuse_letter_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF OLD.released_at IS NOT NULL AND (TG_OP = 'DELETE' OR
  (NEW.id, NEW.decision_id, NEW.application_id, NEW.round_id, NEW.organisation_id, NEW.outcome, NEW.status,
   NEW.text, NEW.feedback::text, NEW.facts::text, NEW.released_by_id, NEW.released_at) IS DISTINCT FROM
  (OLD.id, OLD.decision_id, OLD.application_id, OLD.round_id, OLD.organisation_id, OLD.outcome, OLD.status,
   OLD.text, OLD.feedback::text, OLD.facts::text, OLD.released_by_id, OLD.released_at))
THEN RAISE EXCEPTION 'a released letter never changes'; END IF; RETURN COALESCE(NEW, OLD); END $$"""
POSTGRES_LETTER_TRIGGERS = {
    "letter_frozen": "CREATE TRIGGER letter_frozen BEFORE UPDATE ON letter FOR EACH ROW EXECUTE FUNCTION refuse_letter_change()",
    "letter_no_delete": "CREATE TRIGGER letter_no_delete BEFORE DELETE ON letter FOR EACH ROW EXECUTE FUNCTION refuse_letter_change()",
}

POSTGRES_PUBLISHED_TRIGGERS = {
    name: f"CREATE TRIGGER {name} BEFORE {deed} ON questionnaire_version FOR EACH ROW EXECUTE FUNCTION refuse_published_change()"
    for name, deed in (("questionnaire_version_frozen", "UPDATE"), ("questionnaire_version_no_delete", "DELETE"))
}


def install(connection: Connection) -> None:
    """Drop and make every trigger, and the first head of the history; needs the tables to be there."""
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(FIRST_HEAD)


def statements(dialect: str) -> list[str]:
    """What drops and makes every trigger, in the words in which the database keeps them."""
    return _sqlite() if dialect == "sqlite" else _postgres()


def _sqlite() -> list[str]:
    made = []
    for table in APPEND_ONLY:
        for deed in ("UPDATE", "DELETE"):
            name = f"{table}_no_{deed.lower()}"
            made += [f"DROP TRIGGER IF EXISTS {name}", SQLITE.format(name=name, deed=deed, table=table)]
    no_delete = "grant_agreement_no_delete"
    made += [f"DROP TRIGGER IF EXISTS {no_delete}", SQLITE.format(name=no_delete, deed="DELETE", table="grant_agreement")]
    made += ["DROP TRIGGER IF EXISTS grant_agreement_frozen", SQLITE_AGREEMENT]
    made += ["DROP TRIGGER IF EXISTS letter_frozen", SQLITE_LETTER, "DROP TRIGGER IF EXISTS letter_no_delete", SQLITE_LETTER_STAYS]
    made += ["DROP TRIGGER IF EXISTS questionnaire_version_no_delete", SQLITE_PUBLISHED_STAYS]
    return [*made, "DROP TRIGGER IF EXISTS questionnaire_version_frozen", SQLITE_PUBLISHED]


def _postgres() -> list[str]:
    made = [POSTGRES_FUNCTION, POSTGRES_PUBLISHED, POSTGRES_AGREEMENT, POSTGRES_LETTER]
    for table in APPEND_ONLY:
        made += _refused(table, "UPDATE", "ROW") + _refused(table, "DELETE", "ROW")
    for table in NEVER_EMPTIED:
        made += _refused(table, "TRUNCATE", "STATEMENT")
    for name, statement in POSTGRES_LETTER_TRIGGERS.items():
        made += [f"DROP TRIGGER IF EXISTS {name} ON letter", statement]
    for name, statement in POSTGRES_PUBLISHED_TRIGGERS.items():
        made += [f"DROP TRIGGER IF EXISTS {name} ON questionnaire_version", statement]
    return [
        *made,
        *_refused("grant_agreement", "DELETE", "ROW"),
        "DROP TRIGGER IF EXISTS grant_agreement_frozen ON grant_agreement",
        POSTGRES_AGREEMENT_TRIGGER,
    ]


def _refused(table: str, deed: str, scope: str) -> list[str]:
    name = f"{table}_no_{deed.lower()}"
    return [
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"CREATE TRIGGER {name} BEFORE {deed} ON {table} FOR EACH {scope} EXECUTE FUNCTION refuse_change()",
    ]
