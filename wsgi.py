"""The door for web servers: `gunicorn wsgi:app`."""

import gc

from partnerhub import create_app

app = create_app()
if app.config["HUB"].hub_env == "development":
    app.logger.warning("HUB_ENV is not production: anybody who reaches this hub can read its mail at /development/mail.")
gc.collect()
gc.freeze()  # what is there now stays for good: looking through it again and again took a fifth of the time of a large summary
