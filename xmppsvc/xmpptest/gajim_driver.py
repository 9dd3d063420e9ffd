"""Writes Gajim's settings before its first start, runs it, and looks into its history."""
import json
import os
import sqlite3
import sys

home, verb, args = sys.argv[1], sys.argv[2], sys.argv[3:]


def prepare(user, domain, password, host, port):
    folder = home + "/.config/gajim"
    os.makedirs(folder)
    db = sqlite3.connect(folder + "/settings.sqlite")
    db.executescript(
        "CREATE TABLE settings (name TEXT UNIQUE, settings TEXT);"
        "CREATE TABLE account_settings (account TEXT UNIQUE, settings TEXT);"
        "PRAGMA user_version=5;"
    )
    app = {"use_keyring": False, "check_for_update": False, "plugins_update_check": False}
    workspace = {"00000000-0000-4000-8000-000000000001": {}}
    rows = {"app": app, "soundevents": {}, "status_presets": {}, "proxies": {}, "plugins": {}, "workspaces": workspace}
    for name, value in rows.items():
        db.execute("INSERT INTO settings VALUES (?,?)", (name, json.dumps(value)))
    account = {
        "name": user, "hostname": domain, "password": password, "savepass": True, "autoconnect": True,
        "active": True, "account_label": "test", "resource": "gajim", "use_custom_host": True,
        "custom_host": host, "custom_port": int(port), "custom_type": "START TLS",
    }
    whole = {"account": account, "contact": {}, "group_chat": {}}
    db.execute("INSERT INTO account_settings VALUES (?,?)", ("test", json.dumps(whole)))
    db.commit()
    db.close()


def has(text):
    path = home + "/.local/share/gajim/logs.db"
    if not os.path.exists(path):
        print("no")
        return
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    found = db.execute("SELECT count(*) FROM logs WHERE message = ?", (text,)).fetchone()[0]
    print("yes" if found else "no")


def run(*uris):
    # Gajim refuses to run as root, which is what tests run as in a container.
    # Everything here is in a folder of the test.
    os.geteuid = lambda: 1000
    from gajim.gajim import main

    sys.argv = ["gajim", *uris]
    sys.exit(main())


{"prepare": prepare, "run": run, "has": has}[verb](*args)
