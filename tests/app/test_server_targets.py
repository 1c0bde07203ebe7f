"""The ways to the server: kubeflower/server_targets.py."""

import pytest

from kubeflower.server_targets import ServerTargets


def dialled(targets: ServerTargets, times: int) -> list[str]:
    """Dial in vain so many times; returns the targets."""
    tried = []
    for _ in range(times):
        tried.append(targets.target)
        targets.failed()
    return tried


@pytest.mark.parametrize(
    ("address", "target"),
    [("10.96.0.7:30051", "ipv4:10.96.0.7:30051"), ("[fd00::7]:30051", "ipv6:[fd00::7]:30051")],
)
def test_the_address_is_dialled_and_in_every_third_attempt_the_name(
    address: str, target: str
) -> None:
    targets = ServerTargets("service-server:30051", address)
    assert dialled(targets, 5) == [target, target, "service-server:30051", target, target]
    assert targets.host == "service-server"


@pytest.mark.parametrize("env", [{}, {"KUBEFLOWER_SERVER_ADDRESS": ""}])
def test_without_an_address_only_the_name_is_dialled(env: dict[str, str]) -> None:
    targets = ServerTargets.from_environment({"KUBEFLOWER_SERVER": "service-server:30051", **env})
    assert dialled(targets, 3) == ["service-server:30051"] * 3
