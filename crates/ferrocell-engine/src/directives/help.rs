//! What directives there are.

/// The answer to `:help`.
pub(super) const TEXT: &str = "\
:dep NAME = \"1.0\"       use a crate; the line is as in Cargo.toml, `path` starts from the notebook's folder
:vars                   variables and their types
:type NAME              the type of a variable (also :t)
:types                  show types with values, or stop that
:fmt {:#?}              how values are shown
:opt 0|1|2|3|s|z        optimisation: of this cell, above code; alone in a cell, of all that follow
:snapshots on|off       whether a copy of the program takes over after a crash; it costs a fork per cell. Threads do not
                        survive, and what they locked stays locked; open files and sockets are shared with the copy
:memory 4G|off          the most memory that the program may use
:timing                 show how long cells take, or stop that
:env NAME=VALUE         set an environment variable of the program
:build_env NAME=VALUE   set an environment variable of compiler and build scripts
:offline 0|1            whether dependencies may use the network
:show_deps              the crates in use
:explain [E0382]        explain the last error, or that one
:clear                  forget everything
:clear_cache            remove all built dependencies
:load_config            read init.evcxr and prelude.rs again
:last_compile_dir       where cells are compiled
:last_error_json        what the compiler said of the last cell, as JSON
:toolchain [nightly]    the toolchain in use, or another one of rustup's from now on
:version                the versions of ferrocell and rustc
!COMMAND                run a shell command
";

/// The answer of directives that evcxr has and that make no sense here.
pub(super) fn no_sense(name: &str) -> Option<&'static str> {
    Some(match name {
        "efmt" => "errors of `?` are always shown with {:?}",
        "doc" => "put the cursor on a name and press Shift+Tab instead of `:doc`",
        "cache" => {
            "built dependencies are always kept, without a limit; `:clear_cache` removes them"
        }
        "codegen_backend" => "cells are compiled with the toolchain's own code generator",
        "linker" => "cells are linked with the toolchain's own choice of linker",
        "sccache" => "built dependencies are kept in a cache of their own, so sccache is not used",
        "preserve_vars_on_panic" => "variables always survive a panic",
        "allow_static_linking" => {
            "dependencies are always linked dynamically, so that each exists once"
        }
        "internal_debug" => {
            "there is no internal debugging output; `:last_compile_dir` shows where cells are compiled"
        }
        "quit" => "shut the kernel down from the notebook's menu",
        _ => return None,
    })
}
