//! What Jupyter knows of the kernel, and whether there is a JupyterLab.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use ferrocell_client::KernelSpec;

use super::check::Check;
use super::rust::first_line;
use crate::environment::Environment;
use crate::rust_kernel;

pub(super) fn checks() -> Vec<Check> {
    let environment = Environment::of_current_project().ok();
    let share = environment.as_ref().map(Environment::share);
    let mut checks = vec![lab(share.as_deref()), loopback()];
    checks.extend(kernelspecs(share.as_deref()));
    checks
}

fn lab(share: Option<&Path>) -> Check {
    const NAME: &str = "JupyterLab";
    let own = share.and_then(|share| share.ancestors().nth(2));
    let own = own
        .map(|venv| venv.join("bin/jupyter-lab"))
        .filter(|program| program.is_file());
    if let Some(program) = own {
        return Check::ok(
            NAME,
            format!("{} (`ferrocell lab` opens it)", program.display()),
        );
    }
    match first_line("jupyter-lab", &["--version"]) {
        Ok(version) => Check::ok(NAME, version),
        Err(error) => Check::warning(NAME, error, "pip install jupyterlab"),
    }
}

/// Front ends and kernels meet at ports of this machine's own.
fn loopback() -> Check {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, 0)) {
        Ok(_) => Check::ok("ports", "127.0.0.1 can be listened on"),
        Err(error) => Check::missing(
            "ports",
            format!("127.0.0.1 cannot be listened on: {error}"),
            "look at the machine's firewall, or at the container's network",
        ),
    }
}

fn kernelspecs(share: Option<&Path>) -> Vec<Check> {
    const NAME: &str = "kernelspec";
    let mut checks = Vec::new();
    let all = KernelSpec::all(share.map(Path::to_owned));
    let mut is_registered = false;
    for spec in all {
        let spec = match spec {
            Ok(spec) => spec,
            Err(error) => {
                checks.push(Check::warning(NAME, error.to_string(), "remove its folder"));
                continue;
            }
        };
        let program = Path::new(&spec.spec().argv[0]);
        let is_own = spec.name() == rust_kernel::NAME;
        is_registered |= is_own;
        if program.is_absolute() && !program.is_file() {
            let detail = format!(
                "`{}` names {}, which is not there",
                spec.name(),
                program.display()
            );
            let fix = if is_own {
                "ferrocell install".to_owned()
            } else {
                format!("jupyter kernelspec remove {}", spec.name())
            };
            checks.push(Check::warning(NAME, detail, fix));
        } else if is_own {
            checks.push(Check::ok(
                NAME,
                format!("`{}` starts {}", spec.name(), program.display()),
            ));
        }
    }
    if !is_registered {
        checks.push(Check::warning(
            NAME,
            format!(
                "no Jupyter front end knows the kernel `{}`",
                rust_kernel::NAME
            ),
            "ferrocell install",
        ));
    }
    checks
}
