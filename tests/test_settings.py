"""Settings that would break the hub, or open it to strangers, are refused at the start, each in a sentence."""

from __future__ import annotations

import pytest

from config import Settings, UnsafeSettings
from partnerhub import create_app

SAFE = {
    "HUB_ENV": "production",
    "SECRET_KEY": "k" * 32,
    "PUBLIC_URL": "https://hub.example.org",
    "DATABASE_URL": "postgresql://hub@db/hub",
    "OFFICE_TELEPHONE": "0116 555 0199",
    "OFFICE_EMAIL": "grants@example.org",
    "MAIL_FROM": "hub@example.org",
    "SMTP_HOST": "mail.example.org",
}


def test_safe_settings_have_no_fault():
    assert Settings.from_environment(SAFE).faults() == []


@pytest.mark.parametrize("environment", ["development", "test", "production"])
@pytest.mark.parametrize("colour", ["navy", "#12345", "#1d4f9g", "", "#1d4f91;}body{display:none", "#1d4f91\n"])
def test_a_colour_that_no_style_sheet_could_hold_is_refused_everywhere(environment, colour):
    with pytest.raises(UnsafeSettings, match=r"OFFICE_COLOUR is .*: write it like #1d4f91"):
        create_app(SAFE | {"HUB_ENV": environment, "OFFICE_COLOUR": colour})


@pytest.mark.parametrize("scanner", ["", "127.0.0.1:3310", "scanner.example.org:3310", "[::1]:3310", "/run/clamav/clamd.ctl"])
def test_a_virus_scanner_is_an_address_or_a_socket(scanner):
    assert Settings.from_environment(SAFE | {"SCANNER": scanner}).faults() == []


@pytest.mark.parametrize("scanner", ["yes", "localhost", "localhost:clamd", ":3310", "run/clamd.ctl", "localhost:", "/"])
def test_a_virus_scanner_that_nobody_could_reach_is_refused_everywhere(scanner):
    with pytest.raises(UnsafeSettings, match=r"SCANNER is .*: write it like 127\.0\.0\.1:3310"):
        create_app({"HUB_ENV": "test", "SCANNER": scanner})


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG is on"),
        ({"FLASK_DEBUG": "y"}, "FLASK_DEBUG is on"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be set"),
        ({"PUBLIC_URL": "http://hub.example.org"}, "PUBLIC_URL must be set and begin with https://"),
    ],
)
def test_production_refuses_what_is_unsafe_and_names_it(setting, said):
    assert [fault.startswith(said) for fault in Settings.from_environment(SAFE | setting).faults()] == [True]
    assert not any(said in fault for fault in Settings.from_environment(SAFE | setting | {"HUB_ENV": "test"}).faults())


def test_a_real_hub_that_forgot_to_say_so_does_not_start_in_development():
    forgotten = {name: value for name, value in SAFE.items() if name != "HUB_ENV"}
    told = Settings.from_environment(forgotten).faults()
    assert len(told) == 1 and told[0].endswith("set HUB_ENV=production")
    assert Settings.from_environment(forgotten | {"PUBLIC_URL": "http://192.168.1.7:8000"}).faults() == []


@pytest.mark.parametrize("off", ["", "0", "false", "No"])
def test_debugging_that_is_off_is_no_fault(off):
    assert Settings.from_environment(SAFE | {"FLASK_DEBUG": off}).faults() == []


def test_the_defaults_do_for_development_and_not_for_production():
    assert Settings().faults() == []
    told = " ".join(Settings(hub_env="production").faults())
    assert all(name in told for name in ("SECRET_KEY", "PUBLIC_URL"))


@pytest.mark.parametrize("environment", ["development", "test", "production"])
@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"PUBLIC_URL": "https://["}, "PUBLIC_URL is 'https://[': write it like"),
        ({"PUBLIC_URL": "http://["}, "PUBLIC_URL is 'http://[': write it like"),
        ({"PUBLIC_URL": "hub.example.org"}, "PUBLIC_URL is 'hub.example.org': write it like"),
        ({"DATABASE_URL": "postgresql://hub@db:port/hub"}, "DATABASE_URL cannot be read"),
        ({"OFFICE_NAME": "\udcff"}, "OFFICE_NAME must be text in UTF-8"),
        ({"DATABASE_URL": "sqlite:///\udcff"}, "DATABASE_URL must be text in UTF-8"),
    ],
)
def test_what_no_hub_could_use_is_refused_everywhere_in_a_sentence(environment, setting, said):
    with pytest.raises(UnsafeSettings) as told:
        create_app(SAFE | {"HUB_ENV": environment} | setting)
    assert said in str(told.value)


@pytest.mark.parametrize("url", ["rubbish", "mysql://hub@db/hub", "", "postgresql+asyncpg://hub@db/hub", "sqlite:x", "sqlite:"])
def test_a_database_of_another_kind_is_refused_everywhere(url):
    with pytest.raises(UnsafeSettings, match="DATABASE_URL must begin with postgresql:// or sqlite:///"):
        create_app({"HUB_ENV": "test", "DATABASE_URL": url})


@pytest.mark.parametrize(
    "setting",
    [
        {"OFFICE_TELEPHONE": "0116 555 0100"},
        {"OFFICE_EMAIL": "grants@office.example"},
        {"MAIL_FROM": "no-reply@office.example"},
        {"SMTP_HOST": ""},
    ],
)
def test_what_is_safe_and_not_ready_for_real_people_is_a_warning_and_no_refusal(setting):
    settings = Settings.from_environment(SAFE | setting)
    assert settings.faults() == []
    assert [each.startswith(f"{name} should be set") for name in setting for each in settings.warnings()] == [True]
    assert Settings.from_environment(SAFE).warnings() == []


def test_what_is_no_setting_of_ours_goes_to_flask(database_url):
    app = create_app({"HUB_ENV": "test", "DATABASE_URL": database_url, "TESTING": True})
    assert app.testing
