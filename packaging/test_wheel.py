"""Installs the wheel as a user would, runs a cell on it, and uninstalls it: `python3 packaging/test_wheel.py WHEEL`.

The environment is a new one, and not activated: the kernel has to find itself.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import venv

CLIENT = """
import sys, time
from jupyter_client.manager import start_new_kernel

start = time.monotonic()
manager, client = start_new_kernel(kernel_name="ferrocell")
printed = []
reply = client.execute_interactive(
    'println!("{}", 6 * 7);', timeout=120, output_hook=lambda message: printed.append(message["content"])
)
client.stop_channels()
manager.shutdown_kernel()
assert reply["content"]["status"] == "ok", reply
assert {"name": "stdout", "text": "42\\n"} in printed, printed
print(f"first result of a first kernel after {time.monotonic() - start:.1f} s")
"""


def files(folder):
    """All files below a folder, but for what Python compiles for itself."""
    return {path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


def main(wheel):
    with tempfile.TemporaryDirectory() as folder:
        environment = pathlib.Path(folder, "env")
        venv.create(environment, with_pip=True)
        python = environment / "bin/python"
        clean = {
            name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "VIRTUAL_ENV", "FERROCELL"))
        }
        clean |= {"HOME": folder, "XDG_CACHE_HOME": f"{folder}/cache", "CARGO_HOME": cargo_home(), "RUSTUP_HOME": rustup_home()}

        def run(*command):
            return subprocess.run(command, env=clean, check=True, text=True, stdout=subprocess.PIPE).stdout

        def pip(*arguments):
            return run(python, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments)

        pip("install", "jupyter_client")
        before = files(environment)
        start = time.monotonic()
        pip("install", "--no-deps", wheel)
        print(f"installed in {time.monotonic() - start:.1f} s")

        share = environment / "share/jupyter"
        spec = json.loads((share / "kernels/ferrocell/kernel.json").read_text())
        assert spec["argv"][0] == "{resource_dir}/../../../../bin/ferrocell", spec
        assert (share / "labextensions/ferrocell/package.json").is_file()
        print(run(python, "-c", CLIENT).strip())
        assert "a cell       ok" in run(environment / "bin/ferrocell", "doctor")

        pip("uninstall", "--yes", "ferrocell")
        left = files(environment) - before
        assert not left, left
        print("uninstalled, and nothing is left")


def cargo_home():
    return os.environ.get("CARGO_HOME", str(pathlib.Path.home() / ".cargo"))


def rustup_home():
    return os.environ.get("RUSTUP_HOME", str(pathlib.Path.home() / ".rustup"))


if __name__ == "__main__":
    main(sys.argv[1])
