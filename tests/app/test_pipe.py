"""kubeflower/pipe.py."""

import os
import socket
import threading

from kubeflower.pipe import CUT, FRAME, NOTE, Pipe


def test_frames_and_notes_come_as_they_were_sent_until_the_other_end_is_gone() -> None:
    ours, its = map(Pipe, socket.socketpair())
    frames = [b"", b"x", b"y" * 16_384, b"z" * (2 << 20)]

    def send() -> None:
        for frame in frames:
            ours.send(FRAME, frame)
        ours.note(ready=True)
        ours.send(CUT)
        ours.close()

    threading.Thread(target=send).start()
    assert [its.receive() for _ in frames] == [(FRAME, frame) for frame in frames]
    assert [its.receive() for _ in range(3)] == [(NOTE, b'{"ready": true}'), (CUT, b""), None]
    its.close()


def test_a_waiting_thread_can_be_woken_and_waits_no_longer_than_it_said() -> None:
    ours, its = map(Pipe, socket.socketpair())
    wake, waker = os.pipe()
    assert not its.wait(0.01, wake)
    ours.send(FRAME, b"x")
    assert its.wait(60, wake)
    os.write(waker, b".")
    assert not its.wait(60, wake)
    for end in (ours, its):
        end.close()
    os.close(wake)
    os.close(waker)
