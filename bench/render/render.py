"""Renders the templates of this folder with Python's Jinja2, as Render.java does with Bramble; prints microseconds."""

import json
import sys
import time
from pathlib import Path

import jinja2

HERE = Path(__file__).resolve().parent


def values():
    read = json.loads((HERE / "values.json").read_text())
    rows, columns, hosts = read["rows"], read["columns"], read["hosts"]
    read["table"] = [[row * columns + column for column in range(columns)] for row in range(rows)]
    read["hosts"] = [{"name": "host-%d" % (hosts - i), "port": 990 + i, "tags": ["web-%d" % i, "db"]}
                     for i in range(hosts)]
    return read


def measured(work, least=5.0):
    for _ in range(20):
        work()
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < least:
        work()
        count += 1
    return (time.perf_counter() - started) / count * 1e6


def main():
    environment = jinja2.Environment(trim_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined)
    given = values()
    found = {}
    for name in ("page", "config"):
        text = (HERE / "templates" / (name + ".j2")).read_text()
        ready = environment.from_string(text)
        found[name] = {"again": measured(lambda: ready.render(given)),
                       "anew": measured(lambda: environment.from_string(text).render(given))}
        if len(sys.argv) > 1:
            Path(sys.argv[1], name).write_text(ready.render(given))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
