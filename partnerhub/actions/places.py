"""The districts that every hub knows, and which postcode lies in which: put in when the database is brought up to date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import delete, insert, select

from partnerhub.actions.doing import writing
from partnerhub.extensions import db
from partnerhub.models.organisations import District, PostcodeSector


def put_districts(rows: Iterable[Mapping[str, str]]) -> int:
    """Add the districts that are not there yet; how many were added."""
    with writing():
        there = set(db.session.scalars(select(District.code)))
        missing = [dict(row) for row in rows if row["code"] not in there]
        if missing:
            db.session.execute(insert(District), missing)
    return len(missing)


def put_postcodes(rows: Iterable[Mapping[str, str]]) -> None:
    """The table as it is now; written only where it is another one than before."""
    wanted = {(row["sector"], row["district_code"]): row["units"] for row in rows}
    with writing():
        there = {(each.sector, each.district_code): each.units for each in db.session.scalars(select(PostcodeSector))}
        if there != wanted:
            db.session.execute(delete(PostcodeSector))
            values = [{"sector": sector, "district_code": code, "units": units} for (sector, code), units in wanted.items()]
            db.session.execute(insert(PostcodeSector), values)
