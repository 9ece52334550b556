"""Addresses and pages: find, read, act, answer."""

from __future__ import annotations

from flask import Flask

from partnerhub.web import addresses, answering, doors, errors, filters, furniture

SUBJECTS = (
    "public",
    "people",
    "organisations",
    "documents",
    "joining",
    "programmes",
    "agreements",
    "periods",
    "questionnaires",
    "funds",
    "rounds",
    "workshops",
    "priorities",
    "returns",
    "applications",
    "office_parts",
    "assessment",
    "moderation",
    "decisions",
    "letters",
    "awards",
    "agreement_templates",
    "grants",
    "payments",
    "variations",
    "summaries",
    "history",
)


def init_app(app: Flask) -> None:
    """Register what every page needs, then one blueprint per subject."""
    addresses.init_app(app)
    filters.init_app(app)
    furniture.init_app(app)
    answering.init_app(app)
    doors.init_app(app)
    errors.init_app(app)
    for subject in SUBJECTS:
        module = __import__(f"partnerhub.web.{subject}", fromlist=["bp"])
        app.register_blueprint(module.bp)
