import pytest
from netmiko.ssh_dispatcher import CLASS_MAPPER

from netintegrity import platforms
from netintegrity.inventory._grammar import UnfitError
from netintegrity.inventory._platform_names import NAMES, PlatformNames
from netintegrity.platforms._spec import Platform
from netintegrity.registry import discover

KNOWN = PlatformNames(discover(platforms, Platform))
OF_THE_CONTRACT = """
cisco_ios cisco_iosxe cisco_iosxr cisco_nxos cisco_asa cisco_fxos arista_eos juniper_junos
juniper_junos_evolved nokia_sros huawei_vrp aruba_aoscx aruba_aoss paloalto_panos fortinet_fortios
f5_tmos dell_os10 extreme_exos extreme_voss mikrotik_routeros sonic vyos openwrt cumulus opnsense
openbsd debian
""".split()  # noqa: SIM905 - as the contract has them
# Netmiko has no driver of its own for these; the others are known by at least one name of its.
NOT_OF_NETMIKO = {"juniper_junos_evolved", "openwrt", "opnsense", "openbsd", "debian"}


def test_every_platform_of_the_contract_is_known_by_name() -> None:
    assert list(NAMES) == OF_THE_CONTRACT


def test_no_name_means_two_platforms() -> None:
    names = [name for id_, aliases in NAMES.items() for name in (id_, *aliases)]
    assert len(names) == len(set(names))


def test_every_platform_is_known_by_the_name_netmiko_has_for_it() -> None:
    without = {id_ for id_, names in NAMES.items() if not {id_, *names} & set(CLASS_MAPPER)}
    assert without == NOT_OF_NETMIKO


@pytest.mark.parametrize(
    ("word", "id_"),
    [
        ("cisco_iosxe", "cisco_iosxe"),
        ("cisco_xe", "cisco_iosxe"),
        ("cisco_xe_ssh", "cisco_iosxe"),
        ("cisco_ios", "cisco_ios"),
        ("cisco_ios_ssh", "cisco_ios"),
        ("cisco.ios.ios", "cisco_ios"),
        ("ios", "cisco_ios"),
        ("nxos", "cisco_nxos"),
        ("cisco.nxos.nxos", "cisco_nxos"),
        ("cisco_asa", "cisco_asa"),
        ("cisco.asa.asa", "cisco_asa"),
        ("iosxe", "cisco_iosxe"),
        ("eos", "arista_eos"),
        ("arista.eos.eos", "arista_eos"),
        ("arista_eos", "arista_eos"),
    ],
)
def test_a_platform_is_found_by_every_name_people_have_for_it(word: str, id_: str) -> None:
    assert KNOWN.find(word).id == id_


@pytest.mark.parametrize("word", ["cisco_iosxe_telnet", "arista_eos_telnet", "cisco_ios_serial"])
def test_telnet_and_serial_lines_are_refused_with_the_reason(word: str) -> None:
    with pytest.raises(UnfitError, match="only SSH"):
        KNOWN.find(word)


@pytest.mark.parametrize("word", ["iosxr_netconf", "ansible.netcommon.httpapi", "netconf"])
def test_what_is_no_command_line_is_refused_with_the_reason(word: str) -> None:
    with pytest.raises(UnfitError, match="no command line"):
        KNOWN.find(word)


@pytest.mark.parametrize("id_", ["f5_tmos", "mikrotik_routeros", "openbsd"])
def test_a_platform_known_by_name_and_not_read_is_refused_as_that(id_: str) -> None:
    read = discover(platforms, Platform)
    fewer = PlatformNames({known: p for known, p in read.items() if known != id_})
    for word in (id_, *NAMES[id_]):
        with pytest.raises(UnfitError, match=f"is {id_}, for which this version has no reader"):
            fewer.find(word)


def test_every_platform_of_the_contract_is_read() -> None:
    assert set(OF_THE_CONTRACT) <= set(discover(platforms, Platform))


@pytest.mark.parametrize(
    ("word", "near"), [("cisco_iosex", "cisco_iosxe"), ("arista_eso", "arista_eos")]
)
def test_a_slip_of_the_pen_is_answered_with_what_it_looks_like(word: str, near: str) -> None:
    with pytest.raises(UnfitError) as raised:
        KNOWN.find(word)
    assert near in raised.value.hint


def test_a_million_wrong_names_do_not_cost_a_search_each() -> None:
    names = PlatformNames(discover(platforms, Platform))
    for number in range(3000):
        with pytest.raises(UnfitError):
            names.find(f"nonsense-{number}")
