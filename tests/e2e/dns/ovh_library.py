"""What OVH's official Python library does with a zone. Usage: ovh_library.py <endpoint>; the keys on standard input, a line each."""

import sys

import ovh
from ovh.client import ENDPOINTS
from ovh.exceptions import APIError, BadParametersError, InvalidCredential, InvalidKey, ResourceNotFoundError


def refused(kind, call):
    try:
        call()
    except kind:
        return
    except APIError as error:
        raise AssertionError(f"expected {kind.__name__}, got {type(error).__name__}: {error}")
    raise AssertionError(f"expected {kind.__name__}, and nothing was refused")


def main():
    ENDPOINTS["emulator"] = sys.argv[1]
    application_key, application_secret, consumer_key = sys.stdin.read().split()

    def client(**more):
        keys = {"application_key": application_key, "application_secret": application_secret, "consumer_key": consumer_key}
        return ovh.Client(endpoint="emulator", **{**keys, **more})

    api = client()
    assert api.get("/domain/zone") == ["library.example"]
    assert api.get("/domain/zone/library.example")["name"] == "library.example"
    at = "/domain/zone/library.example/record"
    www = api.post(at, fieldType="A", subDomain="www", target="203.0.113.10", ttl=300)
    assert www["ttl"] == 300 and www["zone"] == "library.example"
    mail = api.post(at, fieldType="MX", target="10 mail.library.example.")
    assert mail["subDomain"] == "" and mail["ttl"] == 0
    assert api.post(at, fieldType="TXT", target="v=spf1 -all")["target"] == '"v=spf1 -all"'
    assert api.get(at, fieldType="A") == [www["id"]] and api.get(at, subDomain="www") == [www["id"]]
    api.put(f"{at}/{www['id']}", target="203.0.113.11", ttl=60)
    changed = api.get(f"{at}/{www['id']}")
    assert changed["target"] == "203.0.113.11" and changed["ttl"] == 60 and changed["subDomain"] == "www"
    refused(BadParametersError, lambda: api.post(at, fieldType="A", subDomain="x", target="nonsense"))
    refused(APIError, lambda: api.post(at, fieldType="CNAME", subDomain="www", target="library.example."))
    refused(ResourceNotFoundError, lambda: api.get(f"{at}/1"))
    refused(ResourceNotFoundError, lambda: api.get("/domain/zone/example.com"))
    refused(InvalidKey, lambda: client(application_key="wrong").get("/domain/zone"))
    refused(InvalidCredential, lambda: client(consumer_key="wrong").get("/domain/zone"))
    refused(APIError, lambda: client(application_secret="wrong").get("/domain/zone"))
    api.post("/domain/zone/library.example/refresh")
    for record in api.get(at):
        api.delete(f"{at}/{record}")
    assert api.get(at) == []


main()
