"""partnerhub: partners send returns and applications, the office scores, approves and adds up."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from config import ROOT, Settings, UnsafeSettings
from partnerhub import cli, models, web
from partnerhub.extensions import csrf, db, htmx, login, migrate

__all__ = ["create_app", "models"]


def create_app(config: Mapping[str, object] | None = None) -> Flask:
    """Put the house together. `config` overrides settings by their names (`DATABASE_URL`, `HUB_ENV`, …); other names are Flask's."""
    settings = Settings.from_environment(overrides=config)
    if settings.faults():
        raise UnsafeSettings("partnerhub refuses to start. " + ". ".join(settings.faults()) + ".")
    app = Flask(
        "partnerhub", root_path=str(ROOT / "partnerhub"), template_folder=str(ROOT / "templates"), instance_path=settings.instance_folder
    )
    app.config.from_mapping(config or {})
    app.config.from_mapping(
        HUB=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.sqlalchemy_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        MAX_CONTENT_LENGTH=settings.max_body,
        MAX_FORM_MEMORY_SIZE=settings.max_form,
        MAX_FORM_PARTS=5000,
        SESSION_COOKIE_NAME="__Host-hub" if settings.https else "hub",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # typing for an evening must not end in a refusal
        WTF_CSRF_SSL_STRICT=False,  # doors.py compares the Origin on every unsafe request, https or not
        TRUSTED_HOSTS=[settings.public_host] if settings.production else None,
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    csrf.init_app(app)
    login.init_app(app)
    htmx.init_app(app)
    web.init_app(app)
    cli.init_app(app)
    return app


def _engine_options(settings: Settings) -> dict[str, bool]:
    """A statement that fails is logged without its values: they are what people typed."""
    return {"hide_parameters": True} | ({} if settings.sqlalchemy_url.startswith("sqlite") else {"pool_pre_ping": True})
