"""What the official Python library does with the lab's cloud, one function per scenario.

Usage: library.py <endpoint> <scenario>, the token on standard input. Ends with a code other than 0 on the first surprise.
"""

import sys

from hcloud import APIException, Client
from hcloud.actions import ActionFailedException
from hcloud.firewalls import FirewallResource, FirewallResourceLabelSelector, FirewallRule
from hcloud.images import Image
from hcloud.locations import Location
from hcloud.networks import NetworkRoute, NetworkSubnet
from hcloud.server_types import ServerType
from hcloud.servers import ServerCreatePublicNetwork

FSN1 = Location(name="fsn1")
CX23 = ServerType(name="cx23")
DEBIAN = Image(name="debian-13")
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI%s test@example.org"


def key(number):
    return KEY % str(number).zfill(43).replace("0", "A")


def refused(code, call):
    try:
        call()
    except APIException as exception:
        assert exception.code == code, f"expected {code}, got {exception.code}: {exception.message}"
        return exception
    raise AssertionError(f"expected {code}, and nothing was refused")


def order(client, name, **more):
    response = client.servers.create(name, CX23, DEBIAN, location=FSN1, **more)
    assert response.action.status == "running"
    response.action.wait_until_finished()
    for action in response.next_actions:
        action.wait_until_finished()
    return client.servers.get_by_id(response.server.id)


def catalogue(client):
    types = {it.name: it for it in client.server_types.get_all()}
    assert types["cx23"].cores == 2 and types["cx23"].memory == 4 and types["cax11"].architecture == "arm"
    assert types["cx23"].locations[0].location.name == "fsn1"
    assert "cx22" not in types
    assert {it.name for it in client.locations.get_all()} == {"fsn1", "nbg1", "hel1", "ash", "hil", "sin"}
    assert client.images.get_by_name_and_architecture("ubuntu-24.04", "arm").architecture == "arm"
    assert client.isos.get_all() == [] and client.load_balancers.get_all() == [] and client.floating_ips.get_all() == []


def pagination(client):
    for number in range(60):
        client.ssh_keys.create(f"key-{number:02}", key(number + 10), labels={"odd": str(number % 2)})
    page = client.ssh_keys.get_list(page=2, per_page=25)
    assert len(page.ssh_keys) == 25 and page.meta.pagination.next_page == 3 and page.meta.pagination.last_page == 3
    keys = client.ssh_keys.get_all()
    assert len({it.id for it in keys}) == 60
    assert len(client.ssh_keys.get_all(label_selector="odd=1")) == 30
    assert client.ssh_keys.get_by_name("key-07").public_key == key(17)
    refused("uniqueness_error", lambda: client.ssh_keys.create("key-07", key(99)))
    refused("invalid_input", lambda: client.ssh_keys.create("bad", "nonsense"))
    for it in keys:
        it.delete()
    assert client.ssh_keys.get_all() == []


def servers(client):
    ssh_key = client.ssh_keys.create("admin", key(1))
    group = client.placement_groups.create("spread", "spread").placement_group
    server = order(client, "lib-one", ssh_keys=[ssh_key], placement_group=group, labels={"role": "web"})
    assert server.status == "running" and server.placement_group.id == group.id
    assert server.created is not None and server.server_type.name == "cx23" and server.image.name == "debian-13"
    assert [it.id for it in client.servers.get_all(label_selector="role=web", status=["running"])] == [server.id]
    refused("uniqueness_error", lambda: order(client, "lib-one"))
    gone = refused("invalid_input", lambda: client.servers.create("x", ServerType(name="cx22"), DEBIAN))
    assert gone.details["fields"][0]["name"] == "server_type"

    server.power_off().wait_until_finished()
    assert client.servers.get_by_id(server.id).status == "off"
    server.change_type(ServerType(name="cx33"), upgrade_disk=False).wait_until_finished()
    server.power_on().wait_until_finished()
    server.reboot().wait_until_finished()
    server.update(labels={"role": "db"})
    server = client.servers.get_by_id(server.id)
    assert server.status == "running" and server.server_type.name == "cx33" and server.primary_disk_size == 40
    server.enable_backup().wait_until_finished()
    assert client.servers.get_by_id(server.id).backup_window == "22-02"
    server.change_dns_ptr(server.public_net.ipv4.ip, "one.example.org").wait_until_finished()
    assert client.servers.get_by_id(server.id).public_net.ipv4.dns_ptr == "one.example.org"

    server.change_protection(delete=True, rebuild=True).wait_until_finished()
    refused("protected", server.delete)
    server.change_protection(delete=False, rebuild=False).wait_until_finished()
    server.rebuild(Image(name="ubuntu-24.04")).action.wait_until_finished()
    assert client.servers.get_by_id(server.id).image.name == "ubuntu-24.04"
    commands = [it.command for it in server.get_actions(sort=["id"])]
    assert commands[:2] == ["create_server", "start_server"] and "rebuild_server" in commands
    server.delete().wait_until_finished()
    refused("not_found", lambda: client.servers.get_by_id(server.id))
    assert client.primary_ips.get_all() == []
    group.delete()
    ssh_key.delete()


def volumes(client):
    server = order(client, "lib-vol")
    created = client.volumes.create(10, "data", server=server, format="ext4", automount=True)
    created.action.wait_until_finished()
    for action in created.next_actions:
        action.wait_until_finished()
    volume = client.volumes.get_by_name("data")
    assert volume.server.id == server.id and volume.status == "available" and volume.linux_device.startswith("/dev/")
    refused("invalid_input", lambda: volume.resize(5))
    volume.resize(20).wait_until_finished()
    assert client.volumes.get_by_id(volume.id).size == 20
    volume.detach().wait_until_finished()
    volume.attach(server, automount=False).wait_until_finished()
    server.delete().wait_until_finished()
    volume = client.volumes.get_by_id(volume.id)
    assert volume.server is None
    volume.change_protection(delete=True).wait_until_finished()
    refused("protected", volume.delete)
    volume.change_protection(delete=False).wait_until_finished()
    volume.delete()
    assert client.volumes.get_all() == []


def networks(client):
    network = client.networks.create("private", "10.79.0.0/16", labels={"a": "b"})
    network.add_subnet(NetworkSubnet("10.79.1.0/24", type="cloud", network_zone="eu-central")).wait_until_finished()
    network.add_route(NetworkRoute("10.100.1.0/24", "10.79.1.1")).wait_until_finished()
    network = client.networks.get_by_name("private")
    assert network.subnets[0].gateway == "10.79.0.1" and network.routes[0].gateway == "10.79.1.1"
    refused("invalid_input", lambda: network.add_subnet(NetworkSubnet("10.80.1.0/24", type="cloud", network_zone="eu-central")))
    first = order(client, "lib-net-a", networks=[network])
    second = order(client, "lib-net-b")
    assert first.private_net[0].ip == "10.79.1.1"
    second.attach_to_network(network, ip="10.79.1.20").wait_until_finished()
    refused("server_already_attached", lambda: second.attach_to_network(network))
    assert client.servers.get_by_id(second.id).private_net[0].ip == "10.79.1.20"
    assert {it.id for it in client.networks.get_by_id(network.id).servers} == {first.id, second.id}
    second.detach_from_network(network).wait_until_finished()
    assert client.servers.get_by_id(second.id).private_net == []
    for server in (first, second):
        server.delete().wait_until_finished()
    network.delete()
    assert client.networks.get_all() == []


def firewalls(client):
    anywhere = ["0.0.0.0/0", "::/0"]
    ssh = FirewallRule(direction="in", protocol="tcp", port="22", source_ips=anywhere, description="ssh")
    web = FirewallRule(direction="in", protocol="tcp", port="80-90", source_ips=anywhere)
    selector = FirewallResource("label_selector", label_selector=FirewallResourceLabelSelector("tier=edge"))
    firewall = client.firewalls.create("edge", rules=[ssh], resources=[selector]).firewall
    server = order(client, "lib-fw", labels={"tier": "edge"})
    assert server.public_net.firewalls[0].firewall.id == firewall.id
    for action in firewall.set_rules([ssh, web]):
        action.wait_until_finished()
    firewall = client.firewalls.get_by_name("edge")
    assert [it.port for it in firewall.rules] == ["22", "80-90"]
    assert firewall.applied_to[0].applied_to_resources[0].server.id == server.id
    refused("resource_in_use", firewall.delete)
    refused("invalid_input", lambda: firewall.set_rules([FirewallRule(direction="in", protocol="tcp", source_ips=[])]))
    for action in firewall.remove_from_resources([selector]):
        action.wait_until_finished()
    assert client.servers.get_by_id(server.id).public_net.firewalls == []
    firewall.delete()
    server.delete().wait_until_finished()


def primary_ips(client):
    created = client.primary_ips.create(type="ipv4", name="fixed", location=FSN1, auto_delete=False)
    address = created.primary_ip
    server = order(client, "lib-ip", public_net=ServerCreatePublicNetwork(ipv4=address, enable_ipv6=False))
    assert server.public_net.ipv4.ip == address.ip and server.public_net.ipv6 is None
    assert client.primary_ips.get_by_name("fixed").assignee_id == server.id
    refused("must_be_unassigned", address.delete)
    elsewhere = client.primary_ips.create(type="ipv4", name="far", location=Location(name="hel1")).primary_ip
    public_net = ServerCreatePublicNetwork(ipv4=elsewhere, enable_ipv6=False)
    refused("primary_ip_datacenter_mismatch", lambda: order(client, "lib-far", public_net=public_net))
    server.delete().wait_until_finished()
    for it in (address, elsewhere):
        it.delete()
    assert client.primary_ips.get_all() == []


def failed_action(client):
    response = client.servers.create("lib-broken", CX23, DEBIAN, location=FSN1)
    try:
        response.action.wait_until_finished()
    except ActionFailedException as exception:
        assert exception.action.error["message"] == "injected failure"
    else:
        raise AssertionError("the action was to fail")
    refused("not_found", lambda: client.servers.get_by_id(response.server.id))


SCENARIOS = [catalogue, pagination, servers, volumes, networks, firewalls, primary_ips, failed_action]


def main():
    endpoint, wanted = sys.argv[1:]
    client = Client(token=sys.stdin.read().strip(), api_endpoint=endpoint, poll_interval=0.1, timeout=30)
    {it.__name__: it for it in SCENARIOS}[wanted](client)


main()
