#!/usr/bin/env python3
"""Usage: writers.py WRITERS TIMES

So many writers at once count in one system's comment, so many times each, by reading it and
writing it back with If-Match. Prints what the comment came to and how often a writer was told
that another had been faster."""
import random
import sys
import threading
import time

from client import Client

PATH = "/api/v1/systems/counter"
lost = []


def count(times):
    client = Client()
    for _ in range(times):
        for attempt in range(10000):
            system = client.ask("GET", PATH)
            body = dict(system.json, comment=str(int(system.json["comment"]) + 1))
            # Replacing and changing take turns: both heed the precondition.
            method = random.choice(["PUT", "PATCH"])
            answer = client.ask(method, PATH, body, If_Match=system.headers["ETag"])
            if answer.status == 200:
                break
            if answer.status not in (412, 503):
                raise AssertionError(f"{method}: {answer.status} {answer.text}")
            lost.append(1)
            time.sleep(random.random() * 0.01 * min(attempt + 1, 10))
        else:
            raise AssertionError("a writer starves")


def main():
    writers, times = int(sys.argv[1]), int(sys.argv[2])
    Client().must("PATCH", PATH, {"comment": "0"})
    threads = [threading.Thread(target=count, args=(times,)) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(Client().must("GET", PATH)["comment"], len(lost))


main()
