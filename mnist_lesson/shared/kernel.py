"""A mended Python kernel: ipykernel 7.0 to 7.3 can overlook the next cell while it answers one.

The kernel's thread for messages reads a socket through a stream, which looks for more only when
something has arrived, or after it has sent something itself. But these versions send their answers
past the stream. A request that comes in at that moment lies unread, and its cell stays at `[*]`,
with a kernel that says it is idle. ipykernel 7.4 answers through the stream, and so do we here.

It also has a kind word for who runs a cell before those above it.

IPython loads this module where a kernel starts, as an extension: see `assets/jupyter/`.
"""

from typing import Any


def load_ipython_extension(shell: Any) -> None:
    """Mend the kernel, and let it explain a missing name."""
    shell.set_custom_exc((NameError,), explain_missing_name)
    _answer_through_the_stream(shell)


def explain_missing_name(
    shell: Any, kind: type[NameError], error: NameError, trace: Any, tb_offset: int | None = None
) -> None:
    """Say what to do about a name that a cell lacks; a fault deeper down is shown in full."""
    if trace.tb_next is not None and trace.tb_next.tb_next is not None:
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
        return
    print(
        f"There's no `{error.name}` yet. Run the grey boxes above this one first, from top to "
        "bottom. (If you typed the name yourself, check its spelling.)"
    )


def _answer_through_the_stream(shell: Any) -> None:
    """Let the kernel send its answers through the stream that reads its requests.

    Does nothing in a kernel without that fault: another version's, or another program's.
    """
    kernel: Any = getattr(shell, "kernel", None)
    thread: Any = getattr(kernel, "shell_channel_thread", None)
    manager: Any = getattr(thread, "manager", None)
    if not hasattr(manager, "_shell_socket"):
        return
    answer = kernel.shell_stream.send_multipart
    manager._send_on_shell_channel = answer  # what the threads for clicks will take
    # The main thread's answers have been connected already. Only the stream's own thread may do
    # it anew.
    answers = manager._main_to_shell_channel
    thread.io_loop.add_callback(answers.on_recv, thread.io_loop, answer)
