"""What the official Python library does with DNS zones. Usage: hetzner_library.py <endpoint>, the token on standard input."""

import sys

from hcloud import APIException, Client
from hcloud.zones import ZoneRecord, ZoneRRSet


def refused(code, call):
    try:
        call()
    except APIException as exception:
        assert exception.code == code, f"expected {code}, got {exception.code}: {exception.message}"
        return
    raise AssertionError(f"expected {code}, and nothing was refused")


def values(rrset):
    return [record.value for record in rrset.records]


def main():
    client = Client(token=sys.stdin.read().strip(), api_endpoint=sys.argv[1], poll_interval=0.05, timeout=30)
    spf = ZoneRRSet(name="@", type="TXT", records=[ZoneRecord('"v=spf1 -all"')])
    created = client.zones.create(name="library.example", mode="primary", ttl=600, labels={"by": "python"}, rrsets=[spf])
    created.action.wait_until_finished()
    zone = client.zones.get("library.example")
    assert zone.id == created.zone.id and zone.ttl == 600 and zone.status == "ok" and zone.registrar == "other"
    assert len(zone.authoritative_nameservers.assigned) == 3 and zone.record_count == 5
    assert [it.name for it in client.zones.get_all(label_selector="by=python")] == ["library.example"]
    refused("uniqueness_error", lambda: client.zones.create(name="library.example", mode="primary"))

    www = zone.create_rrset(name="www", type="A", ttl=300, records=[ZoneRecord("203.0.113.10", "core")])
    www.action.wait_until_finished()
    assert www.rrset.id == "www/A" and www.rrset.ttl == 300 and www.rrset.records[0].comment == "core"
    refused("uniqueness_error", lambda: zone.create_rrset(name="www", type="A", records=[ZoneRecord("203.0.113.11")]))
    refused("invalid_input", lambda: zone.create_rrset(name="x", type="A", records=[ZoneRecord("nonsense")]))
    rrset = zone.get_rrset("www", "A")
    rrset.set_rrset_records([ZoneRecord("203.0.113.20")]).wait_until_finished()
    rrset.add_rrset_records([ZoneRecord("203.0.113.21")]).wait_until_finished()
    assert values(zone.get_rrset("www", "A")) == ["203.0.113.20", "203.0.113.21"]
    rrset.remove_rrset_records([ZoneRecord("203.0.113.20")]).wait_until_finished()
    rrset.update_rrset_records([ZoneRecord("203.0.113.21", "kept")]).wait_until_finished()
    rrset.change_rrset_ttl(60).wait_until_finished()
    rrset.update_rrset(labels={"role": "web"})
    rrset = zone.get_rrset("www", "A")
    assert rrset.ttl == 60 and rrset.labels == {"role": "web"} and rrset.records[0].comment == "kept"
    rrset.change_rrset_protection(change=True).wait_until_finished()
    refused("protected", rrset.delete_rrset)
    rrset.change_rrset_protection(change=False).wait_until_finished()
    for number in range(60):
        zone.create_rrset(name=f"host{number:02}", type="AAAA", records=[ZoneRecord(f"2001:db8::{number + 1}")])
    assert len(zone.get_rrset_all(type=["AAAA"])) == 60
    assert {it.id for it in zone.get_rrset_all(name="@")} == {"@/NS", "@/SOA", "@/TXT"}
    assert "203.0.113.21" in zone.export_zonefile().zonefile
    rrset.delete_rrset().action.wait_until_finished()
    refused("not_found", lambda: zone.get_rrset("www", "A"))

    zone.change_ttl(7200).wait_until_finished()
    zone.update(labels={})
    zone.change_protection(delete=True).wait_until_finished()
    refused("protected", zone.delete)
    zone.change_protection(delete=False).wait_until_finished()
    assert {it.command for it in zone.get_actions()} >= {"create_zone", "create_rrset", "change_ttl"}
    zone.delete().action.wait_until_finished()
    refused("not_found", lambda: client.zones.get("library.example"))


main()
