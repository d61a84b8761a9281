"""Allows what somebody wrote into today.txt, a host a line. It is read for each question."""
import json
import sys

for line in sys.stdin:
    question = json.loads(line)
    with open("today.txt", encoding="utf-8") as file:
        hosts = file.read().split()
    answer = {"id": question["id"], "decision": "allow"}
    if question["host"] not in hosts:
        answer = {"id": question["id"], "decision": "deny", "reason": "not on today's list"}
    print(json.dumps(answer), flush=True)
