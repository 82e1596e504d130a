"""The public conformance checks of Jupyter kernels (PyPI: jupyter_kernel_test), for the installed Rust kernel.

Run it where `jupyter kernelspec list` shows the kernel:

    pip install jupyter_kernel_test
    python crates/ferrocell-kernel/tests/conformance.py

KERNEL names another kernelspec than "ferrocell".
"""

import os
import unittest

import jupyter_kernel_test


class RustKernel(jupyter_kernel_test.KernelTests):
    kernel_name = os.environ.get("KERNEL", "ferrocell")
    language_name = "rust"
    file_extension = ".rs"
    code_hello_world = 'println!("hello, world");'
    code_stderr = 'eprintln!("to standard error");'
    completion_samples = [{"text": "printl", "matches": ["println!"]}]
    complete_code_samples = ["1 + 1", "let x = 1;", "fn f() { }", "// nothing"]
    incomplete_code_samples = ["fn f() {", "let x = (1,"]
    invalid_code_samples = ["fn )("]
    code_generate_error = 'panic!("on purpose")'
    code_execute_result = [
        {"code": "1 + 2 + 3", "result": "6"},
        {"code": '"text".to_string()', "result": '"text"'},
    ]
    code_display_data = [
        {
            "code": 'println!("EVCXR_BEGIN_CONTENT text/html\\n<b>bold</b>\\nEVCXR_END_CONTENT");',
            "mime": "text/html",
        }
    ]
    code_history_pattern = "1?+ 2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "println"


if __name__ == "__main__":
    unittest.main()
